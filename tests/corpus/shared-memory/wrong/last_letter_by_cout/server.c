#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/shm.h>
#include <semaphore.h>
#include <errno.h>
struct S { sem_t full, done; char t[27]; };
int main(void) {
  int id = shmget(5678, sizeof(struct S), IPC_CREAT | IPC_EXCL | 0600);
  if (id < 0) { perror("shmget"); return 1; }
  struct S *s = shmat(id, 0, 0);
  if (s == (void*)-1) { perror("shmat"); shmctl(id, IPC_RMID, 0); return 1; }
  sem_init(&s->done, 1, 0);
  for (int i = 0; i < 26; i++) s->t[i] = 'a' + i;
  s->t[26] = 0;
  sem_init(&s->full, 1, 0);
  sem_post(&s->full);
  while (sem_wait(&s->done) < 0 && errno == EINTR) ;
  shmctl(id, IPC_RMID, 0);
  return 0;
}
