// How findings speak of what stands in a held trace: its processes, places and events.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assignment/assignment.h"
#include "trace/finding.h"
#include "trace/trace.h"

namespace ipcgrade {

/// A finding of a held run, with what all of them have.
[[nodiscard]] Finding held_finding(Kind kind, const Scenario& scenario, Stage stage);

/// "server", "server's child 1"
[[nodiscard]] const std::string& process_of(const Trace& trace, TaskId task);
[[nodiscard]] const std::string& program_of(const Trace& trace, TaskId task);
/// Empty where nothing was written down: "semop" of "semop(5678, -1) = 0"
[[nodiscard]] std::string_view call_of(const Trace& trace, const Event& event);

[[nodiscard]] Location location_of(const Trace& trace, TaskId task, std::uint32_t place);
[[nodiscard]] Location location_of(const Trace& trace, const Event& event);
/// Where the byte was printed that a call writes, where a stream held it until then; else the call.
/// `byte`: its number among those that the call writes.
[[nodiscard]] Location printed_at(const Trace& trace, const Event& event, std::uint64_t byte);
/// " at server.c:33"; empty where the place is not known.
[[nodiscard]] std::string at_place(const Trace& trace, std::uint32_t place);

/// One of Finding::faults: a failure of the call there that the program takes for success.
[[nodiscard]] std::string taken_for_success(const std::string& program, const Place& place);

/// Another: a signal there that ends the call, which the program takes for a failure or an end.
[[nodiscard]] std::string interrupted_at(const std::string& program, const Place& place);

/// Another: the program prints or exits wrongly, though nothing has failed.
[[nodiscard]] std::string comes_to_wrong_result(const std::string& program);

/// Another: the program holds an end of a pipe that is not its own.
[[nodiscard]] std::string holds_an_end(const std::string& program);

/// "'a'" for a byte that can be printed, "\"abcd\"" for several of them, else the number.
[[nodiscard]] std::string value_text(std::int64_t value, std::uint64_t size);
/// "1 byte", "3 bytes"
[[nodiscard]] std::string counted_bytes(std::uint64_t count);
/// "1 byte at offset 3 of the segment with key 5678"
[[nodiscard]] std::string bytes_text(const Trace& trace, const Touch& touch);
/// Where they were just told: "them", or "it" where they are one thing.
[[nodiscard]] const char* same_bytes_text(const Trace& trace, const Touch& touch);

/// Whether a call of that text takes away an IPC object, or a name.
[[nodiscard]] bool is_removal(std::string_view text);

/// The first touch of memory of an access; nullptr where it has none.
[[nodiscard]] const Touch* memory_touch(const Trace& trace, const Event& event);

/// Whether the call reads from, or writes to, "stdin" or "stdout" of the program.
[[nodiscard]] bool is_on_stream(const Trace& trace, const Event& event, std::string_view stream);

/// The decision whose choice the event begins; nullptr: it goes on with one, or none led to it.
[[nodiscard]] const Decision* begun_by(const Trace& trace, EventId id);

/// Whether the event begins what its decision chose, against the usual order.
[[nodiscard]] bool deviates(const Trace& trace, EventId id);

/// The signal that ended a task, as it struck. `exit`: the task's end.
[[nodiscard]] std::optional<EventId> deadly_signal(const Trace& trace, EventId exit);

/// All of them, of whichever tasks, but those that came from outside.
[[nodiscard]] std::vector<EventId> deadly_signals(const Trace& trace);

/// "3 s"
[[nodiscard]] std::string seconds_text(VirtualTime time);

/// What a task stood at when the run ended, with nobody who could go on; else nothing.
[[nodiscard]] std::span<const Touch> stands_at(const Trace& trace, TaskId task);

/// A task that could have gone on there, and did not; kNoTask: none, or nothing was taken.
[[nodiscard]] TaskId passed_over(const Trace& trace, const Decision& decision);

/// What happened, for a step of a story: "reads 'a', 1 byte at offset 0 of the segment …".
[[nodiscard]] std::string event_text(const Trace& trace, const Event& event);

}  // namespace ipcgrade
