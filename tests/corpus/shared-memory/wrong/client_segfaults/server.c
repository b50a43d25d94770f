/* Aufgabe 2: Server */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/types.h>
#include <sys/ipc.h>
#include <sys/shm.h>

struct speicher {
  char alphabet[27];
  char fertig;			/* mit __atomic_... benutzen */
};

int main()
{
  struct shmid_ds zustand;
  struct speicher *sp;
  int id, i;

  /* Reste vom letzten Mal entfernen */
  if ((id = shmget(5678, 0, 0)) != -1 && shmctl(id, IPC_RMID, NULL) == -1) {
    perror("shmctl");
    exit(1);
  }
  if ((id = shmget(5678, sizeof(struct speicher), IPC_CREAT | IPC_EXCL | 0600)) == -1) {
    perror("shmget");
    exit(1);
  }
  if ((sp = shmat(id, NULL, 0)) == (void *)-1) {
    perror("shmat");
    shmctl(id, IPC_RMID, NULL);
    exit(1);
  }
  for (i = 0; i < 26; i++)
    sp->alphabet[i] = 'a' + i;
  __atomic_store_n(&sp->fertig, 1, __ATOMIC_RELEASE);

  /* Der Client war da, sobald ein anderer Prozess zuletzt dran war und wir
     wieder alleine sind. Das stimmt auch, wenn er abgestuerzt ist. */
  do {
    usleep(5000);
    if (shmctl(id, IPC_STAT, &zustand) == -1) {
      perror("shmctl");
      break;
    }
  } while (zustand.shm_lpid == getpid() || zustand.shm_nattch > 1);

  if (shmctl(id, IPC_RMID, NULL) == -1) {
    perror("shmctl");
    exit(1);
  }
  exit(0);
}
