// One semaphore by a key from ftok(): one process waits for it to be decreased to zero and raised
// again.
#include <sys/ipc.h>
#include <sys/sem.h>

#include "textbook.h"

union semun {
  int val;
  struct semid_ds* buf;
  unsigned short* array;
};

int main(void) {
  key_t key = ftok(".", 's');
  if (key == -1) errExit("ftok");
  int semid = semget(key, 2, IPC_CREAT | IPC_EXCL | 0600);
  if (semid == -1) errExit("semget");
  unsigned short values[] = {3, 0};
  union semun arg = {.array = values};
  if (semctl(semid, 0, SETALL, arg) == -1) errExit("semctl SETALL");
  for (int i = 0; i < 3; i++) {
    switch (fork()) {
      case -1:
        errExit("fork");
      case 0: {
        struct sembuf sops[2] = {{0, -1, SEM_UNDO}, {1, 1, 0}};
        if (semop(semid, sops, 2) == -1) errExit("semop");
        struct sembuf gate = {1, -3, IPC_NOWAIT};
        if (semop(semid, &gate, 1) == -1) {
          if (errno != EAGAIN) errExit("semop NOWAIT");
        } else {
          gate.sem_op = 3;
          gate.sem_flg = 0;
          if (semop(semid, &gate, 1) == -1) errExit("semop back");
        }
        _exit(EXIT_SUCCESS);
      }
    }
  }
  while (wait(NULL) > 0) continue;
  arg.array = values;
  if (semctl(semid, 0, GETALL, arg) == -1) errExit("semctl GETALL");
  printf("%d %d\n", values[0], values[1]);
  struct semid_ds ds;
  arg.buf = &ds;
  if (semctl(semid, 0, IPC_STAT, arg) == -1) errExit("semctl IPC_STAT");
  printf("%lu semaphores, %s\n", (unsigned long)ds.sem_nsems, ds.sem_otime ? "used" : "not used");
  if (semctl(semid, 0, IPC_RMID) == -1) errExit("semctl IPC_RMID");
  exit(EXIT_SUCCESS);
}
