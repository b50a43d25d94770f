#pragma once

#include <sys/ipc.h>
#include <sys/msg.h>

#include <cerrno>
#include <cstring>
#include <iostream>

enum : long { kText = 1, kEnd = 2 };

struct Message {
  long type;
  char text[777];
};

inline void log_error(const char* call) {
  std::cerr << "[error] " << call << " failed: " << strerror(errno) << std::endl;
}

inline int open_queue() { return msgget(5679, IPC_CREAT | 0600); }

inline bool remove_queue(int queue) {
  if (msgctl(queue, IPC_RMID, nullptr) == 0) return true;
  log_error("msgctl");
  return false;
}
