#include "toy.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <stdexcept>
#include <utility>

namespace ipcgrade::toy {
namespace {

// Which objects there are: variables, mutexes, semaphores, tasks.
constexpr ObjectId kMutexes = 20;
constexpr ObjectId kSemaphores = 30;
constexpr ObjectId kTasks = 40;
constexpr std::uint16_t kWaits = 4;
constexpr std::uint16_t kPosts = 8;

Touch waits(std::uint32_t semaphore) {
  return {kSemaphores + semaphore, kWaits, kWaits | kPosts, 0, 1};
}
Touch posts(std::uint32_t semaphore) { return {kSemaphores + semaphore, kPosts, kWaits, 0, 1}; }

bool has_kills(const Program& program) {
  return std::ranges::any_of(program.tasks, [](const std::vector<Op>& ops) {
    return std::ranges::any_of(ops, [](const Op& op) { return op.what == Do::kKill; });
  });
}

std::vector<Touch> touches_of_op(const Op& op) {
  switch (op.what) {
    case Do::kRead:
      return {reads(op.a)};
    case Do::kWrite:
    case Do::kWriteNext:
    case Do::kSetOnZero:
      return {writes(op.a)};
    case Do::kLock:
    case Do::kUnlock:
      return {writes(kMutexes + op.a)};
    case Do::kWait:
    case Do::kTimedWait:
      return {waits(op.a)};
    case Do::kWaitBoth:
      return {waits(op.a), waits(op.b)};
    case Do::kPost:
      return {posts(op.a)};
    case Do::kSpawn:
    case Do::kKill:
      return {writes(kTasks + op.a)};
    case Do::kSleep:
      return {};
  }
  return {};
}

bool can(const State& state, const Op& op) {
  switch (op.what) {
    case Do::kLock:
      return state.mutexes[op.a] == 0;
    case Do::kWait:
    case Do::kTimedWait:
      return state.semaphores[op.a] > 0;
    case Do::kWaitBoth:
      return state.semaphores[op.a] > 0 && state.semaphores[op.b] > 0;
    default:
      return true;
  }
}

bool ended(const Program& program, const State& state, std::size_t task) {
  return state.tasks[task].at >= program.tasks[task].size();
}

void make_op(State& state, State::Task& task, const Op& op) {
  switch (op.what) {
    case Do::kRead:
      task.reg = state.variables[op.a];
      task.log += std::to_string(task.reg) + ",";
      break;
    case Do::kWrite:
      state.variables[op.a] = static_cast<int>(op.b);
      break;
    case Do::kWriteNext:
      state.variables[op.a] = task.reg + 1;
      break;
    case Do::kSetOnZero:
      if (task.reg == 0) state.variables[op.a] = static_cast<int>(op.b);
      break;
    case Do::kLock:
      state.mutexes[op.a] = 1;
      break;
    case Do::kUnlock:
      state.mutexes[op.a] = 0;
      break;
    case Do::kWait:
    case Do::kTimedWait:
      --state.semaphores[op.a];
      break;
    case Do::kWaitBoth:
      --state.semaphores[op.a];
      --state.semaphores[op.b];
      break;
    case Do::kPost:
      ++state.semaphores[op.a];
      break;
    case Do::kSpawn:
      state.tasks[op.a].present = true;
      break;
    case Do::kKill:
      ++state.tasks[op.a].signals;
      break;
    case Do::kSleep:
      break;
  }
}

bool is_of_task(const Move& move, const std::optional<Actor>& last) {
  return last && move.actor == Actor{ActorKind::kTask, last->task};
}

// The usual choice: who went last, else the next in turn; the clock moves where nobody else can.
std::size_t usual_of(const std::vector<Move>& all, const std::optional<Actor>& last) {
  std::optional<std::size_t> first;
  std::optional<std::size_t> next;
  std::optional<std::size_t> timer;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!all[i].enabled) continue;
    if (all[i].actor.kind == ActorKind::kTimeOut) {
      if (!timer) timer = i;
      continue;
    }
    if (is_of_task(all[i], last)) return i;
    if (!first) first = i;
    if (!next && last && all[i].actor.task > last->task) next = i;
  }
  if (next) return *next;
  if (first) return *first;
  return timer.value_or(0);
}

bool preempts(const std::vector<Move>& all, const std::optional<Actor>& last, const Move& move) {
  return !is_of_task(move, last) && std::ranges::any_of(all, [&](const Move& other) {
    return other.enabled && is_of_task(other, last);
  });
}

