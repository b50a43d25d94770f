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

bool can_be_interrupted(const Assignment& assignment, const Trace& trace, const Injectable& call) {
  constexpr int kMostSignal = 64;
  for (int signal = 1; signal <= kMostSignal; ++signal) {
    if ((call.interrupted_by >> (signal - 1) & 1U) == 0) continue;
    if (is_from_kernel(signal) || is_from_outside(assignment, trace, call, signal) ||
        is_sent(trace, call, signal)) {
      return true;
    }
  }
  return false;
}

}  // namespace ipcgrade
