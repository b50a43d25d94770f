// Ways for two processes to ask and to answer. Each has ask(), with which the parent sends a
// message and waits for the answer, and answer(), with which the child waits for a message and
// sends it back.
#pragma once

#include <unistd.h>

#include <array>
#include <csignal>
#include <cstring>

#include "lines.h"
#include "reference/shared-memory/ipc.h"

/// As long as the alphabet of the lab: with a flag, it fits a cache line.
using Message = std::array<char, kSize>;

/// The segment of the reference, in which the answer takes the place of the message.
template <typename SomeSemaphores>
class SegmentDialogue {
 public:
  void ask(pid_t /*child*/, Message& message) {
    std::memcpy(segment_.text(), message.data(), message.size());
    semaphores_.tell(Semaphores::kWritten);
    semaphores_.wait_for(Semaphores::kRead);
    std::memcpy(message.data(), segment_.text(), message.size());
  }
  void answer() {
    Message message;
    semaphores_.wait_for(Semaphores::kWritten);
    std::memcpy(message.data(), segment_.text(), message.size());
    std::memcpy(segment_.text(), message.data(), message.size());
    semaphores_.tell(Semaphores::kRead);
  }

 private:
  SomeSemaphores semaphores_{Role::kServer};
  Segment segment_{Role::kServer};
};

/// A line for each direction.
template <typename Line>
class LineDialogue {
 public:
  void ask(pid_t /*child*/, Message& message) {
    there_.send(message);
    back_.receive(message);
  }
  void answer() {
    Message message;
    there_.receive(message);
    back_.send(message);
  }

 private:
  Line there_{kSize}, back_{kSize};
};

/// SIGUSR1 there and SIGUSR2 back, blocked while it lives. They carry nothing.
class SignalDialogue {
 public:
  SignalDialogue() {
    sigemptyset(&both_);
    sigaddset(&both_, SIGUSR1);
    sigaddset(&both_, SIGUSR2);
    check(::sigprocmask(SIG_BLOCK, &both_, &before_), "sigprocmask");
  }
  SignalDialogue(const SignalDialogue&) = delete;
  SignalDialogue& operator=(const SignalDialogue&) = delete;
  ~SignalDialogue() { ::sigprocmask(SIG_SETMASK, &before_, nullptr); }

 protected:
  sigset_t both_{}, before_{};
};

/// Each takes the signal by sigwaitinfo.
class TakenSignals : public SignalDialogue {
 public:
  void ask(pid_t child, Message&) {
    check(::kill(child, SIGUSR1), "kill");
    check(::sigwaitinfo(&both_, nullptr), "sigwaitinfo");
  }
  void answer() {
    check(::sigwaitinfo(&both_, nullptr), "sigwaitinfo");
    check(::kill(::getppid(), SIGUSR2), "kill");
  }
};

/// Each has a handler, and lets the signal in by sigsuspend.
class HandledSignals : public SignalDialogue {
 public:
  HandledSignals() {
    struct sigaction action {};
    action.sa_handler = [](int) { came_ = 1; };
    check(::sigaction(SIGUSR1, &action, nullptr), "sigaction");
    check(::sigaction(SIGUSR2, &action, nullptr), "sigaction");
  }
  ~HandledSignals() {
    std::signal(SIGUSR1, SIG_DFL);
    std::signal(SIGUSR2, SIG_DFL);
  }

  void ask(pid_t child, Message&) {
    check(::kill(child, SIGUSR1), "kill");
    await();
  }
  void answer() {
    await();
    check(::kill(::getppid(), SIGUSR2), "kill");
  }

 private:
  void await() {
    while (came_ == 0) ::sigsuspend(&before_);
    came_ = 0;
  }

  static inline volatile std::sig_atomic_t came_ = 0;
};