void add_decision(Trace& trace, const std::vector<Move>& all, const std::optional<Actor>& last) {
  Decision decision;
  std::vector<Choice> choices;
  decision.usual = static_cast<std::uint32_t>(usual_of(all, last));
  for (const Move& move : all) {
    Choice choice;
    choice.actor = move.actor;
    choice.enabled = move.enabled;
    choice.preempts = preempts(all, last, move);
    choice.touches = trace.touches.add(move.touches);
    choice.stall = std::chrono::seconds(move.stall);
    choices.push_back(choice);
  }
  decision.choices = trace.choices.add(choices);
  trace.decisions.push_back(decision);
}

}  // namespace

State begin(const Program& program) {
  State state;
  state.semaphores = program.semaphores;
  state.tasks.resize(program.tasks.size());
  for (const std::uint32_t task : program.spawned) state.tasks[task].present = false;
  return state;
}

std::vector<Move> moves(const Program& program, const State& state) {
  std::vector<Move> all;
  const bool with_signals = has_kills(program);
  for (std::size_t i = 0; i < state.tasks.size(); ++i) {
    const State::Task& task = state.tasks[i];
    if (!task.present || task.asleep || ended(program, state, i)) continue;
    const Op& op = program.tasks[i][task.at];
    Move move{{ActorKind::kTask, static_cast<TaskId>(i)}, can(state, op), 0, touches_of_op(op)};
    // What ends a task can't change places with a signal to it.
    const bool is_last = task.at + 1 == program.tasks[i].size();
    if (is_last && with_signals) move.touches.push_back(writes(kTasks + static_cast<ObjectId>(i)));
    all.push_back(move);
  }
  const bool is_ready = std::ranges::any_of(all, &Move::enabled);
  for (std::size_t i = 0; i < state.tasks.size(); ++i) {
    const State::Task& task = state.tasks[i];
    if (!task.present || ended(program, state, i)) continue;
    const Actor signal{ActorKind::kSignal, static_cast<TaskId>(i)};
    if (task.signals > 0 && !task.asleep) {
      const auto target = static_cast<ObjectId>(i);
      all.push_back({signal, true, 0, {writes(kTasks + target), writes(kSignalled + target)}});
    }
    if (task.asleep || program.tasks[i][task.at].what == Do::kTimedWait) {
      const int stall = is_ready ? 1 : 0;
      const Actor time_out{ActorKind::kTimeOut, static_cast<TaskId>(i)};
      Move move{time_out, state.stalled + stall <= kStallBudget, stall, {}};
      if (task.at + 1 == program.tasks[i].size() && with_signals) {
        move.touches.push_back(writes(kTasks + static_cast<ObjectId>(i)));
      }
      all.push_back(move);
    }
  }
  std::ranges::sort(all, {}, &Move::actor);
  return all;
}

void make(const Program& program, State& state, const Move& move) {
  State::Task& task = state.tasks[move.actor.task];
  state.stalled += move.stall;
  if (move.actor.kind == ActorKind::kSignal) {
    --task.signals;
    state.variables[kSignalled + move.actor.task] = 1;
    return;
  }
  const Op& op = program.tasks[move.actor.task][task.at];
  if (move.actor.kind == ActorKind::kTimeOut) {
    if (!task.asleep) task.log += "late,";
    task.asleep = false;
  } else if (op.what == Do::kSleep) {
    task.asleep = true;
    return;
  } else {
    make_op(state, task, op);
  }
  ++task.at;
}

std::string describe(const Program& program, const State& state) {
  std::string text;
  for (const int variable : state.variables) text += std::to_string(variable) + " ";
  for (const int semaphore : state.semaphores) text += std::to_string(semaphore) + " ";
  for (std::size_t i = 0; i < state.tasks.size(); ++i) {
    text += "| " + state.tasks[i].log + (ended(program, state, i) ? "" : " waits");
  }
  return text;
}

