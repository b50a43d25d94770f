// The second of two processes that are measured, and the cores that the two run on.
#pragma once

#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <concepts>
#include <csignal>
#include <cstdio>
#include <exception>
#include <vector>

#include "reference/shared-memory/ipc.h"

/// Where the two processes run.
struct Cores {
  int parent, child;
};

inline cpu_set_t affinity() {
  cpu_set_t set;
  check(::sched_getaffinity(0, sizeof set, &set), "sched_getaffinity");
  return set;
}

/// Of this process and of those that it starts from here on.
inline void set_affinity(const cpu_set_t& set) {
  check(::sched_setaffinity(0, sizeof set, &set), "sched_setaffinity");
}

inline void pin_to(int core) {
  cpu_set_t only;
  CPU_ZERO(&only);
  CPU_SET(core, &only);
  set_affinity(only);
}

/// The cores that this process may use.
inline std::vector<int> usable_cores() {
  const cpu_set_t set = affinity();
  std::vector<int> cores;
  for (int core = 0; core < CPU_SETSIZE; ++core) {
    if (CPU_ISSET(core, &set)) cores.push_back(core);
  }
  return cores;
}

/// A child that works until its owner has seen enough, and is killed then.
class Partner {
 public:
  Partner(int core, std::invocable auto work) : pid_(check(::fork(), "fork")) {
    if (pid_ == 0) run(core, work);
  }
  Partner(const Partner&) = delete;
  Partner& operator=(const Partner&) = delete;
  ~Partner() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }

  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  /// Where it fails, the parent would wait for ever: both end.
  [[noreturn]] static void run(int core, std::invocable auto work) try {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    pin_to(core);
    work();
    for (;;) ::pause();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "the partner: %s\n", error.what());
    ::kill(::getppid(), SIGTERM);
    ::_exit(1);
  }

  pid_t pid_;
};
