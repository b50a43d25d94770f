// The kernel's handles that the program uses: descriptors, pipes and a child, each with one owner.
#pragma once

#include <fcntl.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <iostream>
#include <span>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

[[noreturn]] inline void fail(const char* call) {
  throw std::system_error(errno, std::generic_category(), call);
}

/// Repeats a call that was only interrupted by a signal.
template <typename Call>
auto check(const char* name, Call call) {
  while (true) {
    const auto result = call();
    if (result != -1) return result;
    if (errno != EINTR) fail(name);
  }
}

class Fd {
 public:
  explicit Fd(int number) : number_(number) {}
  Fd(Fd&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  ~Fd() { close(); }

  [[nodiscard]] int number() const { return number_; }
  void close() {
    if (number_ != -1) ::close(std::exchange(number_, -1));
  }

 private:
  int number_;  // -1: none
};

/// Some of the bytes that `fd` has, at least one; none at the end.
inline std::span<char> read_some(int fd, std::span<char> buffer) {
  const auto count = check("read", [&] { return ::read(fd, buffer.data(), buffer.size()); });
  return buffer.first(static_cast<std::size_t>(count));
}

/// Writes as much as fits; returns the rest.
inline std::span<char> write_some(int fd, std::span<char> bytes) {
  const auto count = check("write", [&] { return ::write(fd, bytes.data(), bytes.size()); });
  return bytes.subspan(static_cast<std::size_t>(count));
}

inline void write_all(int fd, std::span<char> bytes) {
  while (!bytes.empty()) bytes = write_some(fd, bytes);
}

struct Pipe {
  Pipe() : Pipe(make()) {}

  Fd read, write;

 private:
  using Numbers = std::array<int, 2>;

  explicit Pipe(const Numbers& numbers) : read(numbers[0]), write(numbers[1]) {}
  static Numbers make() {
    Numbers numbers{};
    check("pipe", [&] { return ::pipe(numbers.data()); });
    return numbers;
  }
};

/// A process that runs `body` and no more than that: it exits 0, or 1 when `body` throws.
class Child {
 public:
  template <typename Body>
  explicit Child(Body body) : pid_(check("fork", [] { return ::fork(); })) {
    if (pid_ != 0) return;
    try {
      body();
      ::_exit(0);  // not exit(): what is in the parent's buffers is the parent's to write
    } catch (const std::exception& error) {
      std::cerr << "child: " << error.what() << '\n';
      ::_exit(1);
    }
  }
  Child(Child&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}
  ~Child() {
    try {
      wait();
    } catch (const std::exception& error) {
      std::cerr << "parent: " << error.what() << '\n';  // on the way out, with a failure already
    }
  }

  /// Throws when the child did not exit 0.
  void wait() {
    if (pid_ == -1) return;
    int status = 0;
    check("waitpid", [&, pid = std::exchange(pid_, -1)] { return ::waitpid(pid, &status, 0); });
    if (WIFSIGNALED(status)) {
      throw std::runtime_error("the child was ended by signal " + std::to_string(WTERMSIG(status)));
    }
    if (WEXITSTATUS(status) != 0) throw std::runtime_error("the child failed");
  }

 private:
  pid_t pid_;  // -1: none, or waited for
};
