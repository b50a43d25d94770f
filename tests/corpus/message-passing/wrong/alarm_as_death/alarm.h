/* A deadline for calls that wait. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <unistd.h>

#define KEY     5679
#define SECONDS 4

struct packet {
  long type;
  char text[900];
};

static volatile sig_atomic_t late = 0;

static void on_alarm(int signo)
{
  (void)signo;
  late = 1;
}

static int catch_alarm(void)
{
  struct sigaction act;
  memset(&act, 0, sizeof act);
  act.sa_handler = on_alarm;    /* and no SA_RESTART: msgrcv is to return */
  return sigaction(SIGALRM, &act, NULL);
}
