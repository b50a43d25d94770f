#include "frame.h"

static bool work(int id) {
  int sent = 0;
  Frame frame = {};
  frame.address = kToReceiver;
  while ((frame.size = static_cast<int>(fread(frame.bytes, 1, sizeof frame.bytes, stdin))) > 0) {
    if (!post(id, frame)) return false;
    ++sent;
  }
  if (ferror(stdin)) {
    perror("stdin");
    return false;
  }

  // Not before everything is confirmed does the receiver hear that it can go home.
  for (Receipt receipt; sent > 0; --sent) {
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
