#include "assignment/defaults.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace ipcgrade {
namespace {

// In the order of the enumeration.
constexpr std::array<std::string_view, 4> kStageNames{"build", "fair", "orders", "faults"};

// Most labs charge what ends a program early to the stage that saw it.
const std::vector<CheckDefaults>& table() {
  using enum Kind;
  static const std::vector<CheckDefaults> kTable{
      {"build", Stage::kBuild, {kBuildError}},
      {"output",
       Stage::kFair,
       {kWrongOutput, kWrongExit, kCrash, kDeadlock, kLostWakeup, kLivelock, kBusyWait,
        kForbiddenCall, kWrongChannel, kTimeLimit, kCpuLimit, kMemoryLimit, kProcessLimit,
        kOutputLimit, kFileLimit},
       true},
      {"clean-up", Stage::kFair, {kLeakedObject, kLeakedProcess, kUnreapedChild}},
      {"every-order",
       Stage::kOrders,
       {kOrderDependentResult, kCrash, kDeadlock, kLostWakeup, kLivelock, kBusyWait,
        kTimingAssumption, kForbiddenCall, kTimeLimit, kCpuLimit, kMemoryLimit, kProcessLimit,
        kOutputLimit, kFileLimit}},
      {"data-races", Stage::kOrders, {kDataRace}},
      {"unused-ends", Stage::kOrders, {kUnclosedPipeEnd}},
      {"handlers", Stage::kOrders, {kUnsafeHandler}},
      {"messages", Stage::kOrders, {kWrongChannel}},
      {"errors", Stage::kFaults, {kUnhandledError}},
  };
  return kTable;
}

}  // namespace

std::span<const CheckDefaults> check_defaults() { return table(); }

const CheckDefaults* defaults_of(std::string_view check_id) {
  const auto found = std::ranges::find(table(), check_id, &CheckDefaults::id);
  return found == table().end() ? nullptr : &*found;
}

std::string_view name_of(Stage stage) { return kStageNames[static_cast<std::size_t>(stage)]; }

std::optional<Stage> stage_named(std::string_view name) {
  const auto* const found = std::ranges::find(kStageNames, name);
  if (found == kStageNames.end()) return std::nullopt;
  return static_cast<Stage>(found - kStageNames.begin());
}

std::span<const std::string_view> stage_names() { return kStageNames; }

}  // namespace ipcgrade
