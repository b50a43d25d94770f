/* Both wait until the other one is there, so that they start together. Two semaphores: [0] the sender has
   come, [1] the receiver has come. */
#ifndef RENDEZVOUS_H
#define RENDEZVOUS_H

#include <errno.h>
#include <stdio.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>

#define KEY 5679

static int sems = -1;

static int change(int which, int by)
{
  struct sembuf op = { which, by, 0 };
  int r;
  while ((r = semop(sems, &op, 1)) == -1 && errno == EINTR)
    ;
  return r;
}

static int meet(int me, int other)
{
  sems = semget(KEY, 2, IPC_CREAT | 0600);
  if (sems == -1) {
    perror("semget");
    return -1;
  }
  if (change(me, 1) == -1 || change(other, -1) == -1) {
    perror("semop");
    semctl(sems, 0, IPC_RMID);
    return -1;
  }
  return 0;
}

struct text {
  long type;
  char bytes[3000];
};

#endif
