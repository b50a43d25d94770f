// finds: data-race
// The message is received before the data are there.
#include "hand_over.h"

#include <sys/msg.h>

static int queue;
struct message {
  long type;
  char text[1];
};

static void give(void) {
  struct message message;
  MUST(msgrcv(queue, &message, 1, 0, 0) == 1);
  *data = kRight;
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
