// Who sees by IPC_STAT that the queue is empty comes after the receipt.
#include "hand_over.h"

#include <sys/msg.h>

static int queue;
struct message {
  long type;
  char text[1];
};

static void give(void) {
  struct message message;
  *data = kRight;
  MUST(msgrcv(queue, &message, 1, 0, 0) == 1);
}

static void take(void) {
  struct msqid_ds state;
  for (;;) {
    MUST(msgctl(queue, IPC_STAT, &state) == 0);
    if (state.msg_qnum == 0) break;
    nap();
  }
  MUST(*data == kRight);
}

int main(void) {
  make_data();
  queue = msgget(IPC_PRIVATE, 0600);
  MUST(msgsnd(queue, &(struct message){1, "x"}, 1, 0) == 0);
  run_both(give, take);
  return msgctl(queue, IPC_RMID, NULL);
}
