#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <iostream>
#include <stdexcept>
#include <string>

struct SystemCall {
  const char* name;
  int operator=(int result) const {
    if (result < 0) throw std::runtime_error(std::string(name) + ": " + std::strerror(errno));
    return result;
  }
};

struct Mask : sigset_t {
  template <class... Ints> explicit Mask(Ints... sigs) {
    sigemptyset(this);
    (sigaddset(this, sigs), ...);
  }
  int wait() const {
    int sig;
    do sig = sigwaitinfo(this, nullptr);
    while (sig < 0 && errno == EINTR);
    return SystemCall{"sigwaitinfo"} = sig;
  }
};

struct Child {
  pid_t pid = 0;
  void reap(int with) {
    const pid_t p = pid;
    SystemCall{"kill"} = kill(p, with);
    int status;
    SystemCall{"waitpid"} = waitpid(p, &status, 0);
    pid = 0;
    if (status != 0) throw std::runtime_error("the child failed");
  }
  ~Child() {
    if (pid <= 0) return;
    kill(pid, SIGKILL);
    waitpid(pid, nullptr, 0);
  }
};

int play(int n) {
  const Mask all(SIGINT, SIGTERM, SIGUSR1, SIGUSR2, SIGCHLD);
  SystemCall{"sigprocmask"} = sigprocmask(SIG_BLOCK, &all, nullptr);

  const auto parent = getpid();
  Child child;
  child.pid = SystemCall{"fork"} = fork();
  if (child.pid == 0) {
    try {
      const Mask mine(SIGTERM, SIGUSR1);
      while (mine.wait() != SIGTERM) SystemCall{"kill"} = kill(parent, SIGUSR2);
    } catch (const std::exception& e) {
      std::cerr << "child: " << e.what() << std::endl;
      _exit(1);
    }
    _exit(0);
  }

  const Mask mine(SIGINT, SIGUSR2, SIGCHLD);
  int k = 0, sig = SIGUSR2;
  while (k < n && sig == SIGUSR2) {
    SystemCall{"kill"} = kill(child.pid, SIGUSR1);
    sig = mine.wait();
    if (sig == SIGCHLD) throw std::runtime_error("the child died");
    if (sig == SIGUSR2) k++;
  }
  child.reap(SIGTERM);
  std::cout << (sig == SIGINT ? "interrupted " : "rounds ") << k << "\n";
  return sig == SIGINT;
}

int main(int argc, char** argv) {
  unsigned n;
  const char* end = argc == 2 ? argv[1] + std::strlen(argv[1]) : nullptr;
  if (end) {
    const auto result = std::from_chars(argv[1], end, n);
    if (result.ec == std::errc{} && result.ptr == end && n <= 100000) {
      try {
        return play(n);
      } catch (const std::exception& e) {
        std::cerr << e.what() << std::endl;
        return 1;
      }
    }
  }
  std::cerr << "usage: signals N" << std::endl;
  return 2;
}
