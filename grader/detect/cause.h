// Which events of a held run are behind what a program came to: its end, why it gave up, what it
// had read. By the program's name, of all its tasks unless told otherwise.
#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "trace/trace.h"

namespace ipcgrade {

/// The first task of a program.
[[nodiscard]] std::optional<TaskId> main_task(const Trace& trace, std::string_view program);

[[nodiscard]] std::optional<EventId> last_of(const Trace& trace, TaskId task, EventKind kind);

/// What a finding about a program's result is about: its last output, that of its other tasks, and
/// its end.
[[nodiscard]] std::vector<EventId> result_events(const Trace& trace, std::string_view program);

/// The last call of the program, of those whose place is known, that is one `of` these.
[[nodiscard]] std::optional<EventId> last_call(const Trace& trace, std::string_view program,
                                               const std::function<bool(const Event&)>& of);

/// The last of its calls that failed, but for what a lock of the library says to itself. Before
/// what it could not take away as it gave up comes what it gave up for.
[[nodiscard]] std::optional<EventId> failed_call(const Trace& trace, std::string_view program);

/// Why it gave up: the last of its calls that failed; else the one that was interrupted before it
/// said so; else what it wrote on stderr last; else the child whose failure it was told of.
[[nodiscard]] std::optional<EventId> reason_of(const Trace& trace, std::string_view program);

/// Of its main task.
[[nodiscard]] std::optional<EventId> exit_of(const Trace& trace, std::string_view program);

/// Its exit; where main returned, which has no place, the last call before that.
[[nodiscard]] std::optional<EventId> end_in_source(const Trace& trace, std::string_view program);

/// The signal that ended it, and struck where it was then.
[[nodiscard]] std::optional<EventId> end_by_signal(const Trace& trace, std::string_view program);

/// The last step that was taken against the usual order, where its place is known: of a schedule as
/// short as it will go, one without which all would be right.
[[nodiscard]] std::optional<EventId> last_deviation(const Trace& trace);

/// Adds what the program had read last before it wrote that, and who had given it.
void add_source(std::vector<EventId>& keys, const Trace& trace, EventId written);

/// The last that the program read of memory that it shares.
[[nodiscard]] std::optional<EventId> last_look_at_shared(const Trace& trace,
                                                         std::string_view program);

}  // namespace ipcgrade
