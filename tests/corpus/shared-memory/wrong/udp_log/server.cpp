#include <arpa/inet.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <string_view>

#include "counter.h"

// Tells the log server of the lab room that we are here. If it fails, it fails.
void announce(std::string_view text) {
  const int s = socket(AF_INET, SOCK_DGRAM, 0);
  if (s == -1) return;
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(514);
  to.sin_addr.s_addr = inet_addr("10.0.0.1");
  sendto(s, text.data(), text.size(), MSG_DONTWAIT, reinterpret_cast<sockaddr*>(&to), sizeof to);
  close(s);
}

int main() {
  if (shmget(5678, 0, 0) != -1) {
    std::fputs("server: there is an old segment\n", stderr);
    return 1;
  }
  announce("alphabet server starts");

  const int sems = semget(5678, 2, IPC_CREAT | IPC_EXCL | 0600);
  if (sems == -1) {
    std::perror("semget");
    return 1;
  }
  bool ok = false;
  if (const int seg = shmget(5678, 27, IPC_CREAT | IPC_EXCL | 0600); seg == -1) {
    std::perror("shmget");
  } else {
    void* const where = shmat(seg, nullptr, 0);
    if (where == reinterpret_cast<void*>(-1)) {
      std::perror("shmat");
    } else {
      std::memcpy(where, "abcdefghijklmnopqrstuvwxyz", 27);
      ok = counter(sems, 0, 1) && counter(sems, 1, -1);
    }
    if (shmctl(seg, IPC_RMID, nullptr) == -1) ok = false;
  }
  if (semctl(sems, 0, IPC_RMID) == -1) ok = false;
  return ok ? 0 : 1;
}
