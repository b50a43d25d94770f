/* The server: makes the segment, writes the alphabet, waits for the client, removes the segment.
 * The whole task is in HANDOUT.md. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/shm.h>

#define KEY 5678 /* decimal */
#define SIZE 27  /* at least; more if you put something beside the alphabet */

int main(void) {
  /* TODO: make the segment with shmget() and attach it with shmat(). From the moment that shmget()
   * has made it the client may be running. What does the client find then? */

  /* TODO: write the alphabet into it. */

  /* TODO: wait until the client has read it. */

  /* TODO: remove the segment, and whatever else you made, also where a call above has failed. */

  fprintf(stderr, "server: not written yet\n");
  return EXIT_FAILURE;
}
