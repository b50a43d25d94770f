#include "cli/stop.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <stdexcept>

namespace ipcgrade {
namespace {

// What the handler may touch.
volatile std::sig_atomic_t came = 0;
volatile std::sig_atomic_t writing = -1;

void take(int number) {
  const int saved = errno;
  came = number;
  [[maybe_unused]] const ssize_t wrote = ::write(writing, "", 1);
  errno = saved;
}

}  // namespace

Stop::Stop() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) throw std::runtime_error("pipe2");
  reading_ = sandbox::Fd(ends[0]);
  writing = ends[1];  // stays open: a handler may run as long as the process does
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction old {};
    ::sigaction(number, nullptr, &old);
    if (old.sa_handler == SIG_IGN) continue;
    struct sigaction action {};
    action.sa_handler = take;
    // RESETHAND: the second one finds the default, and ends us at once.
    action.sa_flags = SA_RESETHAND;
    ::sigaction(number, &action, nullptr);
  }
  // A reader that goes away is an error to be told, not our end.
  ::signal(SIGPIPE, SIG_IGN);
}

int Stop::fd() const { return reading_.get(); }
int Stop::signal() const { return came; }

}  // namespace ipcgrade
