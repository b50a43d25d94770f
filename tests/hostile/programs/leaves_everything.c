// Leaves one object of every kind.
// Without a namespace all would be the machine's: it gets none of them.
// expect: outcome=exited status=0 left=6
// expect-CD: outcome=exited status=6
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
  const int missed[] = {shmget(key, 100, IPC_CREAT | 0666) < 0,
                        semget(key, 3, IPC_CREAT | 0666) < 0,
                        msgget(key, IPC_CREAT | 0666) < 0,
                        mq_open("/escape", O_CREAT | O_RDWR, 0666, NULL) == (mqd_t)-1,
                        shm_open("/escape", O_CREAT | O_RDWR, 0666) < 0,
                        sem_open("/escape", O_CREAT, 0666, 1) == SEM_FAILED};
  int count = 0;
  for (int i = 0; i < 6; ++i) count += missed[i];
  return count;
}
