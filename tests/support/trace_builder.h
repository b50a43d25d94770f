// Writes the trace of a held run by hand, an event a line:
//
//   TraceBuilder run;
//   const TaskId server = run.program("server"), client = run.program("client");
//   const ObjectId segment = run.memory("the segment with key 5678", 27);
//   const EventId put = run.write(server, segment, 0, 1, 'a', {.line = 33});
#pragma once

#include <array>
#include <chrono>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "trace/trace.h"

namespace ipcgrade {

/// How an event is unlike the plainest one.
struct How {
  int line = 0;  ///< of PROGRAM.c; 0: not looked up
  AccessOrder order = AccessOrder::kPlain;
  std::vector<EventId> after{};
  std::uint64_t instruction = 0;  ///< the line unless told
  bool injected = false;
  std::vector<Touch> touches{};
};

class TraceBuilder {
 public:
  TraceBuilder() {
    trace.scenario = "together";
    trace.end = RunEnd::kDone;
  }

  /// A program that was started, and exits with 0 unless it is told otherwise.
  TaskId program(const std::string& name) {
    trace.processes.push_back({name, sandbox::Exited{0}, "", ""});
    const TaskId task = add_task(name, trace.processes.size() - 1);
    event(EventKind::kStart, task, "", {});
    return task;
  }

  TaskId child(TaskId parent, EventId made_by, bool thread = false) {
    const TaskRecord& maker = trace.tasks[parent];
    const std::string name = maker.name + (thread ? "'s thread 1" : "'s child 1");
    const TaskId task = add_task(name, maker.program);
    trace.tasks[task].parent = parent;
    trace.tasks[task].made_by = made_by;
    if (thread) trace.tasks[task].leader = trace.tasks[parent].leader;
    return task;
  }

  ObjectId object(ObjectKind kind, std::string name, std::uint64_t size = 0) {
    trace.objects.push_back({kind, std::move(name), size});
    return static_cast<ObjectId>(trace.objects.size() - 1);
  }
  ObjectId memory(std::string name, std::uint64_t size) {
    return object(ObjectKind::kMemory, std::move(name), size);
  }

  EventId read(TaskId task, ObjectId object, std::uint64_t begin, std::uint64_t size,
               std::int64_t value, How how = {}) {
    how.touches = {reads(object, begin, begin + size)};
    Event& made = add(EventKind::kAccess, task, "", how);
    made.reads = true;
    made.result = value;
    return last();
  }
  EventId write(TaskId task, ObjectId object, std::uint64_t begin, std::uint64_t size,
                std::int64_t value, How how = {}) {
    how.touches = {writes(object, begin, begin + size)};
    Event& made = add(EventKind::kAccess, task, "", how);
    made.writes = true;
    made.result = value;
    return last();
  }
  /// A read-modify-write of one instruction, such as `lock add`.
  EventId change(TaskId task, ObjectId object, std::uint64_t begin, std::uint64_t size,
                 std::int64_t before, How how = {}) {
    how.touches = {writes(object, begin, begin + size)};
    Event& made = add(EventKind::kAccess, task, "", how);
    made.reads = made.writes = true;
    made.result = made.before = before;
    return last();
  }
  EventId fence(TaskId task, AccessOrder order) {
    return event(EventKind::kAccess, task, "", {.order = order});
  }

  EventId call(TaskId task, const std::string& text, std::int64_t result = 0, How how = {}) {
    add(EventKind::kCall, task, text, how).result = result;
    return last();
  }

  EventId event(EventKind kind, TaskId task, const std::string& text, const How& how,
                std::int64_t result = 0) {
    add(kind, task, text, how).result = result;
    return last();
  }

  /// Ends a task, with a wait status.
  EventId exit(TaskId task, int status = 0) {
    trace.tasks[task].ended = true;
    if (trace.tasks[task].leader == task && trace.tasks[task].parent == kNoTask) {
      trace.processes[trace.tasks[task].program].end =
          (status & 0x7f) != 0 ? sandbox::CommandEnd(sandbox::Signalled{status & 0x7f})
                               : sandbox::CommandEnd(sandbox::Exited{status >> 8});
    }
    return event(EventKind::kExit, task, "", {}, status);
  }

  /// Lets a task wait when the run is over.
  void waits(TaskId task, std::string what, std::vector<TaskId> suppliers = {}, int line = 0) {
    trace.tasks[task].waits_for = std::move(what);
    trace.tasks[task].waits_at = place(task, line);
    trace.tasks[task].suppliers = std::move(suppliers);
    if (trace.tasks[task].parent == kNoTask) {
      trace.processes[trace.tasks[task].program].end = sandbox::Ended{};
    }
  }

  /// The last event was chosen so: `usual` would have been what the default order takes.
  void chosen(const Choice& taken, bool usual) {
    Decision decision;
    decision.choices = trace.choices.add(
        std::array{taken, Choice{.actor = {ActorKind::kTask, 0}, .enabled = true}});
    decision.taken = 0;
    decision.usual = usual ? 0 : 1;
    trace.decisions.push_back(decision);
    trace.events.back().decision = static_cast<std::uint32_t>(trace.decisions.size() - 1);
  }

  /// Reads or writes a pipe, with what ends the process holds then.
  EventId use_pipe(TaskId task, ObjectId pipe, bool write, std::vector<HeldEnd> held,
                   How how = {}) {
    how.touches = {writes(pipe)};
    Event& made = add(EventKind::kCall, task, write ? "write(4, 9) = 9" : "read(3, 9) = 9", how);
    (write ? made.writes : made.reads) = true;
    made.held_ends = trace.held_ends.add(held);
    return last();
  }

  [[nodiscard]] EventId last() const { return static_cast<EventId>(trace.events.size() - 1); }

  Trace trace;

 private:
  TaskId add_task(const std::string& name, std::size_t program) {
    TaskRecord task;
    task.name = name;
    task.program = program;
    task.number = static_cast<int>(100 + trace.tasks.size());
    trace.tasks.push_back(std::move(task));
    const auto id = static_cast<TaskId>(trace.tasks.size() - 1);
    trace.tasks[id].leader = id;
    return id;
  }

  std::uint32_t place(TaskId task, int line) {
    if (line == 0) return 0;
    const std::string& program = trace.processes[trace.tasks[task].program].program;
    trace.places.push_back({program + ".c", line, "main"});
    return static_cast<std::uint32_t>(trace.places.size() - 1);
  }

  Event& add(EventKind kind, TaskId task, const std::string& text, const How& how) {
    Event made;
    made.kind = kind;
    made.task = task;
    made.order = how.order;
    made.injected = how.injected;
    made.place = place(task, how.line);
    made.instruction =
        how.instruction != 0 ? how.instruction : static_cast<std::uint64_t>(how.line);
    made.text = trace.texts.add(text);
    made.touches = trace.touches.add(how.touches);
    made.first_after = static_cast<std::uint32_t>(trace.after.size());
    made.after_count = static_cast<std::uint32_t>(how.after.size());
    trace.after.insert(trace.after.end(), how.after.begin(), how.after.end());
    made.decision = std::numeric_limits<std::uint32_t>::max();
    trace.events.push_back(made);
    return trace.events.back();
  }
};

}  // namespace ipcgrade
