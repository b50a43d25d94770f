// Reliable transfer: each frame is confirmed, and no more than kWindow are under way. Both directions share the
// queue; the receiver of a message is its type.
#pragma once

#include <sys/ipc.h>
#include <sys/msg.h>

#include <cerrno>
#include <cstdio>

enum Address : long { kToReceiver = 1, kToSender = 2 };

struct Frame {
  long address;
  int size;  // 0: no more
  char bytes[36];
};
constexpr int kWindow = 5;

struct Receipt {
  long address;
  int size;  // of the frame that has arrived
};

inline int open_queue() {
  int id = msgget(5679, IPC_CREAT | 0600);
  if (id == -1) {
    perror("msgget");
    return -1;
  }
  // Kernel memory is precious: four frames are enough.
  msqid_ds limits;
  if (msgctl(id, IPC_STAT, &limits) == 0) {
    limits.msg_qbytes = 4 * (sizeof(Frame) - sizeof(long));
    if (msgctl(id, IPC_SET, &limits) == 0) return id;
  }
  perror("msgctl");
  msgctl(id, IPC_RMID, nullptr);
  return -1;
}

// Frames always travel whole.
template <typename T>
bool post(int id, const T& what) {
  int r;
  while ((r = msgsnd(id, &what, sizeof(T) - sizeof(long), 0)) == -1 && errno == EINTR) {
  }
  if (r == -1) perror("msgsnd");
  return r == 0;
}

template <typename T>
bool fetch(int id, T& what, Address mine) {
  ssize_t r;
  while ((r = msgrcv(id, &what, sizeof(T) - sizeof(long), mine, 0)) == -1 && errno == EINTR) {
  }
  if (r == -1) perror("msgrcv");
  return r != -1;
}
