#include "detect/interruption.h"

#include <algorithm>
#include <csignal>

#include "trace/party.h"

namespace ipcgrade {
namespace {

bool is_from_kernel(int signal) {
  return signal == SIGCHLD || signal == SIGALRM || signal == SIGVTALRM || signal == SIGPROF;
}

/// Where no scenario sends any, anybody may send any: who sets a handler for one expects that.
bool is_from_outside(const Assignment& assignment, const Trace& trace, const Injectable& call,
                     int signal) {
  bool some_scenario_sends = false;
  for (const Scenario& scenario : assignment.scenarios) {
    for (const OutsideSignal& one : scenario.signals) {
      if (one.number == SIGKILL) continue;  // for which nobody has a handler
      some_scenario_sends = true;
      const bool is_to_it = task_of(trace, one.to) == trace.tasks[call.task].leader;
      if (one.number == signal && is_to_it) return true;
    }
  }
  return !some_scenario_sends;
}

bool is_sent(const Trace& trace, const Injectable& call, int signal) {
  return std::ranges::any_of(trace.sent_signals, [&](const SentSignal& sent) {
    if (sent.number != signal || sent.event >= trace.events.size()) return false;
    if (trace.tasks[sent.to].leader != trace.tasks[call.task].leader) return false;
    const TaskId sender = trace.events[sent.event].task;
    if (sender == call.task) return false;
    // What it sent before, it might have sent now.
    return std::none_of(trace.events.begin(), trace.events.begin() + call.event,
                        [sender](const Event& event) {
                          return event.kind == EventKind::kExit && event.task == sender;
                        });
  });
}

}  // namespace

std::vector<int> interrupting(const Assignment& assignment, const Trace& trace,
                              const Injectable& call) {
  constexpr int kMostSignal = 64;
  std::vector<int> signals;
  for (int signal = 1; signal <= kMostSignal; ++signal) {
    if ((call.interrupted_by >> (signal - 1) & 1U) == 0) continue;
    if (is_from_kernel(signal) || is_from_outside(assignment, trace, call, signal) ||
        is_sent(trace, call, signal)) {
      signals.push_back(signal);
    }
  }
  return signals;
}

bool comes_back(const Trace& trace, TaskId task, int signal) {
  const auto failed = std::ranges::find_if(trace.events, [&](const Event& event) {
    return event.kind == EventKind::kCall && event.task == task && event.injected;
  });
  const auto taken = std::find_if(failed, trace.events.end(), [&](const Event& event) {
    return event.kind == EventKind::kSignal && event.task == task && event.result == signal;
  });
  return std::find_if(taken, trace.events.end(), [&](const Event& event) {
           return event.kind == EventKind::kSignalEnd && event.task == task;
         }) != trace.events.end();
}

}  // namespace ipcgrade
