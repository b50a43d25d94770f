#pragma once

#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/shm.h>

#include <cerrno>
#include <functional>
#include <memory>
#include <system_error>
#include <utility>

inline constexpr key_t kKey{5678};
inline constexpr std::size_t kBytes{32};

inline int must(int result, const char* what) {
  if (result < 0) throw std::system_error{errno, std::generic_category(), what};
  return result;
}

// Does something on the way out, unless told that it has been done.
class Finally {
 public:
  explicit Finally(std::function<void()> f) : f_{std::move(f)} {}
  ~Finally() {
    if (f_) f_();
  }
  Finally(const Finally&) = delete;
  Finally& operator=(const Finally&) = delete;
  void cancel() { f_ = nullptr; }

 private:
  std::function<void()> f_;
};

struct Detach {
  void operator()(char* p) const { shmdt(p); }
};
using Memory = std::unique_ptr<char[], Detach>;

inline Memory attach(int id) {
  void* p = shmat(id, nullptr, 0);
  if (p == reinterpret_cast<void*>(-1)) must(-1, "shmat");
  return Memory{static_cast<char*>(p)};
}

inline void up_down(int set, unsigned short which, short n) {
  sembuf op{which, n, 0};
  while (semop(set, &op, 1) < 0)
    if (errno != EINTR) must(-1, "semop");
}
