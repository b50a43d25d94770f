// Two threads: main plays, the listener waits for Ctrl-C. All signals are blocked in both, sigwait takes them.
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cctype>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>

static std::atomic<bool> interrupted{false}, deaf{false};
static pthread_t player;

static int take(int a, int b, int c = 0) {
  sigset_t s;
  sigemptyset(&s);
  sigaddset(&s, a);
  sigaddset(&s, b);
  if (c) sigaddset(&s, c);
  int sig = 0;
  const int error = sigwait(&s, &sig);
  if (error) {
    fprintf(stderr, "sigwait: %s\n", strerror(error));
    return -1;
  }
  return sig;
}

// SIGHUP to the player: look at the flag. SIGHUP to the listener: enough.
static void* listen(void*) {
  const int sig = take(SIGINT, SIGHUP);
  if (sig == SIGHUP) return nullptr;
  (sig == SIGINT ? interrupted : deaf) = true;
  pthread_kill(player, SIGHUP);
  return nullptr;
}

[[noreturn]] static void child(pid_t parent) {
  for (;;) {
    const int s = take(SIGUSR1, SIGTERM);
    if (s == SIGTERM) _exit(0);
    if (s == -1) _exit(1);
    if (kill(parent, SIGUSR2) == -1) {
      perror("child: kill");
      _exit(1);
    }
  }
}

static int clean_up(pid_t pid, const char* why, int error) {
  fprintf(stderr, "%s: %s\n", why, strerror(error));
  kill(pid, SIGKILL);
  waitpid(pid, nullptr, 0);
  return 1;  // a listener that is left goes with the process
}

static bool parse(const std::string& s, int& n) {
  if (s.empty()) return false;
  n = 0;
  for (unsigned char c : s) {
    if (!isdigit(c)) return false;
    n = n * 10 + (c - '0');
    if (n > 100000) return false;
  }
  return true;
}

int main(int argc, char* argv[]) {
  int n;
  if (argc != 2 || !parse(argv[1], n)) {
    fputs("usage: signals N  (N <= 100000)\n", stderr);
    return 2;
  }
  sigset_t s;
  sigemptyset(&s);
  for (int sig : {SIGINT, SIGHUP, SIGUSR1, SIGUSR2, SIGTERM, SIGCHLD}) sigaddset(&s, sig);
  if (int e = pthread_sigmask(SIG_BLOCK, &s, nullptr)) {
    fprintf(stderr, "pthread_sigmask: %s\n", strerror(e));
    return 1;
  }

  const pid_t parent = getpid();
  const pid_t pid = fork();  // before there is a second thread
  if (pid == -1) {
    perror("fork");
    return 1;
  }
  if (pid == 0) child(parent);

  player = pthread_self();
  pthread_t listener;
  if (int e = pthread_create(&listener, nullptr, listen, nullptr)) return clean_up(pid, "pthread_create", e);

  int played = 0;
  while (played < n && !interrupted && !deaf) {
    if (kill(pid, SIGUSR1) == -1) return clean_up(pid, "kill", errno);
    const int sig = take(SIGUSR2, SIGCHLD, SIGHUP);
    if (sig == SIGUSR2) played++;
    if (sig == SIGCHLD) return clean_up(pid, "child", ECHILD);
    if (sig == -1) return clean_up(pid, "main thread", EIO);
  }

  // A SIGINT may be anywhere between the kernel and the flag. Once the listener has ended, it is in one of the two.
  pthread_kill(listener, SIGHUP);
  pthread_join(listener, nullptr);
  if (deaf) return clean_up(pid, "listener", EIO);
  if (sigpending(&s) == -1) return clean_up(pid, "sigpending", errno);
  if (sigismember(&s, SIGINT)) interrupted = true;

  int status;
  if (kill(pid, SIGTERM) == -1) return clean_up(pid, "kill", errno);
  if (waitpid(pid, &status, 0) == -1) return clean_up(pid, "waitpid", errno);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    fprintf(stderr, "the child died\n");
    return 1;
  }
  if (printf("%s %d\n", interrupted ? "interrupted" : "rounds", played) < 0 || fflush(stdout)) {
    perror("stdout");
    return 1;
  }
  return interrupted;
}
