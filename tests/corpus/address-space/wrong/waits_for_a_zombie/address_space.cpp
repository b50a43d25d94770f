#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <iostream>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

struct Shared {
  std::atomic<int> value{1};
  std::atomic<int> step{0};

  void wait_for(int wanted) {
    while (step != wanted) nap();
  }
  static void nap() { std::this_thread::sleep_for(std::chrono::milliseconds(1)); }
};

static bool is_running(pid_t pid) { return kill(pid, 0) == 0; }

int main() {
  int value = 1;
  void* page = mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) {
    perror("mmap");
    return 1;
  }
  auto* shared = new (page) Shared;

  const pid_t pid = fork();
  if (pid < 0) {
    perror("fork");
    return 1;
  }
  if (pid == 0) {
    value = 2;
    shared->value = 2;
    std::cout << "child " << &value << " " << value << " " << shared->value << std::endl;
    shared->step = std::cout ? 1 : 9;
    shared->wait_for(2);
    _exit(0);
  }

  while (shared->step == 0) Shared::nap();
  if (shared->step == 1) {
    int there = 0;
    iovec a{&there, sizeof there}, b{&value, sizeof value};
    if (process_vm_readv(pid, &a, 1, &b, 1, 0) < 0)
      std::cout << "peer denied" << std::endl;
    else
      std::cout << "peer " << there << std::endl;
  }
  const bool failed = shared->step == 9 || !std::cout;
  shared->step = 2;
  while (is_running(pid)) std::this_thread::sleep_for(std::chrono::milliseconds(100));
  waitpid(pid, nullptr, 0);
  if (failed) {
    std::cerr << "failed\n";
    return 1;
  }

  std::cout << "parent " << &value << " " << value << " " << shared->value << std::endl;
  unsigned long entry = 0;
  int fd = open("/proc/self/pagemap", O_RDONLY);
  if (fd >= 0) {
    if (pread(fd, &entry, 8, reinterpret_cast<unsigned long>(&value) / 4096 * 8) != 8) entry = 0;
    close(fd);
  }
  entry &= 0x7fffffffffffff;
  if (entry)
    std::cout << "frame 0x" << std::hex << entry << std::endl;
  else
    std::cout << "frame hidden" << std::endl;
  return std::cout ? 0 : 1;
}
