/* signals N: the parent plays N rounds of SIGUSR1 and SIGUSR2 with its child.
 * The whole task is in HANDOUT.md. Begin at the first TODO: what it asks decides the rest. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#define MOST_ROUNDS 100000

static int usage(void) {
  fprintf(stderr, "usage: signals N   (0 to %d rounds)\n", MOST_ROUNDS);
  return 2;
}

int main(int argc, char *argv[]) {
  if (argc != 2) return usage();
  (void)argv; /* TODO: N is digits and nothing else. Is "5x" a number? Is "-1"? Is ""? */

  /* TODO: SIGUSR1 ends a process that has not said what else it should do. The child can be sent
   * one before it has run its first instruction. What must be done, and before what? */

  /* TODO: fork the child. It answers each SIGUSR1 with SIGUSR2, and exits 0 at SIGTERM. */

  /* TODO: play the rounds. How do you wait for a signal that may come just before you wait? What
   * else than SIGUSR2 may come meanwhile: SIGINT? The end of the child? */

  /* TODO: send SIGTERM, wait for the child, look at how it ended. */

  /* TODO: print "rounds N" or "interrupted K". Where could a SIGINT still do harm? */

  fprintf(stderr, "signals: not written yet\n");
  return EXIT_FAILURE;
}
