/* Aufgabe 2: Client */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct speicher {
  char alphabet[27];
  char fertig;
};

int main()
{
  struct speicher *sp;
  int id;

  if ((id = shmget(5678, sizeof(struct speicher), 0)) == -1) {
    perror("shmget");
    exit(1);
  }
  sp = (struct speicher *)shmat(id, NULL, 0);
  if (sp == (struct speicher *)-1) {
    perror("shmat");
    exit(1);
  }
  while (!__atomic_load_n(&sp->fertig, __ATOMIC_ACQUIRE))
    usleep(5000);
  printf("%s\n", sp->alphabet);
  if (fflush(stdout) == EOF) {
    perror("Ausgabe");
    exit(1);
  }
  shmdt(sp);
  exit(0);
}
