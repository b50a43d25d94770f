#include "ipc/library_object.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "ipc/calls.h"
#include "ipc/clock.h"

namespace ipcgrade {
namespace {

struct Holdings {
  std::map<TaskId, std::vector<ObjectId>> objects;
};

// sem_open(3) of glibc: a file of one semaphore.
constexpr std::string_view kNamedSemaphore = "/dev/shm/sem.";

}  // namespace

std::string named_semaphore_file(std::string_view name) {
  name.remove_prefix(std::min(name.find_first_not_of('/'), name.size()));
  return fmt::format("{}{}", kNamedSemaphore, name);
}

std::string place_name(const Machine& machine, std::string_view kind, const ByteLocation& at) {
  if (at.memory != kNoObject && at.offset == 0) {
    const std::string& memory = machine.object(at.memory).name();
    if (memory.starts_with(kNamedSemaphore)) {
      return fmt::format("{} /{}", kind, memory.substr(kNamedSemaphore.size()));
    }
  }
  return fmt::format("{} at {}", kind, machine.name_of(at));
}

LibraryCall::LibraryCall(Machine& machine, const Task& task, std::string_view call,
                         const Object& object, std::uint64_t address, std::uint64_t size)
    : address_(address) {
  std::string_view name = object.name();
  if (name.starts_with("the ")) name.remove_prefix(4);
  text_ = fmt::format("{} [{}]", call, name);
  touches_ = machine.buffer_touches(task, address, size, false);
}

bool is_private_to(const Machine& machine, const Task& task, std::uint64_t address) {
  return machine.mapping_at(task, address) == nullptr &&
         live_tasks(machine, machine.process_of(task)) <= 1;
}

bool is_in_shared_memory(const Machine& machine, const Task& task, std::uint64_t address) {
  return machine.mapping_at(task, address) != nullptr;
}

WakeQueue::Filter same_process(const Machine& machine, const Task& task) {
  return [&machine, process = task.process](TaskId one) {
    return machine.task(one).process == process;
  };
}

std::vector<TaskId> of_same_process(const Machine& machine, const Task& task,
                                    std::vector<TaskId> helpers) {
  std::erase_if(helpers, std::not_fn(same_process(machine, task)));
  return helpers;
}

std::string own_memory_text(const Machine& machine, const Task& task, std::uint64_t address) {
  return is_in_shared_memory(machine, task, address) ? "" : ", in memory of its own process alone";
}

std::string private_sleep_text(const Object& object) {
  return fmt::format(
      "sleeps at {}, where only its own process could wake it: its pshared is 0, since it was made "
      "for one process, or not yet made at all",
      object.name());
}

TimeLimit time_limit(const Machine& machine, const Task& task, std::uint64_t until_at,
                     std::uint64_t clock) {
  if (until_at == 0) return {};
  const auto time = machine.peek_value<timespec>(task, until_at);
  if (!time) return {EFAULT, {}};
  // A time before 1970 is past, and no mistake: glibc looks at the nanoseconds alone.
  if (time->tv_nsec < 0 || time->tv_nsec >= 1'000'000'000) return {EINVAL, {}};
  return {0, until(static_cast<clockid_t>(clock), *time)};
}

void holds(Machine& machine, TaskId task, ObjectId object) {
  machine.state<Holdings>().objects[task].push_back(object);
}

void holds_no_more(Machine& machine, TaskId task, ObjectId object) {
  auto& held = machine.state<Holdings>().objects[task];
  const auto at = std::ranges::find(held, object);
  if (at != held.end()) held.erase(at);
}

std::vector<std::string> holdings(const Machine& machine, TaskId task) {
  std::vector<std::string> names;
  const auto* all = machine.find_state<Holdings>();
  const auto at = all == nullptr ? decltype(all->objects.end()){} : all->objects.find(task);
  if (all == nullptr || at == all->objects.end()) return names;
  for (const ObjectId one : at->second) names.push_back(machine.object(one).name());
  return names;
}

std::string holder_text(const Machine& machine, TaskId holder, const Task& waiting) {
  if (holder == kNoTask) return "nobody who is known";
  if (holder == waiting.id) return "itself";
  const Task& task = machine.task(holder);
  std::string name = task.name.empty() ? machine.process_of(task).name : task.name;
  return task.state == TaskState::kEnded ? name + ", which has ended" : name;
}

TaskId task_with_number(const Machine& machine, int number) {
  for (std::size_t i = 0; i < machine.task_count(); ++i) {
    const Task& task = machine.task(static_cast<TaskId>(i));
    if (task.number == number) return task.id;
  }
  return kNoTask;
}

}  // namespace ipcgrade
