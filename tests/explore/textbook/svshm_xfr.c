// run: ./program -w < textbook.h
// run: ./program -r
// A writer hands blocks of its input to a reader in shared memory; two semaphores take turns.
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/shm.h>

#include "textbook.h"

#define SHM_KEY 0x1234
#define SEM_KEY 0x5678
#define WRITE_SEM 0
#define READ_SEM 1
#define BUF_SIZE 512

union semun {
  int val;
  struct semid_ds* buf;
  unsigned short* array;
};

struct shmseg {
  int cnt;
  char buf[BUF_SIZE];
};

static int initSemAvailable(int semId, int semNum) {
  union semun arg = {.val = 1};
  return semctl(semId, semNum, SETVAL, arg);
}

static int initSemInUse(int semId, int semNum) {
  union semun arg = {.val = 0};
  return semctl(semId, semNum, SETVAL, arg);
}

static int reserveSem(int semId, int semNum) {
  struct sembuf sops = {.sem_num = semNum, .sem_op = -1, .sem_flg = 0};
  while (semop(semId, &sops, 1) == -1) {
    if (errno != EINTR) return -1;
  }
  return 0;
}

static int releaseSem(int semId, int semNum) {
  struct sembuf sops = {.sem_num = semNum, .sem_op = 1, .sem_flg = 0};
  return semop(semId, &sops, 1);
}

static void writer(void) {
  int semid = semget(SEM_KEY, 2, IPC_CREAT | 0600);
  if (semid == -1) errExit("semget");
  if (initSemAvailable(semid, WRITE_SEM) == -1) errExit("initSemAvailable");
  if (initSemInUse(semid, READ_SEM) == -1) errExit("initSemInUse");
  int shmid = shmget(SHM_KEY, sizeof(struct shmseg), IPC_CREAT | 0600);
  if (shmid == -1) errExit("shmget");
  struct shmseg* shmp = shmat(shmid, NULL, 0);
  if (shmp == (void*)-1) errExit("shmat");
  int xfrs, bytes;
  for (xfrs = 0, bytes = 0;; xfrs++, bytes += shmp->cnt) {
    if (reserveSem(semid, WRITE_SEM) == -1) errExit("reserveSem");
    shmp->cnt = read(STDIN_FILENO, shmp->buf, BUF_SIZE);
    if (shmp->cnt == -1) errExit("read");
    const int cnt = shmp->cnt;
    if (releaseSem(semid, READ_SEM) == -1) errExit("releaseSem");
    if (cnt == 0) break;
  }
  if (reserveSem(semid, WRITE_SEM) == -1) errExit("reserveSem");
  if (semctl(semid, 0, IPC_RMID) == -1) errExit("semctl");
  if (shmdt(shmp) == -1) errExit("shmdt");
  if (shmctl(shmid, IPC_RMID, NULL) == -1) errExit("shmctl");
  fprintf(stderr, "Sent %d bytes (%d xfrs)\n", bytes, xfrs);
  exit(EXIT_SUCCESS);
}

static void reader(void) {
  int semid, shmid;
  while ((shmid = shmget(SHM_KEY, 0, 0)) == -1 && errno == ENOENT) usleep(100000);
  if (shmid == -1) errExit("shmget");
  semid = semget(SEM_KEY, 0, 0);
  if (semid == -1) errExit("semget");
  struct shmseg* shmp = shmat(shmid, NULL, SHM_RDONLY);
  if (shmp == (void*)-1) errExit("shmat");
  int xfrs, bytes;
  for (xfrs = 0, bytes = 0;; xfrs++) {
    if (reserveSem(semid, READ_SEM) == -1) errExit("reserveSem");
    if (shmp->cnt == 0) break;
    bytes += shmp->cnt;
    if (write(STDOUT_FILENO, shmp->buf, shmp->cnt) != shmp->cnt) fatal("partial/failed write");
    if (releaseSem(semid, WRITE_SEM) == -1) errExit("releaseSem");
  }
  if (shmdt(shmp) == -1) errExit("shmdt");
  if (releaseSem(semid, WRITE_SEM) == -1) errExit("releaseSem");
  fprintf(stderr, "Received %d bytes (%d xfrs)\n", bytes, xfrs);
  exit(EXIT_SUCCESS);
}

int main(int argc, char* argv[]) {
  int opt;
  while ((opt = getopt(argc, argv, "wr")) != -1) {
    if (opt == 'w') writer();
    if (opt == 'r') reader();
  }
  fatal("usage: %s -w | -r", argv[0]);
}
