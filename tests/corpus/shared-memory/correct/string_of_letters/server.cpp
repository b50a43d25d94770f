#include "board.hpp"

class Bells {
 public:
  Bells() : id_(semget(kBellKey, kBells, IPC_CREAT | IPC_EXCL | 0600)) {}
  ~Bells() {
    if (id_ != -1) semctl(id_, 0, IPC_RMID);
  }
  int id() const { return id_; }

 private:
  int id_;
};

int main() {
  // New semaphores are 0 on Linux, and they are there before the segment is.
  Bells bells;
  if (bells.id() == -1) {
    perror("server: semget");
    return 1;
  }
  int segment = shmget(kBoardKey, sizeof(Board), IPC_CREAT | IPC_EXCL | 0600);
  if (segment == -1) {
    perror("server: shmget");
    return 1;
  }
  int status = 0;
  Board *board = static_cast<Board *>(shmat(segment, NULL, 0));
  if (board == reinterpret_cast<Board *>(-1)) {
    perror("server: shmat");
    status = 1;
  } else {
    board->version = 1;
    for (int i = 0; i < 26; i++) board->letters[i] = 'a' + i;
    if (!ring(bells.id(), kWritten, 1) || !ring(bells.id(), kRead, -1)) status = 1;
  }
  if (shmctl(segment, IPC_RMID, NULL) == -1) {
    perror("server: shmctl");
    status = 1;
  }
  return status;
}
