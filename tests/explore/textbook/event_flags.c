// Event flags as System V semaphores: 0 is "set", 1 is "clear"; who waits, waits for zero.
#include <sys/ipc.h>
#include <sys/sem.h>

#include "textbook.h"

union semun {
  int val;
  struct semid_ds* buf;
  unsigned short* array;
};

static int semid;

static void setEventFlag(int flag) {
  union semun arg = {.val = 0};
  if (semctl(semid, flag, SETVAL, arg) == -1) errExit("setEventFlag");
}

static void clearEventFlag(int flag) {
  union semun arg = {.val = 1};
  if (semctl(semid, flag, SETVAL, arg) == -1) errExit("clearEventFlag");
}

static void waitForEventFlag(int flag) {
  struct sembuf sop = {.sem_num = flag, .sem_op = 0, .sem_flg = 0};
  while (semop(semid, &sop, 1) == -1) {
    if (errno != EINTR) errExit("waitForEventFlag");
  }
}

static int getFlagState(int flag) {
  int value = semctl(semid, flag, GETVAL, 0);
  if (value == -1) errExit("getFlagState");
  return value == 0;
}

int main(void) {
  semid = semget(IPC_PRIVATE, 2, 0600);
  if (semid == -1) errExit("semget");
  clearEventFlag(0);
  clearEventFlag(1);
  setbuf(stdout, NULL);
  for (int i = 0; i < 2; i++) {
    switch (fork()) {
      case -1:
        errExit("fork");
      case 0:
        waitForEventFlag(0);
        printf("let go\n");
        if (i == 0) setEventFlag(1);
        _exit(EXIT_SUCCESS);
    }
  }
  setEventFlag(0);
  waitForEventFlag(1);
  printf("state %d\n", getFlagState(0));
  while (wait(NULL) > 0) continue;
  if (semctl(semid, 0, IPC_RMID) == -1) errExit("semctl");
  exit(EXIT_SUCCESS);
}
