#ifndef BELL_H
#define BELL_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/shm.h>

#define KEY  5678
#define SIZE 27

#define TO_CLIENT 1L
#define TO_SERVER 2L

struct bell {
  long to;
  char nothing[1];
};

/* Both return 0 if all is well. Messages have no content, only a type. */
static int ring(int queue, long to)
{
  struct bell b;
  int r;

  b.to = to;
  while ((r = msgsnd(queue, &b, 0, 0)) == -1 && errno == EINTR)
    ;
  if (r == -1)
    perror("msgsnd");
  return r;
}

static int wait_for_bell(int queue, long me)
{
  struct bell b;
  ssize_t r;

  while ((r = msgrcv(queue, &b, 0, me, 0)) == -1 && errno == EINTR)
    ;
  if (r == -1)
    perror("msgrcv");
  return r == -1 ? -1 : 0;
}

#endif
