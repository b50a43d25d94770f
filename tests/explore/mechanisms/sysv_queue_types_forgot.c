// finds: deadlock
// Type 0 is any: the one who asks may take the question itself.
#include "hand_over.h"

#include <sys/msg.h>

enum { kQuestion = 1, kAnswer = 2 };
static int queue;
struct message {
  long type;
  char text[1];
};

static void send(long type) {
  MUST(msgsnd(queue, &(struct message){type, "x"}, 1, 0) == 0);
}
static void receive(long type) {
  struct message message;
  MUST(msgrcv(queue, &message, 1, type, 0) == 1);
}

static void answer(void) {
  receive(kQuestion);
  send(kAnswer);
}

static void ask(void) {
  send(kQuestion);
  receive(0);
}

int main(void) {
  queue = msgget(IPC_PRIVATE, 0600);
  MUST(queue >= 0);
  run_both(answer, ask);
  return msgctl(queue, IPC_RMID, NULL);
}
