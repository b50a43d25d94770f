#ifndef SHARED_H
#define SHARED_H

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <unistd.h>

#define MAXTEXT 4096

enum kind { TEXT = 1, END = 2 };

static struct {
  long kind;
  char text[MAXTEXT];
} message;

static int queue;

static int join_queue(void)
{
  queue = msgget(5679, IPC_CREAT | 0600);
  if (queue == -1)
    perror("msgget");
  return queue;
}

static inline int put(enum kind kind, const char *text, size_t size)
{
  int r;
  message.kind = kind;
  memcpy(message.text, text, size);
  r = msgsnd(queue, &message, size, 0);
  if (r == -1)
    perror("msgsnd");
  return r;
}

/* The size, or -1. The text is in message. */
static inline long get(void)
{
  long n = msgrcv(queue, &message, MAXTEXT, 0, 0);
  if (n == -1)
    perror("msgrcv");
  return n;
}

static int leave_queue(int status)
{
  if (msgctl(queue, IPC_RMID, NULL) == -1) {
    perror("IPC_RMID");
    return 1;
  }
  return status;
}

#endif
