/* One program: the parent makes two pipes and forks a child, which turns lower case into upper case.
 * The whole task is in HANDOUT.md. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
  /* TODO: begin here. Make two pipes with pipe(), one for each way. */

  /* TODO: fork() the child. Which of the four pipe ends does each process need? It closes the other
   * two before it does anything else with the pipes. */

  /* TODO, the child: read a block, turn a-z into A-Z, write it back, until there is no more. Then exit
   * with 0. */

  /* TODO, the parent: send stdin to the child, and write what comes back to stdout. What if both pipes
   * are full? */

  /* TODO, the parent: wait for the child. How did it end? */

  fprintf(stderr, "pipes: not written yet\n");
  return EXIT_FAILURE;
}
