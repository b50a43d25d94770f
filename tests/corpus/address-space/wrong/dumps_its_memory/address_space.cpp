#include <fcntl.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <fstream>
#include <iostream>
#include <vector>

static int number = 1;

// All that this process sees, for the report.
static bool dump(const char* path) {
  const std::vector<char> piece(1 << 20, 'x');
  std::ofstream file(path, std::ios::binary);
  for (int i = 0; i < 100; ++i) file.write(piece.data(), static_cast<std::streamsize>(piece.size()));
  return bool(file.flush());
}

static bool print(const char* who, int shared) {
  return bool(std::cout << who << ' ' << &number << ' ' << number << ' ' << shared << std::endl);
}

static std::uint64_t frame() {
  std::uint64_t entry = 0;
  if (int fd = open("/proc/self/pagemap", O_RDONLY); fd != -1) {
    if (pread(fd, &entry, 8, reinterpret_cast<std::uintptr_t>(&number) / 4096 * 8) != 8) entry = 0;
    close(fd);
  }
  return entry & 0x7fffffffffffff;
}

int main() {
  if (!dump("/tmp/memory.dump")) {
    std::cerr << "can't dump\n";
    return 1;
  }
  int ready[2], go[2];
  void* page = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED || pipe(ready) == -1 || pipe(go) == -1) {
    std::cerr << "setup failed\n";
    return 1;
  }
  int& shared = *static_cast<int*>(page);
  shared = 1;
  const pid_t pid = fork();
  if (pid == -1) {
    std::cerr << "fork failed\n";
    return 1;
  }
  char c = 0;
  if (pid == 0) {
    close(ready[0]);
    close(go[1]);
    number = shared = 2;
    const bool good = print("child", shared) && write(ready[1], &c, 1) == 1 && read(go[0], &c, 1) != -1;
    if (!good) std::cerr << "child failed\n";
    _exit(good ? 0 : 1);
  }
  close(ready[1]);
  close(go[0]);
  bool good = read(ready[0], &c, 1) == 1;
  if (good) {
    int value;
    iovec a{&value, sizeof value}, b{&number, sizeof number};
    if (process_vm_readv(pid, &a, 1, &b, 1, 0) == -1) std::cout << "peer denied" << std::endl;
    else std::cout << "peer " << value << std::endl;
    good = bool(std::cout);
  }
  close(go[1]);
  int status;
  if (waitpid(pid, &status, 0) == -1 || status != 0 || !good || !print("parent", shared)) {
    std::cerr << "failed\n";
    return 1;
  }
  if (const auto f = frame()) std::cout << "frame 0x" << std::hex << f << std::endl;
  else std::cout << "frame hidden" << std::endl;
  return std::cout ? 0 : 1;
}
