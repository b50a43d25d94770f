#ifndef BOARD_HPP
#define BOARD_HPP

#include <cerrno>
#include <cstdio>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/shm.h>

const key_t kBoardKey = 5678;
const key_t kBellKey = 5680;

struct Board {
  int version;
  char letters[26];
};

enum Bell { kWritten, kRead, kBells };

// Adds to a bell, or waits until there is something to take away.
inline bool ring(int bells, Bell which, short by) {
  sembuf one = {static_cast<unsigned short>(which), by, 0};
  while (semop(bells, &one, 1) == -1) {
    if (errno != EINTR) {
      perror("semop");
      return false;
    }
  }
  return true;
}

#endif
