// Every SIGUSR1 carries the number of its round, every SIGUSR2 brings it back.
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <cerrno>
#include <string_view>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

struct Mailbox {
  volatile sig_atomic_t round = 0;   // of the last USR1 or USR2
  volatile sig_atomic_t term = 0, intr = 0, dead = 0;
};
static Mailbox box;

static void on_signal(int sig, siginfo_t *info, void *) {
  switch (sig) {
    case SIGUSR1:
    case SIGUSR2: box.round = info->si_value.sival_int; break;
    case SIGTERM: box.term = 1; break;
    case SIGINT:  box.intr = 1; break;
    case SIGCHLD: box.dead = 1; break;
  }
}

static int complain(const char *what) {
  std::perror(what);
  return 1;
}

// Blocked outside of ppoll, always. `open` is the mask with which ppoll waits.
static bool prepare(sigset_t &open) {
  sigset_t shut;
  sigfillset(&shut);
  if (sigprocmask(SIG_SETMASK, &shut, &open) != 0) return false;
  for (int sig : {SIGUSR1, SIGUSR2, SIGTERM, SIGINT, SIGCHLD}) {
    struct sigaction act {};
    act.sa_sigaction = on_signal;
    act.sa_flags = SA_SIGINFO | SA_NOCLDSTOP;
    if (sigaction(sig, &act, nullptr) != 0) return false;
    sigdelset(&open, sig);
  }
  return true;
}

static bool nap(const sigset_t &open) {
  return ppoll(nullptr, 0, nullptr, &open) == 0 || errno == EINTR;
}

static bool post(pid_t to, int sig, int round) {
  sigval value{};
  value.sival_int = round;
  return sigqueue(to, sig, value) == 0;
}

static int child(pid_t parent, const sigset_t &open) {
  int answered = 0;
  for (;;) {
    if (box.round > answered) {
      answered = box.round;
      if (!post(parent, SIGUSR2, answered)) return complain("child: sigqueue");
    } else if (box.term) {
      return 0;
    } else if (!nap(open)) {
      return complain("child: ppoll");
    }
  }
}

// The number of rounds played, or -1.
static int play(pid_t pid, int n, const sigset_t &open) {
  for (int i = 1; i <= n; i++) {
    if (!post(pid, SIGUSR1, i)) { complain("sigqueue"); return -1; }
    while (box.round < i) {
      if (box.intr) return i - 1;
      if (box.dead) { std::fputs("signals: the child died early\n", stderr); return -1; }
      if (!nap(open)) { complain("ppoll"); return -1; }
    }
    if (box.intr) return i;
  }
  return n;
}

int main(int argc, char **argv) {
  std::string_view arg = argc == 2 ? argv[1] : "";
  if (arg.empty() || arg.find_first_not_of("0123456789") != arg.npos || std::strtoul(arg.data(), nullptr, 10) > 100000) {
    std::fprintf(stderr, "usage: signals N\n  N: number of rounds, 0 to 100000\n");
    return 2;
  }
  const int n = std::atoi(arg.data());

  sigset_t open;
  if (!prepare(open)) return complain("signals");
  const pid_t me = getpid();
  const pid_t pid = fork();
  if (pid == -1) return complain("fork");
  if (pid == 0) _exit(child(me, open));

  int played = play(pid, n, open);
  sigset_t waiting;
  if (played == n && sigpending(&waiting) == 0 && sigismember(&waiting, SIGINT)) box.intr = 1;
  if (played >= 0 && kill(pid, SIGTERM) != 0) {
    complain("kill");
    played = -1;
  }
  if (played < 0) kill(pid, SIGKILL);

  int status = 0;
  if (waitpid(pid, &status, 0) != pid) {
    complain("waitpid");
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
    return 1;
  }
  if (played < 0) return 1;
  if (status != 0) {
    std::fprintf(stderr, "signals: the child ended with status %d\n", status);
    return 1;
  }
  if (std::printf("%s %d\n", box.intr ? "interrupted" : "rounds", played) < 0 || std::fflush(stdout) != 0)
    return complain("stdout");
  return box.intr;
}
