#include <iostream>
#include <string>

#include "board.hpp"

int main() {
  int segment = shmget(kBoardKey, sizeof(Board), 0600);
  if (segment == -1) {
    perror("client: shmget");
    return 1;
  }
  int bells = semget(kBellKey, kBells, 0600);
  if (bells == -1) {
    perror("client: semget");
    return 1;
  }
  const Board *board = static_cast<const Board *>(shmat(segment, NULL, SHM_RDONLY));
  if (board == reinterpret_cast<const Board *>(-1)) {
    perror("client: shmat");
    return 1;
  }
  if (!ring(bells, kWritten, -1)) return 1;
  std::string text(board->letters, sizeof board->letters);
  if (!ring(bells, kRead, 1)) return 1;
  std::cout << text << std::endl;
  if (!std::cout) {
    std::cerr << "client: can't write to stdout" << std::endl;
    return 1;
  }
  return 0;
}
