#pragma once
#include <sys/sem.h>

#include <cerrno>
#include <cstdio>

inline bool counter(int set, int which, int by) {
  sembuf op{static_cast<unsigned short>(which), static_cast<short>(by), 0};
  for (;;) {
    if (semop(set, &op, 1) == 0) return true;
    if (errno != EINTR) {
      std::perror("semop");
      return false;
    }
  }
}
