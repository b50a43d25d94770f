// Stale objects are removed first; SIGTERM's handler only sets a flag, atexit() removes the queue.
// FORGOT finds: leaked-object
// Nobody removes the queue.
#include <sys/ipc.h>
#include <sys/msg.h>

#include "textbook.h"

static int msqid = -1;
static volatile sig_atomic_t done;

static void cleanup(void) {
  if (msqid != -1 && msgctl(msqid, IPC_RMID, NULL) == -1) perror("msgctl");
}

static void onTerm(int sig) {
  (void)sig;
  done = 1;
}

int main(void) {
  struct sigaction sa = {.sa_handler = onTerm};
  struct {
    long mtype;
    char text[16];
  } msg;
  sigset_t term, before;
  key_t key = ftok(".", 'c');

  sigemptyset(&term);
  sigaddset(&term, SIGTERM);
  sigprocmask(SIG_BLOCK, &term, &before);
  if (sigaction(SIGTERM, &sa, NULL) == -1) errExit("sigaction");
  while ((msqid = msgget(key, IPC_CREAT | IPC_EXCL | 0600)) == -1) {
    if (errno != EEXIST) errExit("msgget");
    msqid = msgget(key, 0);
    if (msqid == -1 || msgctl(msqid, IPC_RMID, NULL) == -1) errExit("removing the stale queue");
  }
#ifndef FORGOT
  if (atexit(cleanup) != 0) errExit("atexit");
#endif
  const pid_t parent = getpid();
  switch (fork()) {
    case -1:
      errExit("fork");
    case 0:
      msg.mtype = 1;
      strcpy(msg.text, "job");
      if (msgsnd(msqid, &msg, sizeof msg.text, 0) == -1) _exit(EXIT_FAILURE);
      kill(parent, SIGTERM);
      _exit(EXIT_SUCCESS);
  }
  while (!done) sigsuspend(&before);
  if (msgrcv(msqid, &msg, sizeof msg.text, 0, IPC_NOWAIT) == -1) errExit("msgrcv");
  printf("%s\n", msg.text);
  wait(NULL);
  exit(EXIT_SUCCESS);
}
