// A child process and a set of signals, each with its owner's care: whatever goes wrong, the child
// is ended and waited for.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <concepts>
#include <csignal>
#include <exception>
#include <initializer_list>
#include <iostream>
#include <stdexcept>
#include <system_error>

[[noreturn]] inline void fail(const char* call) {
  throw std::system_error(errno, std::generic_category(), call);
}

inline int check(int result, const char* call) {
  if (result == -1) fail(call);
  return result;
}

/// Signals that are taken one by one, where the program asks for one, and nowhere else.
class Signals {
 public:
  Signals(std::initializer_list<int> numbers) {
    sigemptyset(&set_);
    for (const int number : numbers) sigaddset(&set_, number);
  }

  /// From here on they wait to be taken. A child that is forked later has them blocked as well.
  void block() const { check(sigprocmask(SIG_BLOCK, &set_, nullptr), "sigprocmask"); }

  /// The one with the lowest number of those that came, or the first that comes.
  [[nodiscard]] int take() const {
    for (;;) {
      const int number = sigwaitinfo(&set_, nullptr);
      if (number != -1) return number;
      // A stop and SIGCONT interrupt even a program that has no handler: signal(7).
      if (errno != EINTR) fail("sigwaitinfo");
    }
  }

 private:
  sigset_t set_;
};

inline bool is_pending(int number) {
  sigset_t pending;
  check(sigpending(&pending), "sigpending");
  return sigismember(&pending, number) == 1;
}

class Child {
 public:
  /// Runs `work` in a new process, which exits 0 when it returns.
  explicit Child(std::invocable auto work) : pid_(check(fork(), "fork")) {
    if (pid_ == 0) run(work);
  }
  Child(const Child&) = delete;
  ~Child() {
    if (pid_ == kWaitedFor) return;
    kill(pid_, SIGKILL);  // an exception passes by: no more manners
    waitpid(pid_, nullptr, 0);
  }

  // Until it was waited for, its number is nobody else's, even if it has died.
  void send(int signal) const { check(kill(pid_, signal), "kill"); }

  /// Waits until it has ended, and insists that it exited 0.
  void join() {
    int status = 0;
    while (waitpid(pid_, &status, 0) == -1) {
      if (errno != EINTR) fail("waitpid");
    }
    pid_ = kWaitedFor;
    if (status != 0) throw std::runtime_error("the child did not end as it should");
  }

 private:
  static constexpr pid_t kWaitedFor = -1;

  /// _exit: what the parent has to destroy, and may have buffered for stdout, is the parent's.
  [[noreturn]] static void run(std::invocable auto work) try {
    work();
    _exit(0);
  } catch (const std::exception& error) {
    std::cerr << "child: " << error.what() << '\n';
    _exit(1);
  }

  pid_t pid_;
};
