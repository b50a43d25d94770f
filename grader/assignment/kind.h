// The kinds of finding, the vocabulary that assignments, detectors and reports share.
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace ipcgrade {

enum class Kind {
  kBuildError,
  kWrongOutput,
  kWrongExit,
  kOrderDependentResult,
  kCrash,
  kDeadlock,
  kLostWakeup,
  kLivelock,
  kBusyWait,
  kTimingAssumption,
  kDataRace,
  kUnsafeHandler,
  kUnclosedPipeEnd,
  kLeakedObject,
  kLeakedProcess,
  kUnreapedChild,
  kUnhandledError,
  kWrongChannel,
  kForbiddenCall,
  kTimeLimit,
  kCpuLimit,
  kMemoryLimit,
  kProcessLimit,
  kOutputLimit,
  kFileLimit,
};

/// The word for it in reports and assignment files: "leaked-object".
[[nodiscard]] std::string_view name_of(Kind kind);
[[nodiscard]] std::optional<Kind> kind_named(std::string_view name);
/// All of them, in the order of the enumeration.
[[nodiscard]] const std::array<Kind, 25>& all_kinds();

}  // namespace ipcgrade
