#include "frame.h"

static bool work(int id) {
  Frame frame;
  for (;;) {
    if (!fetch(id, frame, kToReceiver)) return false;
    if (frame.size == 0) break;
    if (fwrite(frame.bytes, 1, frame.size, stdout) != static_cast<size_t>(frame.size)) {
      perror("stdout");
      return false;
    }
    if (!post(id, Receipt{kToSender, frame.size})) return false;
  }
  if (fflush(stdout) == 0) return true;
  perror("stdout");
  return false;
}

int main() {
  int id = open_queue();
  if (id == -1) return 1;
  bool good = work(id);
  if (msgctl(id, IPC_RMID, nullptr) == -1) {
    perror("msgctl");
    good = false;
  }
  return good ? 0 : 1;
}
