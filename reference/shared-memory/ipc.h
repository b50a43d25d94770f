// What the server and the client agree on, and the System V objects at which they meet.
#pragma once

#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/shm.h>

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <system_error>

inline constexpr key_t kKey = 5678;       // segments and semaphores have key spaces of their own
inline constexpr std::size_t kSize = 27;  // the alphabet and the zero that ends it

/// The server makes the objects and removes them, the client finds them.
enum class Role { kServer, kClient };

constexpr int get_flags(Role role) {
  return role == Role::kServer ? IPC_CREAT | IPC_EXCL | 0600 : 0;
}

[[noreturn]] inline void fail(const char* call) {
  throw std::system_error(errno, std::generic_category(), call);
}

inline int check(int result, const char* call) {
  if (result == -1) fail(call);
  return result;
}

/// An object in the kernel, which outlives processes. The server's goes on every way out: with
/// remove(), which reports a failure, or else when an exception passes by.
class Object {
 public:
  using Remover = int (*)(int id);

  Object(int id, Role role, Remover remover)
      : id_(id), remover_(role == Role::kServer ? remover : nullptr) {}
  Object(const Object&) = delete;
  ~Object() {
    if (remover_ && remover_(id_) == -1) std::perror("cleaning up");
  }

  [[nodiscard]] int id() const { return id_; }
  void remove() {
    check(remover_(id_), "IPC_RMID");
    remover_ = nullptr;
  }

 private:
  int id_;
  Remover remover_;
};

class Segment {
 public:
  explicit Segment(Role role)
      : object_(check(shmget(kKey, kSize, get_flags(role)), "shmget"), role,
                [](int id) { return shmctl(id, IPC_RMID, nullptr); }),
        memory_(shmat(object_.id(), nullptr, 0)) {
    if (memory_ == reinterpret_cast<void*>(-1)) fail("shmat");
  }
  Segment(const Segment&) = delete;
  ~Segment() { shmdt(memory_); }

  [[nodiscard]] char* text() const { return static_cast<char*>(memory_); }
  void remove() { object_.remove(); }

 private:
  Object object_;  // before memory_: where shmat fails, it is there already and cleans up
  void* memory_;
};

/// Counts what has happened and was not waited for yet. A new set is all zero on Linux.
class Semaphores {
 public:
  enum Event : unsigned short { kWritten, kRead };

  explicit Semaphores(Role role)
      : object_(check(semget(kKey, 2, get_flags(role)), "semget"), role,
                [](int id) { return semctl(id, 0, IPC_RMID); }) {}

  void tell(Event event) { change(event, +1); }
  void wait_for(Event event) { change(event, -1); }
  void remove() { object_.remove(); }

 private:
  void change(Event event, short by) {
    sembuf operation{event, by, 0};
    while (semop(object_.id(), &operation, 1) == -1) {
      if (errno != EINTR) fail("semop");
    }
  }

  Object object_;
};
