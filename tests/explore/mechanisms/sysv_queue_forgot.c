// finds: data-race
// The message is sent too early.
#include "hand_over.h"

#include <sys/msg.h>

static int queue;
struct message {
  long type;
  char text[1];
};

static void give(void) {
  MUST(msgsnd(queue, &(struct message){1, "x"}, 1, 0) == 0);
  *data = kRight;
}

static void take(void) {
  struct message message;
  MUST(msgrcv(queue, &message, 1, 0, 0) == 1);
  MUST(*data == kRight);
}

int main(void) {
  make_data();
  queue = msgget(IPC_PRIVATE, 0600);
  MUST(queue >= 0);
  run_both(give, take);
  return msgctl(queue, IPC_RMID, NULL);
}
