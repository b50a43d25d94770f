#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <optional>
#include <string_view>

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

namespace lab {

int ordinary = 1;

// The child's int, if we are allowed to see it.
std::optional<int> peek(pid_t pid, int variable) {
  int value = 0;
  iovec local{&value, sizeof value};
  iovec remote{&variable, sizeof variable};
  if (process_vm_readv(pid, &local, 1, &remote, 1, 0) != sizeof value) return {};
  return value;
}

std::uint64_t frame(const int& variable) {
  std::uint64_t entry{};
  int fd = open("/proc/self/pagemap", O_RDONLY);
  if (fd < 0) return 0;
  off_t at = reinterpret_cast<std::uintptr_t>(&variable) / getpagesize() * 8;
  if (pread(fd, &entry, 8, at) != 8) entry = 0;
  close(fd);
  return entry & 0x7fffffffffffff;
}

bool print(std::string_view who, int shared) {
  std::cout << who << ' ' << &ordinary << ' ' << ordinary << ' ' << shared << std::endl;
  return std::cout.good();
}

int child(int& shared, int ready, int go) {
  char c = 0;
  ordinary = shared = 2;
  if (print("child", shared) && write(ready, &c, 1) == 1 && read(go, &c, 1) >= 0) return 0;
  std::cerr << "child: " << std::strerror(errno) << '\n';
  return 1;
}

}  // namespace lab

int main() {
  using namespace lab;
  std::array<int, 2> ready, go;
  void* memory = mmap(nullptr, 1, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED || pipe(ready.data()) < 0 || pipe(go.data()) < 0) {
    std::cerr << "setup: " << std::strerror(errno) << '\n';
    return 1;
  }
  int& shared = *static_cast<int*>(memory);
  shared = 1;
  const pid_t pid = fork();
  if (pid < 0) {
    std::cerr << "fork: " << std::strerror(errno) << '\n';
    return 1;
  }
  if (pid == 0) {
    close(ready[0]), close(go[1]);
    _exit(child(shared, ready[1], go[0]));
  }
  close(ready[1]), close(go[0]);
  char c;
  bool ok = read(ready[0], &c, 1) == 1;
  if (ok) {
    if (auto value = peek(pid, ordinary)) std::cout << "peer " << *value << std::endl;
    else std::cout << "peer denied" << std::endl;
    ok = std::cout.good();
  }
  close(go[1]);
  int status;
  if (waitpid(pid, &status, 0) < 0 || status != 0 || !ok || !print("parent", shared)) {
    std::cerr << "address_space failed\n";
    return 1;
  }
  if (auto number = frame(ordinary)) std::cout << "frame 0x" << std::hex << number << std::endl;
  else std::cout << "frame hidden" << std::endl;
  if (!std::cout) std::cerr << "stdout\n";
  return std::cout ? 0 : 1;
}
