// What the program takes from the kernel, each thing owned by an object that gives it back.
#pragma once

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <system_error>
#include <utility>

[[noreturn]] inline void fail(const char* call) {
  throw std::system_error(errno, std::generic_category(), call);
}

/// Makes a call again for as long as a signal comes in between: that is no failure.
template <typename Call>
auto uninterrupted(Call call) {
  auto result = call();
  while (result == -1 && errno == EINTR) result = call();
  return result;
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  ~Descriptor() { close(); }

  [[nodiscard]] int number() const { return number_; }
  void close() {
    if (number_ != -1) ::close(std::exchange(number_, -1));
  }

 private:
  int number_;
};

struct Pipe {
  static Pipe make() {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) == -1) fail("pipe2");
    return {Descriptor(ends[0]), Descriptor(ends[1])};
  }
  Descriptor reader;
  Descriptor writer;
};

/// A page that is the same page in the child: what one process writes, the other reads.
class SharedPage {
 public:
  SharedPage()
      : memory_(mmap(nullptr, kSize, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)) {
    if (memory_ == MAP_FAILED) fail("mmap");
  }
  SharedPage(const SharedPage&) = delete;
  ~SharedPage() { munmap(memory_, kSize); }

  [[nodiscard]] int& number() const { return *static_cast<int*>(memory_); }

 private:
  static constexpr std::size_t kSize = sizeof(int);  // the kernel rounds up to a page
  void* memory_;
};

/// A child that says when it is ready, and then stays until it is let go. On every way out of the
/// parent, an exception as well, it is let go and waited for.
class Child {
 public:
  /// The child does `work`, says that it is ready, waits and exits with 0, or with 1 where
  /// something fails: its exceptions end here. Nothing may be left in a buffer of stdout before
  /// this.
  template <typename Work>
  explicit Child(Work work) : pid_(fork()) {
    if (pid_ == -1) fail("fork");
    if (pid_ == 0) _exit(be_child(work));
    ready_.writer.close();  // else a child that dies would be waited for without end
    go_.reader.close();
  }
  Child(const Child&) = delete;
  ~Child() {
    if (pid_ != -1) finish();
  }

  [[nodiscard]] pid_t pid() const { return pid_; }

  void wait_until_ready() {
    char byte{};
    const ssize_t count =
        uninterrupted([&] { return read(ready_.reader.number(), &byte, sizeof byte); });
    if (count == -1) fail("read");
    if (count == 0) throw std::runtime_error("the child ended before it was ready");
  }

  void let_go_and_wait() {
    if (finish() != 0) throw std::runtime_error("the child failed");
  }

 private:
  template <typename Work>
  int be_child(Work work) {
    try {
      ready_.reader.close();
      go_.writer.close();  // else the wait for its last copy to be closed would never end
      work();
      if (uninterrupted([&] { return write(ready_.writer.number(), "r", 1); }) == -1) fail("write");
      // Nothing is ever sent: the pipe ends when the parent lets go, or when there is no parent.
      char byte{};
      if (uninterrupted([&] { return read(go_.reader.number(), &byte, 1); }) == -1) fail("read");
      return 0;
    } catch (const std::exception& error) {
      std::fprintf(stderr, "address_space: child: %s\n", error.what());
      return 1;
    }
  }

  /// Letting go is closing and not a write: a write to a child that has died would be a SIGPIPE.
  int finish() {
    go_.writer.close();
    const pid_t pid = std::exchange(pid_, -1);
    int status = 0;
    if (uninterrupted([&] { return waitpid(pid, &status, 0); }) == -1) {
      std::perror("address_space: waitpid");
      return -1;
    }
    return status;
  }

  // Made before the fork, so that both processes have both.
  Pipe ready_ = Pipe::make();
  Pipe go_ = Pipe::make();
  pid_t pid_;
};
