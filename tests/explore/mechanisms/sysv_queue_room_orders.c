// A sending that waited for room comes after the receipt that made it.
#include "hand_over.h"

#include <sys/msg.h>

static int queue;
struct message {
  long type;
  char text[1];
};

static void give(void) {
  *data = kRight;
  struct message message;
  MUST(msgrcv(queue, &message, 1, 0, 0) == 1);
}

static void take(void) {
  MUST(msgsnd(queue, &(struct message){1, "x"}, 1, 0) == 0);
  MUST(msgsnd(queue, &(struct message){1, "y"}, 1, 0) == 0);
  MUST(*data == kRight);
}

int main(void) {
  make_data();
  queue = msgget(IPC_PRIVATE, 0600);
  struct msqid_ds state;
  MUST(msgctl(queue, IPC_STAT, &state) == 0);
  state.msg_qbytes = 1;
  MUST(msgctl(queue, IPC_SET, &state) == 0);
  run_both(give, take);
  return msgctl(queue, IPC_RMID, NULL);
}
