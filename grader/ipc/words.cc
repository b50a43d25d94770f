#include "ipc/words.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "ipc/machine.h"

namespace ipcgrade {

std::string flag_words(unsigned flags,
                       std::span<const std::pair<unsigned, std::string_view>> names) {
  std::string words;
  const auto add = [&](std::string_view word) {
    if (!words.empty()) words += '|';
    words += word;
  };
  for (const auto& [bits, name] : names) {
    if (bits != 0 && (flags & bits) == bits) {
      add(name);
      flags &= ~bits;
    }
  }
  if (flags != 0) add(fmt::format("{:#x}", flags));
  return words.empty() ? "0" : words;
}

std::string open_flag_words(int flags) {
  // Those that contain the bits of another come first.
  static constexpr std::array<std::pair<unsigned, std::string_view>, 15> kNames{{
      {O_TMPFILE, "O_TMPFILE"},
      {O_CREAT, "O_CREAT"},
      {O_EXCL, "O_EXCL"},
      {O_TRUNC, "O_TRUNC"},
      {O_APPEND, "O_APPEND"},
      {O_NONBLOCK, "O_NONBLOCK"},
      {O_SYNC, "O_SYNC"},
      {O_DSYNC, "O_DSYNC"},
      {O_DIRECTORY, "O_DIRECTORY"},
      {O_NOFOLLOW, "O_NOFOLLOW"},
      {O_CLOEXEC, "O_CLOEXEC"},
      {O_PATH, "O_PATH"},
      {O_NOCTTY, "O_NOCTTY"},
      {O_DIRECT, "O_DIRECT"},
      {O_NOATIME, "O_NOATIME"},
  }};
  static constexpr std::array<std::string_view, 4> kAccess{"O_RDONLY", "O_WRONLY", "O_RDWR",
                                                           "O_ACCMODE"};
  std::string words(kAccess[static_cast<unsigned>(flags) & O_ACCMODE]);
  const auto rest = static_cast<unsigned>(flags) & ~static_cast<unsigned>(O_ACCMODE);
  if (rest != 0) words += "|" + flag_words(rest, kNames);
  return words;
}

std::string holder_words(const Machine& machine, const Task& task,
                         std::span<const std::pair<TaskId, int>> holders) {
  std::vector<std::pair<TaskId, std::vector<int>>> processes;
  for (const auto& [leader, number] : holders) {
    auto at = std::ranges::find(processes, leader, &std::pair<TaskId, std::vector<int>>::first);
    if (at == processes.end()) at = processes.insert(at, {leader, {}});
    at->second.push_back(number);
  }
  std::string words;
  for (std::size_t i = 0; i < processes.size(); ++i) {
    const auto& [leader, numbers] = processes[i];
    if (i > 0) words += i + 1 == processes.size() ? ", and by " : ", by ";
    const bool itself = machine.task(leader).process == task.process;
    words += itself ? "itself" : machine.process_of(machine.task(leader)).name;
    words += numbers.size() == 1 ? ", as descriptor " : ", as descriptors ";
    for (std::size_t j = 0; j < numbers.size(); ++j) {
      if (j > 0) words += j + 1 == numbers.size() ? " and " : ", ";
      words += std::to_string(numbers[j]);
    }
  }
  return words;
}

std::vector<TaskId> other_tasks(const Machine& machine, const Task& task,
                                std::span<const std::pair<TaskId, int>> holders) {
  std::vector<TaskId> found;
  for (const auto& [leader, number] : holders) {
    for (const TaskId id : machine.process_of(machine.task(leader)).tasks) {
      if (id != task.id && machine.task(id).state != TaskState::kEnded) found.push_back(id);
    }
  }
  std::ranges::sort(found);
  const auto doubles = std::ranges::unique(found);
  found.erase(doubles.begin(), doubles.end());
  return found;
}

}  // namespace ipcgrade
