// The page map of a process (/proc/PID/pagemap), where a scenario says what is in it. Else nobody
// asks this file: the kernel has it.
#pragma once

#include "ipc/machine.h"

namespace ipcgrade {

/// What can be done with page maps. What is read has the bit that a page is present, for memory
/// that can be read, and 0 in the place of its frame.
struct PageMapRule {
  bool opens = true;  ///< else ENOENT, as on a kernel without CONFIG_PROC_PAGE_MONITOR
  bool reads = true;  ///< else EPERM
};

/// Holds for all tasks of the run, from its beginning.
void set_page_map(Machine& machine, PageMapRule rule);

}  // namespace ipcgrade
