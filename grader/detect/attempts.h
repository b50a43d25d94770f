// What programs have tried, of what a lab asks them to try.
#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "assignment/assignment.h"
#include "trace/trace.h"

namespace ipcgrade {

/// The addresses at which tasks of the program asked for the memory of a child of theirs, with
/// process_vm_readv. Of a held run; of another nothing is known.
[[nodiscard]] std::set<std::uint64_t> peer_addresses(const Trace& trace,
                                                     const std::string& program);

/// Whether some of them asked for it before that child had set anything in a shared page.
[[nodiscard]] bool has_read_too_early(const Trace& trace, const std::string& program);

/// Whether tasks of the program have tried that. Of a child's memory, when that had set what it
/// shares. Of a page map that could be opened they must have read, or tried to read, the entry of
/// one of the peer addresses, be it together with others; where there is no such address, any. A
/// run at full speed does not show it: true.
[[nodiscard]] bool has_tried(const Trace& trace, const std::string& program, Attempt attempt);

}  // namespace ipcgrade
