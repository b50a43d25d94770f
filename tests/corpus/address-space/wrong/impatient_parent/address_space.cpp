#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <iostream>
#include <system_error>

using namespace std::literals;

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

class Bell {
  int fd_[2];

 public:
  Bell() {
    if (pipe(fd_) == -1) fail("pipe");
  }
  void ring() {
    if (write(fd_[1], "!", 1) == -1) fail("ring");
  }
  // False: it did not ring, the others are all gone. A child that hangs must not hang us, too.
  bool listen(std::chrono::milliseconds patience) {
    pollfd bell{fd_[0], POLLIN, 0};
    const int n = poll(&bell, 1, static_cast<int>(patience.count()));
    if (n == -1) fail("poll");
    if (n == 0) return true;
    char c;
    return read(fd_[0], &c, 1) == 1;
  }
  void listens() { close(fd_[1]); }
  void rings() { close(fd_[0]); }
};

void print_line(const char* who, const int* x, int y) {
  std::cout << who << ' ' << x << ' ' << *x << ' ' << y << std::endl;
  if (!std::cout) fail("stdout");
}

void print_frame(const int* x) {
  std::uint64_t entry = 0;
  if (int fd = open("/proc/self/pagemap", O_RDONLY); fd != -1) {
    if (pread(fd, &entry, 8, reinterpret_cast<std::uintptr_t>(x) / getpagesize() * 8) != 8) entry = 0;
    close(fd);
  }
  entry &= (1ULL << 55) - 1;
  if (entry) std::cout << "frame 0x" << std::hex << entry << std::endl;
  else std::cout << "frame hidden" << std::endl;
  if (!std::cout) fail("stdout");
}

int main() try {
  auto* x = new int(1);
  void* page = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) fail("mmap");
  auto* y = new (page) int(1);
  Bell printed;
  int leave[2];
  if (pipe(leave) == -1) fail("pipe");

  const pid_t pid = fork();
  if (pid == -1) fail("fork");
  if (pid == 0) {
    printed.rings();
    close(leave[1]);
    *x = *y = 2;
    print_line("child", x, *y);
    printed.ring();
    char c;
    if (read(leave[0], &c, 1) == -1) fail("read");
    return 0;
  }

  printed.listens();
  close(leave[0]);
  bool good = false;
  try {
    good = printed.listen(3s);
    if (good) {
      int z;
      iovec local{&z, sizeof z}, remote{x, sizeof *x};
      if (process_vm_readv(pid, &local, 1, &remote, 1, 0) == -1) std::cout << "peer denied" << std::endl;
      else std::cout << "peer " << z << std::endl;
      if (!std::cout) fail("stdout");
    }
  } catch (const std::exception& e) {
    std::cerr << e.what() << '\n';
    good = false;
  }
  close(leave[1]);
  int status;
  if (waitpid(pid, &status, 0) == -1) fail("waitpid");
  if (!good || status != 0) {
    std::cerr << "the child is not well\n";
    return 1;
  }
  print_line("parent", x, *y);
  print_frame(x);
} catch (const std::exception& e) {
  std::cerr << e.what() << '\n';
  return 1;
}
