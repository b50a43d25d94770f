#include "ipc/description.h"

#include "ipc/machine.h"

namespace ipcgrade {

std::int64_t Description::read(Machine&, Task&, std::span<std::byte>) { return -EBADF; }
std::int64_t Description::write(Machine&, Task&, std::span<const std::byte>) { return -EBADF; }

bool Description::would_wait(const Machine& machine, const Task& task, Direction direction,
                             std::size_t) const {
  const int wanted = direction == Direction::kIn ? POLLIN : POLLOUT;
  return (ready_for(machine, task) & (wanted | POLLHUP | POLLERR)) == 0;
}

std::shared_ptr<Description> DescriptorTable::find(int number) const {
  const auto at = slots_.find(number);
  return at == slots_.end() ? nullptr : at->second.description;
}

void DescriptorTable::put(int number, std::shared_ptr<Description> description,
                          bool close_on_exec) {
  slots_[number] = {std::move(description), close_on_exec};
}

void DescriptorTable::set_close_on_exec(int number, bool value) {
  if (const auto at = slots_.find(number); at != slots_.end()) at->second.close_on_exec = value;
}

bool DescriptorTable::close_on_exec(int number) const {
  const auto at = slots_.find(number);
  return at != slots_.end() && at->second.close_on_exec;
}

void DescriptorTable::close(Machine& machine, TaskId task, int number) {
  const auto at = slots_.find(number);
  if (at == slots_.end()) return;
  const auto description = std::move(at->second.description);
  slots_.erase(at);
  // What is in flight over a socket, and every other table, holds a reference of its own.
  description->closed(machine, task, description.use_count() == 1);
}

void DescriptorTable::close_range(Machine& machine, TaskId task, unsigned first, unsigned last) {
  std::vector<int> numbers;
  for (const auto& [number, slot] : slots_) {
    if (static_cast<unsigned>(number) >= first && static_cast<unsigned>(number) <= last) {
      numbers.push_back(number);
    }
  }
  for (const int number : numbers) close(machine, task, number);
}

void DescriptorTable::close_for_exec(Machine& machine, TaskId task) {
  std::vector<int> numbers;
  for (const auto& [number, slot] : slots_) {
    if (slot.close_on_exec) numbers.push_back(number);
  }
  for (const int number : numbers) close(machine, task, number);
}

void DescriptorTable::close_all(Machine& machine, TaskId task) {
  close_range(machine, task, 0, ~0U);
}

}  // namespace ipcgrade
