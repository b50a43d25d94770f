// run: ./program -i
// run: ./program
// run: ./program
// Whoever comes first makes and initialises the semaphore; the others wait until sem_otime says
// that it was used. (The book's loop ends after some tries; this one does not.) -i takes it away at
// the end.
#include <sys/ipc.h>
#include <sys/sem.h>

#include "textbook.h"

union semun {
  int val;
  struct semid_ds* buf;
  unsigned short* array;
};

static int makeOrFind(key_t key) {
  union semun arg;
  struct sembuf sop;
  struct semid_ds ds;
  int semid = semget(key, 2, IPC_CREAT | IPC_EXCL | 0600);

  if (semid != -1) {
    unsigned short values[] = {0, 0};
    arg.array = values;
    if (semctl(semid, 0, SETALL, arg) == -1) errExit("semctl 1");
    sop.sem_num = 0;
    sop.sem_op = 1;
    sop.sem_flg = 0;
    if (semop(semid, &sop, 1) == -1) errExit("semop");
    return semid;
  }
  if (errno != EEXIST) errExit("semget 1");
  semid = semget(key, 2, 0600);
  if (semid == -1) errExit("semget 2");
  arg.buf = &ds;
  for (;;) {
    if (semctl(semid, 0, IPC_STAT, arg) == -1) errExit("semctl 2");
    if (ds.sem_otime != 0) return semid;
    sleep(1);
  }
}

int main(int argc, char* argv[]) {
  bool last = false;
  int opt;

  while ((opt = getopt(argc, argv, "i")) != -1) last = true;
  (void)opt;
  int semid = makeOrFind(0x5eed);
  struct sembuf take = {0, -1, SEM_UNDO}, give = {0, 1, SEM_UNDO};
  if (semop(semid, &take, 1) == -1) errExit("take");
  int fd = open("count", O_RDWR | O_CREAT, 0600);
  if (fd == -1) errExit("open");
  int count = 0;
  if (read(fd, &count, sizeof count) == -1) errExit("read");
  count++;
  if (pwrite(fd, &count, sizeof count, 0) != sizeof count) errExit("pwrite");
  close(fd);
  if (semop(semid, &give, 1) == -1) errExit("give");
  struct sembuf through = {1, 1, 0};
  if (semop(semid, &through, 1) == -1) errExit("through");
  if (last) {
    struct sembuf all = {1, -3, 0};
    if (semop(semid, &all, 1) == -1) errExit("all");
    if (semctl(semid, 0, IPC_RMID) == -1) errExit("semctl");
  }
  exit(EXIT_SUCCESS);
}
