/* The sender: reads stdin to its end and sends it, as messages, to the receiver.
 * The whole task is in HANDOUT.md. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/msg.h>

#define KEY 5679 /* decimal, as in the receiver. Or use a POSIX queue, "/ipc-lab" */

int main(void) {
  /* TODO: begin here and get the queue with msgget(). The receiver may be there already, or not. */

  /* TODO: read stdin, and send what you read with msgsnd(). What is in a message, and how long may
   * it be? What if the queue is full? */

  /* TODO: tell the receiver that there is no more, by something that no input can look like. */

  /* TODO: and if a call fails? Who waits for what then, and what is left? */

  fprintf(stderr, "sender: not written yet\n");
  return EXIT_FAILURE;
}
