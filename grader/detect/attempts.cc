#include "detect/attempts.h"

#include <algorithm>

namespace ipcgrade {
namespace {

/// Whether a task that the program is, or has made, did that.
bool is_by(const Trace& trace, EventId event, const std::string& program) {
  const TaskRecord& task = trace.tasks[trace.events[event].task];
  return trace.processes[task.program].program == program;
}

bool has_read_of_child(const Trace& trace, const std::string& program) {
  return std::ranges::any_of(trace.peer_reads, [&](const PeerRead& read) {
    return read.of_child && is_by(trace, read.event, program);
  });
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

}  // namespace

std::set<std::uint64_t> peer_addresses(const Trace& trace, const std::string& program) {
  std::set<std::uint64_t> addresses;
  for (const PeerRead& read : trace.peer_reads) {
    if (!read.of_child || !is_by(trace, read.event, program)) continue;
    for (const PeerRead::Piece& piece : read.pieces) addresses.insert(piece.begin);
  }
  return addresses;
}

bool has_tried(const Trace& trace, const std::string& program, Attempt attempt) {
  if (trace.end == RunEnd::kFullSpeed) return true;
  switch (attempt) {
    case Attempt::kPeerMemory:
      return has_read_of_child(trace, program);
    case Attempt::kPageMap:
      return has_tried_page_map(trace, program);
  }
  return false;
}

}  // namespace ipcgrade
