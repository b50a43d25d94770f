#include <fcntl.h>
#include <semaphore.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <iostream>
#include <new>
#include <stdexcept>
#include <string>

class Semaphore {
  sem_t sem_;

 public:
  Semaphore() {
    if (sem_init(&sem_, 1, 0) == -1) throw std::runtime_error(std::string("sem_init: ") + strerror(errno));
  }
  Semaphore(const Semaphore&) = delete;
  void release() { sem_post(&sem_); }
  void acquire() {
    while (sem_wait(&sem_) == -1 && errno == EINTR) continue;
  }
};

struct Shared {
  int value = 1;
  Semaphore printed, released;
};

template <class T>
T& make_shared_with_children() {
  void* p = mmap(nullptr, sizeof(T), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (p == MAP_FAILED) throw std::runtime_error(std::string("mmap: ") + strerror(errno));
  return *new (p) T;
}

void print_values(const char* who, int& mine, Shared& shared) {
  std::cout << who << ' ' << &mine << ' ' << mine << ' ' << shared.value
            << std::endl;
}

void print_peer(pid_t pid, int& mine) {
  int theirs = 0;
  iovec local{&theirs, sizeof theirs}, remote{&mine, sizeof mine};
  if (process_vm_readv(pid, &local, 1, &remote, 1, 0) == sizeof theirs)
    std::cout << "peer " << theirs << std::endl;
  else
    std::cout << "peer denied" << std::endl;
}

void print_frame(int& mine) {
  std::uint64_t entry = 0;
  const int fd = open("/proc/self/pagemap", O_RDONLY);
  if (fd != -1) {
    const off_t at = reinterpret_cast<std::uintptr_t>(&mine) / getpagesize() * sizeof entry;
    if (pread(fd, &entry, sizeof entry, at) != sizeof entry) entry = 0;
    close(fd);
  }
  entry &= (std::uint64_t{1} << 55) - 1;
  if (entry != 0)
    std::cout << "frame 0x" << std::hex << entry << std::endl;
  else
    std::cout << "frame hidden" << std::endl;
}

int main() try {
  int mine = 1;
  Shared& shared = make_shared_with_children<Shared>();
  const pid_t pid = fork();
  if (pid == -1) throw std::runtime_error(std::string("fork: ") + strerror(errno));
  if (pid == 0) {
    mine = shared.value = 2;
    print_values("child", mine, shared);
    shared.printed.release();
    shared.released.acquire();
    _exit(0);
  }
  shared.printed.acquire();
  print_peer(pid, mine);
  shared.released.release();
  int status;
  if (waitpid(pid, &status, 0) == -1 || status != 0) throw std::runtime_error("the child failed");
  print_values("parent", mine, shared);
  print_frame(mine);
} catch (const std::exception& e) {
  std::cerr << e.what() << std::endl;
  return 1;
}
