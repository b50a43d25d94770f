// What the kernel answers to calls on descriptors that operations pass on to it: the numbers, as it
// would give them. Only the model knows what they name.
#pragma once

#include <fcntl.h>
#include <sys/syscall.h>

#include <array>
#include <map>
#include <span>

#include "support/fake_machine.h"

namespace ipcgrade::testing {

/// A FakeMachine whose kernel gives out numbers; other calls that are passed on have results by
/// number of the call, else 0.
class DescriptorMachine : public FakeMachine {
 public:
  DescriptorMachine() {
    kernel = [this](Task& task, const Call& call) { return answer(task, call); };
  }

  /// The next result of this call.
  std::map<long, std::int64_t> results;
  /// The last call that was passed on.
  Call passed;

  /// Shortcuts.
  std::pair<int, int> pipe(Task& task, int flags = 0) {
    const std::uint64_t at = room(2 * sizeof(int));
    call(task, SYS_pipe2, {at, static_cast<std::uint64_t>(flags)}).go();
    return {value_at<int>(at), value_at<int>(at + sizeof(int))};
  }
  FakeCall reading(Task& task, int number, std::size_t size) {
    last_buffer = room(size);
    return call(task, SYS_read, {static_cast<std::uint64_t>(number), last_buffer, size});
  }
  FakeCall writing(Task& task, int number, std::string_view bytes) {
    return call(task, SYS_write, {static_cast<std::uint64_t>(number), put(bytes), bytes.size()});
  }
  /// What it got, or the error as "-11".
  std::string read(Task& task, int number, std::size_t size) {
    FakeCall made = reading(task, number, size);
    const std::int64_t result = made.go();
    return result < 0 ? std::to_string(result)
                      : text_at(last_buffer, static_cast<std::size_t>(result));
  }
  std::int64_t write(Task& task, int number, std::string_view bytes) {
    return writing(task, number, bytes).go();
  }
  std::int64_t close(Task& task, int number) {
    return call(task, SYS_close, {static_cast<std::uint64_t>(number)}).go();
  }
  FakeCall opening(Task& task, std::string_view path, int flags) {
    return call(task, SYS_open, {put(path), static_cast<std::uint64_t>(flags), 0600});
  }
  std::uint64_t last_buffer = 0;

 private:
  int lowest(Task& task, int from = 0) {
    while (machine().descriptors(task).find(from) != nullptr) ++from;
    return from;
  }

  std::int64_t answer(Task& task, const Call& call) {
    passed = call;
    if (const auto at = results.find(call.number); at != results.end()) {
      const std::int64_t result = at->second;
      results.erase(at);
      return result;
    }
    switch (call.number) {
      case SYS_pipe:
      case SYS_pipe2:
        return two_numbers(task, call.arguments[0]);
      case SYS_socketpair:
        return two_numbers(task, call.arguments[3]);
      case SYS_dup2:
      case SYS_dup3:
        return static_cast<std::int64_t>(call.arguments[1]);
      case SYS_fcntl: {
        const auto command = static_cast<int>(call.arguments[1]);
        if (command != F_DUPFD && command != F_DUPFD_CLOEXEC) return 0;
        return lowest(task, static_cast<int>(call.arguments[2]));
      }
      case SYS_dup:
      case SYS_open:
      case SYS_openat:
      case SYS_creat:
      case SYS_socket:
      case SYS_accept:
      case SYS_accept4:
      case SYS_epoll_create1:
      case SYS_eventfd2:
      case SYS_timerfd_create:
      case SYS_signalfd4:
      case SYS_pidfd_open:
      case SYS_memfd_create:
        return lowest(task);
      default:
        return 0;
    }
  }
  std::int64_t two_numbers(Task& task, std::uint64_t address) {
    const int first = lowest(task);
    const std::array numbers{first, lowest(task, first + 1)};
    memory().write(task.id, address, std::as_bytes(std::span(numbers)));
    return 0;
  }
};

}  // namespace ipcgrade::testing
