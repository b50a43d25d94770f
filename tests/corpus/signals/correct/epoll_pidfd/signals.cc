#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <initializer_list>
#include <iostream>
#include <string>
#include <system_error>
#include <utility>

extern "C" {
#include <sys/pidfd.h>  // this glibc's forgets it
}

using std::string;

static int must(int r, const char* what) {
  if (r < 0) throw std::system_error(errno, std::system_category(), what);
  return r;
}

struct Fd {
  explicit Fd(int n) : n(n) {}
  Fd(Fd&& o) noexcept : n(std::exchange(o.n, -1)) {}
  ~Fd() { if (n >= 0) close(n); }
  const int& operator*() const { return n; }
 private:
  int n;
};

static sigset_t signals(std::initializer_list<int> list) {
  sigset_t set;
  sigemptyset(&set);
  std::ranges::for_each(list, [&](int s) { sigaddset(&set, s); });
  return set;
}

static Fd open_signals(std::initializer_list<int> list) {
  const auto set = signals(list);
  return Fd{must(signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC), "signalfd")};
}

/// The next signal that is there, 0 when there is none.
static int next(const Fd& fd) {
  signalfd_siginfo info{};
  for (;;) {
    if (read(*fd, &info, sizeof info) == sizeof info) return static_cast<int>(info.ssi_signo);
    if (errno == EAGAIN) return 0;
    if (errno != EINTR) must(-1, "read");
  }
}

class Poller {
 public:
  Poller() : fd_(must(epoll_create1(EPOLL_CLOEXEC), "epoll_create1")) {}
  void add(const Fd& fd) {
    epoll_event e{};
    e.events = EPOLLIN;
    e.data.fd = *fd;
    must(epoll_ctl(*fd_, EPOLL_CTL_ADD, *fd, &e), "epoll_ctl");
  }
  void wait() {
    std::array<epoll_event, 2> e;
    while (epoll_wait(*fd_, e.data(), e.size(), -1) < 0)
      if (errno != EINTR) must(-1, "epoll_wait");
  }
 private:
  Fd fd_;
};

[[noreturn]] static void child(pid_t parent) {
  int code = 1;
  try {
    must(prctl(PR_SET_PDEATHSIG, SIGKILL), "prctl");  // if the parent is killed, do not stay alone
    if (getppid() != parent) _exit(1);
    const Fd in = open_signals({SIGUSR1, SIGTERM});
    Poller poller;
    poller.add(in);
    for (int s = 0; s != SIGTERM; s = next(in)) {
      if (s == SIGUSR1) must(kill(parent, SIGUSR2), "kill (child)");
      if (s == 0) poller.wait();
    }
    code = 0;
  } catch (const std::exception& e) {
    std::cerr << "child: " << e.what() << std::endl;
  }
  _exit(code);
}

class Game {
 public:
  Game() : news_(open_signals({SIGINT, SIGUSR2})) {
    poller_.add(news_);
    const auto parent = getpid();
    pid_ = must(fork(), "fork");
    if (pid_ == 0) child(parent);
  }
  ~Game() {
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }

  int play(long n) {
    const Fd end{must(pidfd_open(pid_, 0), "pidfd_open")};
    poller_.add(end);
    long done = 0;
    bool stop = false;
    while (done < n && !stop) {
      must(kill(pid_, SIGUSR1), "kill");
      int s = 0;
      while ((s = next(news_)) == 0) {
        poller_.wait();
        // No answer that came first is forgotten over the death: look once more for one.
        siginfo_t info{};
        must(waitid(P_PID, pid_, &info, WEXITED | WNOHANG | WNOWAIT), "waitid");
        if (info.si_pid == pid_ && (s = next(news_)) == 0) throw std::runtime_error("child died");
        if (s != 0) break;
      }
      if (s == SIGINT) stop = true; else ++done;
    }
    while (const int s = next(news_)) stop |= s == SIGINT;  // none comes in vain

    must(kill(pid_, SIGTERM), "kill");
    int status = 0;
    must(waitpid(pid_, &status, 0), "waitpid");
    pid_ = 0;
    if (status != 0) throw std::runtime_error("child: status " + std::to_string(status));

    std::cout << (stop ? "interrupted " : "rounds ") << done << '\n' << std::flush;
    if (!std::cout) throw std::runtime_error("can't write to stdout");
    return stop;
  }

 private:
  Poller poller_;
  Fd news_;
  pid_t pid_ = -1;
};

int main(int argc, char** argv) {
  const string arg = argc == 2 ? argv[1] : "";
  const bool digits = !arg.empty() && std::ranges::all_of(arg, [](char c) { return c >= '0' && c <= '9'; });
  const auto n = digits ? strtoull(arg.c_str(), nullptr, 10) : ~0ull;
  if (n > 100'000) {
    std::cerr << "usage: " << (argc ? argv[0] : "signals") << " N\n";
    return 2;
  }
  try {
    const auto all = signals({SIGINT, SIGUSR1, SIGUSR2, SIGTERM});
    must(sigprocmask(SIG_BLOCK, &all, nullptr), "sigprocmask");
    return Game().play(static_cast<long>(n));
  } catch (const std::exception& e) {
    std::cerr << "signals: " << e.what() << '\n';
    return 1;
  }
}
