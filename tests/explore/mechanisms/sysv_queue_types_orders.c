// Question and answer in one queue, told apart by their types.
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
  ++*data;
  send(kAnswer);
}

static void ask(void) {
  *data = kRight - 1;
  send(kQuestion);
  receive(kAnswer);
  MUST(*data == kRight);
}

int main(void) {
  make_data();
  queue = msgget(IPC_PRIVATE, 0600);
  MUST(queue >= 0);
  run_both(answer, ask);
  return msgctl(queue, IPC_RMID, NULL);
}
