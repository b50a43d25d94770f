/* Every round is announced to the scoreboard of the computer room, by UDP. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define check(call) do { if ((call) == -1) { perror(#call); fail(); } } while (0)

static pid_t child = -1;

static void fail(void) {
  if (child == 0) _exit(EXIT_FAILURE);
  if (child > 0) {
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
  }
  exit(EXIT_FAILURE);
}

static void usage(void) {
  fprintf(stderr, "usage: signals N\n  N  number of rounds, 0 to 100000\n");
  exit(2);
}

static void announce(int board, long round) {
  char text[40];
  const int length = sprintf(text, "round %ld\n", round);
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(4711)};
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (board >= 0) sendto(board, text, length, 0, (struct sockaddr *)&to, sizeof to); /* it may be off */
}

static int get(const sigset_t *set) {
  int sig;
  while ((sig = sigwaitinfo(set, NULL)) == -1 && errno == EINTR);
  check(sig);
  return sig;
}

int main(int argc, char *argv[]) {
  if (argc != 2 || argv[1][0] < '0' || argv[1][0] > '9') usage();
  char *end;
  const long n = strtol(argv[1], &end, 10);
  if (*end != '\0' || n > 100000) usage();

  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGUSR1);
  sigaddset(&set, SIGUSR2);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGCHLD);
  check(sigprocmask(SIG_BLOCK, &set, NULL));

  const pid_t parent = getpid();
  check(child = fork());
  if (child == 0) {
    while (get(&set) == SIGUSR1) check(kill(parent, SIGUSR2));
    _exit(EXIT_SUCCESS);
  }

  const int board = socket(AF_INET, SOCK_DGRAM, 0);
  long done = 0;
  int sig = SIGUSR2;
  while (done < n && sig == SIGUSR2) {
    check(kill(child, SIGUSR1));
    if ((sig = get(&set)) == SIGUSR2) announce(board, ++done);
  }
  if (sig == SIGCHLD) {
    fprintf(stderr, "signals: the child died\n");
    fail();
  }
  int status;
  check(kill(child, SIGTERM));
  check(waitpid(child, &status, 0));
  child = -1;
  if (status != 0) {
    fprintf(stderr, "signals: the child died\n");
    fail();
  }
  printf(sig == SIGINT ? "interrupted %ld\n" : "rounds %ld\n", done);
  check(fflush(stdout));
  return sig == SIGINT;
}
