#include "cli/stop.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <system_error>

namespace ipcgrade {
namespace {

// What the handler may touch.
volatile std::sig_atomic_t came = 0;
volatile std::sig_atomic_t came_at = 0;  // seconds on a clock that nobody sets
volatile std::sig_atomic_t writing = -1;

/// timeout(1) sends its signal to the program and to the group that it is in: two at once are one.
/// One that comes later is of somebody who does not want to wait, and ends us at once.
void take(int number) {
  constexpr std::sig_atomic_t kAtOnce = 1;
  const int saved = errno;
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  const auto seconds = static_cast<std::sig_atomic_t>(now.tv_sec);
  if (came != 0 && seconds - came_at > kAtOnce) {
    ::signal(number, SIG_DFL);
    ::raise(number);  // comes when the handler returns
  } else if (came == 0) {
    came_at = seconds;
    came = number;
    [[maybe_unused]] const ssize_t wrote = ::write(writing, "", 1);
  }
  errno = saved;
}

}  // namespace

Stop::Stop() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) {
    throw std::system_error(errno, std::generic_category(), "make a pipe");
  }
  reading_ = sandbox::Fd(ends[0]);
  writing = ends[1];  // stays open: a handler may run as long as the process does
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction old {};
    ::sigaction(number, nullptr, &old);
    if (old.sa_handler == SIG_IGN) continue;
    struct sigaction action {};
    action.sa_handler = take;
    ::sigaction(number, &action, nullptr);
  }
  // A reader that goes away is an error to be told, not our end.
  ::signal(SIGPIPE, SIG_IGN);
  ::signal(SIGXFSZ, SIG_IGN);  // it is an error of write(2), which is told, then
}

int Stop::fd() const { return reading_.get(); }
int Stop::signal() const { return came; }

}  // namespace ipcgrade
