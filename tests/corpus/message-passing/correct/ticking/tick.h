// A sign of life on stderr, four times a second. The handler only notes the time; whatever it interrupts
// goes on.
#pragma once

#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>

inline volatile sig_atomic_t ticks = 0;

inline void start_ticking() {
  struct sigaction action = {};
  action.sa_handler = [](int) { ticks = ticks + 1; };
  sigemptyset(&action.sa_mask);
  action.sa_flags = 0;  // no SA_RESTART: we want to come back from calls that wait, and show it
  sigaction(SIGALRM, &action, nullptr);

  itimerval every = {};
  every.it_interval.tv_usec = every.it_value.tv_usec = 250'000;
  setitimer(ITIMER_REAL, &every, nullptr);
}

inline void show_ticks(const char* who) {
  static sig_atomic_t shown = 0;
  if (ticks == shown) return;
  shown = ticks;
  (void)!write(2, who, 1);
}

// call(): the result of a system call, -1 only for a real failure
template <typename Call>
auto patiently(const char* who, Call call) {
  auto result = call();
  while (result == -1 && errno == EINTR) {
    show_ticks(who);
    result = call();
  }
  return result;
}
