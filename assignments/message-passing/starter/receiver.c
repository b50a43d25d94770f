/* The receiver: prints what the sender sends, byte for byte, and removes the queue.
 * The whole task is in HANDOUT.md; begin with the sender. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/msg.h>

#define KEY 5679 /* decimal, as in the sender */

int main(void) {
  /* TODO: get the queue with msgget(). The sender may be there already, or not yet; it may even
   * have ended. */

  /* TODO: receive with msgrcv() and print, until the sender says that there is no more. */

  /* TODO: remove the queue, also where a call above has failed. */

  fprintf(stderr, "receiver: not written yet\n");
  return EXIT_FAILURE;
}
