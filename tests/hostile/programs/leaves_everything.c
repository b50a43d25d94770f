// Leaves one object of every kind.
// expect: outcome=exited status=0 left=6
// link: -pthread
#include <fcntl.h>
#include <mqueue.h>
#include <semaphore.h>
#include <stddef.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

int main(void) {
  const key_t key = 0xe5ca9e;
  const int made = shmget(key, 100, IPC_CREAT | 0666) < 0 || semget(key, 3, IPC_CREAT | 0666) < 0 ||
                   msgget(key, IPC_CREAT | 0666) < 0;
  const int opened = mq_open("/escape", O_CREAT | O_RDWR, 0666, NULL) == (mqd_t)-1 ||
                     shm_open("/escape", O_CREAT | O_RDWR, 0666) < 0 ||
                     sem_open("/escape", O_CREAT, 0666, 1) == SEM_FAILED;
  return made || opened;
}
