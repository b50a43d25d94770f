#include "assignment/kind.h"

#include <algorithm>
#include <utility>

namespace ipcgrade {
namespace {

constexpr std::array<std::pair<Kind, std::string_view>, 25> kNames{{
    {Kind::kBuildError, "build-error"},
    {Kind::kWrongOutput, "wrong-output"},
    {Kind::kWrongExit, "wrong-exit"},
    {Kind::kOrderDependentResult, "order-dependent-result"},
    {Kind::kCrash, "crash"},
    {Kind::kDeadlock, "deadlock"},
    {Kind::kLostWakeup, "lost-wakeup"},
    {Kind::kLivelock, "livelock"},
    {Kind::kBusyWait, "busy-wait"},
    {Kind::kTimingAssumption, "timing-assumption"},
    {Kind::kDataRace, "data-race"},
    {Kind::kUnsafeHandler, "unsafe-handler"},
    {Kind::kUnclosedPipeEnd, "unclosed-pipe-end"},
    {Kind::kLeakedObject, "leaked-object"},
    {Kind::kLeakedProcess, "leaked-process"},
    {Kind::kUnreapedChild, "unreaped-child"},
    {Kind::kUnhandledError, "unhandled-error"},
    {Kind::kWrongChannel, "wrong-channel"},
    {Kind::kForbiddenCall, "forbidden-call"},
    {Kind::kTimeLimit, "time-limit"},
    {Kind::kCpuLimit, "cpu-limit"},
    {Kind::kMemoryLimit, "memory-limit"},
    {Kind::kProcessLimit, "process-limit"},
    {Kind::kOutputLimit, "output-limit"},
    {Kind::kFileLimit, "file-limit"},
}};

}  // namespace

std::string_view name_of(Kind kind) { return kNames[static_cast<std::size_t>(kind)].second; }

std::optional<Kind> kind_named(std::string_view name) {
  const auto* found = std::ranges::find(kNames, name, &std::pair<Kind, std::string_view>::second);
  if (found == kNames.end()) return std::nullopt;
  return found->first;
}

const std::array<Kind, 25>& all_kinds() {
  static const auto kKinds = [] {
    std::array<Kind, kNames.size()> kinds{};
    std::ranges::transform(kNames, kinds.begin(), &std::pair<Kind, std::string_view>::first);
    return kinds;
  }();
  return kKinds;
}

}  // namespace ipcgrade
