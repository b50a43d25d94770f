// Small programs that run in memory, step by step, and give traces as held runs do: what strategies
// are tested with, and what their results are compared with, order by order.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "supervise/chooser.h"

namespace ipcgrade::toy {

enum class Do : std::uint8_t {
  kRead,       ///< variable a; into the task's register and its log
  kWrite,      ///< variable a becomes b
  kWriteNext,  ///< variable a becomes the register + 1
  kLock,       ///< mutex a
  kUnlock,     ///< mutex a
  kWait,       ///< semaphore a: P
  kPost,       ///< semaphore a: V
  kWaitBoth,   ///< semaphores a and b at once
  kTimedWait,  ///< semaphore a, or its time-out
  kSleep,      ///< a step that begins, and a time-out
  kSpawn,      ///< task a begins to be there
  kKill,       ///< task a gets a signal: its handler sets variable kSignalled + a to 1
  kSetOnZero,  ///< where the register is 0, variable a becomes b
};

struct Op {
  Do what{};
  std::uint32_t a = 0;
  std::uint32_t b = 0;
};

inline constexpr std::size_t kVariables = 8;
inline constexpr std::uint32_t kSignalled = 4;  ///< variables from this on are for handlers
inline constexpr int kStallBudget = 2;          ///< seconds; a sleep that overtakes takes one

struct Program {
  std::vector<std::vector<Op>> tasks;
  std::array<int, 4> semaphores{};
  std::set<std::uint32_t> spawned;  ///< tasks that are not there at the beginning
};

/// All of a run's state.
struct State {
  std::array<int, kVariables> variables{};
  std::array<int, 4> semaphores{};
  std::array<int, 4> mutexes{};
  struct Task {
    std::size_t at = 0;
    int reg = 0;
    bool present = true;
    bool asleep = false;
    int signals = 0;
    std::string log;
  };
  std::vector<Task> tasks;
  int stalled = 0;
};

struct Move {
  Actor actor;
  bool enabled = false;
  int stall = 0;
  std::vector<Touch> touches;
};

[[nodiscard]] State begin(const Program& program);
[[nodiscard]] std::vector<Move> moves(const Program& program, const State& state);
void make(const Program& program, State& state, const Move& move);

/// Variables, logs, and who has not ended.
[[nodiscard]] std::string describe(const Program& program, const State& state);

/// A run's `processes[0].output` is the description of its last state; the others' are tasks' logs.
[[nodiscard]] Trace run(const Program& program, Chooser& chooser, const RunOptions& options);
[[nodiscard]] Runner runner(Program program);

/// Every order, by brute force.
struct Everything {
  std::size_t orders = 0;
  std::set<std::string> equivalent;  ///< a normal form for each class of equivalent orders
  std::set<std::string> ends;        ///< descriptions of last states
  std::set<std::string> locals;      ///< "TASK: LOG" for each task's last state
};
/// `most_preemptions`: orders of more are left out.
[[nodiscard]] Everything enumerate(const Program& program, std::size_t most_preemptions = 1000);

}  // namespace ipcgrade::toy