Trace run(const Program& program, Chooser& chooser, const RunOptions& options) {
  Trace trace;
  State state = begin(program);
  std::optional<Actor> last;
  trace.end = RunEnd::kSteps;
  while (trace.events.size() < options.most_events) {
    const std::vector<Move> all = moves(program, state);
    trace.end = RunEnd::kDone;
    if (all.empty()) break;
    add_decision(trace, all, last);
    trace.end = RunEnd::kDeadlock;
    if (std::ranges::none_of(all, &Move::enabled)) break;
    const std::size_t taken = chooser.choose(trace, trace.decisions.back());
    trace.end = RunEnd::kAbandoned;
    if (taken == Chooser::kStopRun) break;
    if (!all.at(taken).enabled) throw std::logic_error("a choice that is not enabled was taken");
    trace.decisions.back().taken = static_cast<std::uint32_t>(taken);
    make(program, state, all[taken]);
    Event event;
    event.kind = EventKind::kCall;
    event.decision = static_cast<std::uint32_t>(trace.decisions.size() - 1);
    trace.events.push_back(event);
    last = all[taken].actor;
    trace.end = RunEnd::kSteps;
  }
  trace.processes.resize(1 + state.tasks.size());
  trace.processes[0].output = describe(program, state);
  for (std::size_t i = 0; i < state.tasks.size(); ++i) {
    trace.processes[1 + i].output = state.tasks[i].log;
  }
  return trace;
}

Runner runner(Program program) {
  return [program = std::move(program)](Chooser& chooser,
                                        const RunOptions& options) -> sandbox::Expected<Trace> {
    return run(program, chooser, options);
  };
}

namespace {

struct Made {
  Actor actor;
  std::vector<Touch> touches;
  std::optional<std::size_t> made_by;  ///< the step that made the actor turn up
};

bool dependent(const Made& a, const Made& b, std::size_t a_at) {
  return a.actor.task == b.actor.task || conflict(a.touches, b.touches) || b.made_by == a_at;
}

// The equivalent order that is first in the alphabet. Found by hand, and not by clocks, so that the
// two can be compared.
std::string normal_form(const std::vector<Made>& order) {
  std::vector<bool> done(order.size());
  std::string text;
  for (std::size_t round = 0; round < order.size(); ++round) {
    std::optional<std::size_t> best;
    for (std::size_t i = 0; i < order.size(); ++i) {
      if (done[i]) continue;
      bool is_free = true;
      for (std::size_t k = 0; k < i && is_free; ++k) {
        is_free = done[k] || !dependent(order[k], order[i], k);
      }
      if (is_free && (!best || order[i].actor < order[*best].actor)) best = i;
    }
    done[*best] = true;
    text += static_cast<char>('a' + static_cast<int>(order[*best].actor.kind));
    text += std::to_string(order[*best].actor.task);
  }
  return text;
}

class Enumeration {
 public:
  Enumeration(const Program& program, std::size_t most_preemptions, Everything& everything)
      : program_(program), most_preemptions_(most_preemptions), everything_(everything) {}

  void visit(const State& state, const std::optional<Actor>& last, std::size_t preemptions) {
    const std::vector<Move> all = moves(program_, state);
    if (std::ranges::none_of(all, &Move::enabled)) {
      ++everything_.orders;
      everything_.equivalent.insert(normal_form(order_));
      everything_.ends.insert(describe(program_, state));
      for (std::size_t i = 0; i < state.tasks.size(); ++i) {
        everything_.locals.insert(std::to_string(i) + ": " + state.tasks[i].log);
      }
      return;
    }
    for (const Move& move : all) {
      if (!move.enabled) continue;
      const std::size_t cost = preemptions + (preempts(all, last, move) ? 1 : 0);
      if (cost > most_preemptions_) continue;
      Made made{move.actor, move.touches, std::nullopt};
      for (std::size_t i = order_.size(); i-- > 0;) {
        if (order_[i].actor == move.actor) break;
        if (appeared_[i].contains(move.actor)) {
          made.made_by = i;
          break;
        }
      }
      State next = state;
      make(program_, next, move);
      order_.push_back(std::move(made));
      appeared_.push_back(new_ones(all, moves(program_, next), move.actor));
      visit(next, move.actor, cost);
      appeared_.pop_back();
      order_.pop_back();
    }
  }

 private:
  static std::set<Actor> new_ones(const std::vector<Move>& then, const std::vector<Move>& now,
                                  Actor moved) {
    std::set<Actor> actors;
    for (const Move& move : now) {
      const auto same = [&](const Move& other) { return other.actor == move.actor; };
      if (move.actor != moved && std::ranges::none_of(then, same)) actors.insert(move.actor);
    }
    return actors;
  }

  const Program& program_;
  std::size_t most_preemptions_;
  Everything& everything_;
  std::vector<Made> order_;
  std::vector<std::set<Actor>> appeared_;  ///< with each step of the order
};

}  // namespace

Everything enumerate(const Program& program, std::size_t most_preemptions) {
  Everything everything;
  Enumeration enumeration(program, most_preemptions, everything);
  enumeration.visit(begin(program), std::nullopt, 0);
  return everything;
}

}  // namespace ipcgrade::toy
