#include "frame.h"

static bool work(int id) {
  int under_way = 0;
  Receipt receipt;
  Frame frame = {};
  frame.address = kToReceiver;
  while ((frame.size = static_cast<int>(fread(frame.bytes, 1, sizeof frame.bytes, stdin))) > 0) {
    if (under_way == kWindow) {
      if (!fetch(id, receipt, kToSender)) return false;
      --under_way;
    }
    if (!post(id, frame)) return false;
    ++under_way;
  }
  if (ferror(stdin)) {
    perror("stdin");
    return false;
  }

  // Not before everything is confirmed does the receiver hear that it can go home.
  for (; under_way > 0; --under_way) {
    if (!fetch(id, receipt, kToSender)) return false;
  }
  return post(id, frame);
}

int main() {
  int id = open_queue();
  if (id == -1) return 1;
  if (work(id)) return 0;
  msgctl(id, IPC_RMID, nullptr);
  return 1;
}
