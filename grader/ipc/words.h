// How arguments of calls, and who holds what, are told to a student.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "trace/event.h"

namespace ipcgrade {

class Machine;
struct Task;

/// "O_RDWR|O_CREAT|0x4": the names of the bits that are set, and what has none in hexadecimal.
[[nodiscard]] std::string flag_words(unsigned flags,
                                     std::span<const std::pair<unsigned, std::string_view>> names);
/// Of open(2): "O_WRONLY|O_CREAT".
[[nodiscard]] std::string open_flag_words(int flags);

/// "itself, as descriptor 4, and by server, as descriptors 3 and 5": for "is held by ...".
[[nodiscard]] std::string holder_words(const Machine& machine, const Task& task,
                                       std::span<const std::pair<TaskId, int>> holders);

/// The tasks of those processes, without the one that asks.
[[nodiscard]] std::vector<TaskId> other_tasks(const Machine& machine, const Task& task,
                                              std::span<const std::pair<TaskId, int>> holders);

}  // namespace ipcgrade
