#include "detect/attempts.h"

#include <algorithm>
#include <iterator>
#include <vector>

namespace ipcgrade {
namespace {

/// Whether a task that the program is, or has made, did that.
bool is_by(const Trace& trace, EventId event, const std::string& program) {
  const TaskRecord& task = trace.tasks[trace.events[event].task];
  return trace.processes[task.program].program == program;
}

/// Of a child that was there; or of one that may be gone since a call was made to fail.
bool is_of_child(const Trace& trace, const PeerRead& read) {
  if (read.of_child) return true;
  const bool failed = std::ranges::any_of(trace.events, [](const Event& event) {
    return event.injected && event.kind == EventKind::kCall;
  });
  if (!failed || read.of == kNoTask || trace.tasks[read.of].parent == kNoTask) return false;
  const TaskId maker = trace.tasks[read.of].parent;
  const TaskId reader = trace.events[read.event].task;
  return trace.tasks[maker].leader == trace.tasks[reader].leader;
}

/// An entry of 8 bytes for each page: Documentation/admin-guide/mm/pagemap.rst of the kernel.
bool reads_entry_of(const PageMapTry& attempt, std::uint64_t address) {
  constexpr std::uint64_t kPage = 4096;
  constexpr std::uint64_t kEntry = 8;
  const std::uint64_t entry = address / kPage * kEntry;
  return attempt.begin <= entry && entry + kEntry <= attempt.end;
}

bool has_tried_page_map(const Trace& trace, const std::string& program) {
  const auto addresses = peer_addresses(trace, program);
  bool tried = false;
  bool opened = false;
  for (const PageMapTry& one : trace.page_map_tries) {
    if (!is_by(trace, one.event, program)) continue;
    tried = true;
    if (one.begin == one.end) {
      opened = opened || !one.failed;
    } else if (addresses.empty() || std::ranges::any_of(addresses, [&](std::uint64_t address) {
                 return reads_entry_of(one, address);
               })) {
      return true;
    }
  }
  return tried && !opened;
}

/// As ipc/ names anonymous memory that is mapped shared.
bool is_shared_page(const ObjectRecord& object) {
  return object.kind == ObjectKind::kMemory &&
         (object.name == "the shared mapping" || object.name.starts_with("shared mapping "));
}

/// The process has not yet written to a page that it shares, and does so later: what is read of its
/// memory is as it was before.
bool is_too_early(const Trace& trace, const PeerRead& read) {
  const auto writes_shared_page = [&](const Event& event) {
    if (event.task >= trace.tasks.size() || trace.tasks[event.task].leader != read.of) return false;
    return std::ranges::any_of(touches_of(trace, event), [&](const Touch& touch) {
      return touch.object < trace.objects.size() && is_shared_page(trace.objects[touch.object]) &&
             (touch.does & kWrites) != 0;
    });
  };
  const auto first = std::ranges::find_if(trace.events, writes_shared_page);
  return first != trace.events.end() && first - trace.events.begin() > read.event;
}

/// What tasks of the program asked for, of a child's memory.
std::vector<PeerRead> reads_of_child(const Trace& trace, const std::string& program) {
  std::vector<PeerRead> reads;
  std::ranges::copy_if(trace.peer_reads, std::back_inserter(reads), [&](const PeerRead& read) {
    return is_of_child(trace, read) && is_by(trace, read.event, program);
  });
  return reads;
}

bool has_read_of_child(const Trace& trace, const std::string& program) {
  const std::vector<PeerRead> reads = reads_of_child(trace, program);
  // From the last one on, which is the likeliest.
  return std::any_of(reads.rbegin(), reads.rend(),
                     [&](const PeerRead& read) { return !is_too_early(trace, read); });
}

bool has_read_what_child_shared(const Trace& trace, const std::string& program) {
  std::vector<Touch> written;  // by a child
  for (EventId id = 0; id < trace.events.size(); ++id) {
    const Event& event = trace.events[id];
    if (event.task >= trace.tasks.size() || event.order == AccessOrder::kLibrary ||
        !is_by(trace, id, program)) {
      continue;
    }
    const bool is_child = trace.tasks[trace.tasks[event.task].leader].parent != kNoTask;
    for (const Touch& touch : touches_of(trace, event)) {
      if (touch.object >= trace.objects.size() || !is_shared_page(trace.objects[touch.object])) {
        continue;
      }
      if (is_child && (touch.does & kWrites) != 0) written.push_back(touch);
      const bool reads = event.reads || (touch.does & kReads) != 0;
      if (!is_child && reads && conflict(written, std::span(&touch, 1))) return true;
    }
  }
  return false;
}

}  // namespace

std::set<std::uint64_t> peer_addresses(const Trace& trace, const std::string& program) {
  std::set<std::uint64_t> addresses;
  for (const PeerRead& read : reads_of_child(trace, program)) {
    for (const PeerRead::Piece& piece : read.pieces) addresses.insert(piece.begin);
  }
  return addresses;
}

bool has_read_too_early(const Trace& trace, const std::string& program) {
  return std::ranges::any_of(reads_of_child(trace, program),
                             [&](const PeerRead& read) { return is_too_early(trace, read); });
}

bool has_tried(const Trace& trace, const std::string& program, Attempt attempt) {
  if (trace.end == RunEnd::kFullSpeed) return true;
  switch (attempt) {
    case Attempt::kPeerMemory:
      return has_read_of_child(trace, program);
    case Attempt::kPageMap:
      return has_tried_page_map(trace, program);
    case Attempt::kSharedPage:
      return has_read_what_child_shared(trace, program);
  }
  return false;
}

}  // namespace ipcgrade
