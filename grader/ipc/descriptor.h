// What operations on descriptors have in common.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "ipc/description.h"

namespace ipcgrade {

/// What a call does to the table of numbers itself. Only threads, which share one, notice.
enum class TableUse : std::uint8_t {
  kUses,       ///< what a number names
  kFrees,      ///< a number
  kAllocates,  ///< the lowest free number
};

/// The touches of that; none where the task is alone with its table.
[[nodiscard]] std::vector<Touch> table_touches(Machine& machine, const Task& task, TableUse use,
                                               int number = 0);

/// Whether no other task has the table, or a descriptor of the description.
[[nodiscard]] bool alone_with_table(const Machine& machine, const Task& task);
[[nodiscard]] bool alone_with(const Machine& machine, const Task& task,
                              const std::shared_ptr<Description>& description);

/// The touches of an operation of the task on a descriptor's description in that direction.
[[nodiscard]] std::vector<Touch> use_touches(Machine& machine, const Task& task, int number,
                                             const std::shared_ptr<Description>& description,
                                             Direction direction);

/// Adds the touches to those.
void append(std::vector<Touch>& to, const std::vector<Touch>& touches);

}  // namespace ipcgrade
