// Why a run was ended early; and what traces say in words that others look for.
#pragma once

#include <string_view>
#include <variant>

#include "trace/trace.h"

namespace ipcgrade {

/// TaskRecord::waits_for of who waits for nothing, and computes.
inline constexpr std::string_view kBurns = "burns the processor";

/// Place::inside of a write that the C library makes as the process ends: the place is where what a
/// stream still held was printed.
inline constexpr std::string_view kAtExit = "the end of the process";

/// In the text of an EventKind::kSignal whose handler ends a wait: "takes SIGCHLD, which interrupts
/// waitpid".
inline constexpr std::string_view kInterrupts = ", which interrupts ";

/// Whether the run was ended for this limit.
[[nodiscard]] inline bool stopped_at(sandbox::LimitKind kind, const Trace& trace) {
  if (!trace.stopped) return false;
  const auto* limit = std::get_if<sandbox::LimitReached>(&trace.stopped->what);
  return limit != nullptr && limit->kind == kind;
}

/// Whether it was ended since the grader was told to stop: it says nothing of the programs.
[[nodiscard]] inline bool is_interrupted(const Trace& trace) {
  return trace.stopped && std::holds_alternative<sandbox::Interrupted>(trace.stopped->what);
}

}  // namespace ipcgrade
