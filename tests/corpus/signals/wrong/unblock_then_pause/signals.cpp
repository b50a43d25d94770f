#include <csignal>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

// Throws when a system call has failed.
static int sys(int result, const char *name) {
  if (result == -1) throw std::runtime_error(std::string(name) + ": " + std::strerror(errno));
  return result;
}

static sigset_t set_of(std::initializer_list<int> sigs) {
  sigset_t s;
  sigemptyset(&s);
  for (int sig : sigs) sigaddset(&s, sig);
  return s;
}

// ---- child ---------------------------------------------------------------------------------
static volatile std::sig_atomic_t request = 0, quit = 0;

static void handler(int sig) {
  if (sig == SIGUSR1) request = 1;
  if (sig == SIGTERM) quit = 1;
}

static void child(pid_t parent) {
  const sigset_t both = set_of({SIGUSR1, SIGTERM});
  for (int sig : {SIGUSR1, SIGTERM}) {
    struct sigaction sa {};
    sa.sa_handler = handler;
    sa.sa_mask = both;
    sys(sigaction(sig, &sa, nullptr), "sigaction");
  }
  while (true) {
    // Nothing can come between the check and the wait, the signals are blocked.
    if (request) {
      request = 0;
      sys(kill(parent, SIGUSR2), "kill");
    }
    if (quit) return;
    sys(sigprocmask(SIG_UNBLOCK, &both, nullptr), "sigprocmask");
    pause();
    sys(sigprocmask(SIG_BLOCK, &both, nullptr), "sigprocmask");
  }
}

// ---- parent --------------------------------------------------------------------------------
struct Child {
  pid_t pid;
  ~Child() {
    if (pid > 0) {
      kill(pid, SIGKILL);
      waitpid(pid, nullptr, 0);
    }
  }
};

static int parent(Child &c, int n) {
  const sigset_t mine = set_of({SIGINT, SIGUSR2, SIGCHLD});
  int done = 0, sig = 0;
  while (done < n && sig != SIGINT) {
    sys(kill(c.pid, SIGUSR1), "kill");
    while ((sig = sigwaitinfo(&mine, nullptr)) == -1 && errno == EINTR) {}
    sys(sig, "sigwaitinfo");
    if (sig == SIGCHLD) throw std::runtime_error("the child died");
    if (sig == SIGUSR2) done++;
  }
  sys(kill(c.pid, SIGTERM), "kill");
  int status;
  sys(waitpid(c.pid, &status, 0), "waitpid");
  c.pid = 0;
  if (status != 0) throw std::runtime_error("the child failed");
  std::printf("%s %d\n", sig == SIGINT ? "interrupted" : "rounds", done);
  if (std::fflush(stdout) != 0) throw std::runtime_error("stdout");
  return sig == SIGINT;
}

int main(int argc, char **argv) {
  unsigned n = 0;
  const char *end = argc == 2 ? argv[1] + std::strlen(argv[1]) : nullptr;
  if (!end) goto usage;
  if (auto [p, e] = std::from_chars(argv[1], end, n); p != end || e != std::errc() || n > 100000) goto usage;
  try {
    const sigset_t all = set_of({SIGINT, SIGUSR1, SIGUSR2, SIGTERM, SIGCHLD});
    sys(sigprocmask(SIG_BLOCK, &all, nullptr), "sigprocmask");
    const pid_t me = getpid();
    Child c{sys(fork(), "fork")};
    if (c.pid != 0) return parent(c, n);
    child(me);
    _exit(0);
  } catch (std::exception &e) {
    std::fprintf(stderr, "signals: %s\n", e.what());
    _exit(1);
  }
usage:
  std::fprintf(stderr, "usage: signals N\n");
  return 2;
}
