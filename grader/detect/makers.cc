#include "detect/makers.h"

#include <algorithm>
#include <string>

#include "detect/tell.h"
#include "sandbox/describe.h"

namespace ipcgrade {
namespace {

const Event* maker_by_id(const Trace& trace, std::string_view call, int id) {
  const auto made = std::ranges::find_if(trace.events, [&](const Event& event) {
    return event.kind == EventKind::kCall && event.result == id && !event.injected &&
           call_of(trace, event) == call;
  });
  return made == trace.events.end() ? nullptr : &*made;
}

const Event* maker_by_name(const Trace& trace, std::string_view name) {
  // As events tell it, at the end of a path or after its slash.
  const std::string told = sandbox::quoted(name.substr(name.starts_with('/') ? 1 : 0)).substr(1);
  const Event* made = nullptr;
  for (const Event& event : trace.events) {
    if (event.kind != EventKind::kCall || event.result < 0) continue;
    const std::string_view text = text_of(trace, event);
    if (!text.contains(told)) continue;
    const bool makes =
        text.contains("O_CREAT") || text.starts_with("link") || text.starts_with("rename");
    if (text.contains("unlink")) made = nullptr;
    if (makes && made == nullptr) made = &event;
  }
  return made;
}

}  // namespace

const Event* maker_of(const Trace& trace, const sandbox::SysvSegment& one) {
  return maker_by_id(trace, "shmget", one.id);
}
const Event* maker_of(const Trace& trace, const sandbox::SysvSemaphoreSet& one) {
  return maker_by_id(trace, "semget", one.id);
}
const Event* maker_of(const Trace& trace, const sandbox::SysvMessageQueue& one) {
  return maker_by_id(trace, "msgget", one.id);
}
const Event* maker_of(const Trace& trace, const sandbox::PosixMessageQueue& one) {
  return maker_by_name(trace, one.name);
}
const Event* maker_of(const Trace& trace, const sandbox::SharedMemoryFile& one) {
  return maker_by_name(trace, one.name);
}

const Event* maker_of_process(const Trace& trace, std::string_view name) {
  const auto task = std::ranges::find(trace.tasks, name, &TaskRecord::name);
  const bool is_known = task != trace.tasks.end() && task->made_by < trace.events.size();
  return is_known ? &trace.events[task->made_by] : nullptr;
}

}  // namespace ipcgrade
