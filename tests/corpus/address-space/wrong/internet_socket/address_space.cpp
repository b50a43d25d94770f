#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <iostream>
#include <new>

// "any honest means"
class Udp {
 public:
  bool open() {
    fd_ = socket(AF_INET, SOCK_DGRAM, 0);
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address_;
    return fd_ != -1 && bind(fd_, reinterpret_cast<sockaddr*>(&address_), size) == 0 &&
           getsockname(fd_, reinterpret_cast<sockaddr*>(&address_), &size) == 0;
  }
  bool send_to(const Udp& other, char what) const {
    return sendto(fd_, &what, 1, 0, reinterpret_cast<const sockaddr*>(&other.address_), sizeof other.address_) == 1;
  }
  char receive() const {
    char what = 0;
    return recv(fd_, &what, 1, 0) == 1 ? what : 0;
  }

 private:
  int fd_ = -1;
  sockaddr_in address_{};
};

static bool print(const char* who, const int& a, const int& b) {
  std::cout << who << ' ' << &a << ' ' << a << ' ' << b << std::endl;
  return bool(std::cout);
}

static void print_frame(const int& a) {
  std::uint64_t entry = 0;
  const int fd = open("/proc/self/pagemap", O_RDONLY);
  if (fd != -1) {
    if (pread(fd, &entry, 8, reinterpret_cast<std::uintptr_t>(&a) / 4096 * 8) != 8) entry = 0;
    close(fd);
  }
  if (entry &= (1ULL << 55) - 1)
    std::cout << "frame 0x" << std::hex << entry << std::endl;
  else
    std::cout << "frame hidden" << std::endl;
}

int main() {
  int a = 1;
  void* page = mmap(nullptr, sizeof(int), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  Udp parent, child;
  if (page == MAP_FAILED || !parent.open() || !child.open()) {
    std::perror("address_space");
    return 1;
  }
  int& b = *new (page) int(1);
  const pid_t pid = fork();
  if (pid == -1) {
    std::perror("fork");
    return 1;
  }
  if (pid == 0) {
    a = b = 2;
    const bool printed = print("child", a, b);
    if (!child.send_to(parent, printed ? 'p' : 'f') || !printed) _exit(1);
    _exit(child.receive() == 'g' ? 0 : 1);
  }
  bool good = parent.receive() == 'p';
  if (good) {
    int c;
    iovec to{&c, sizeof c}, from{&a, sizeof a};
    if (process_vm_readv(pid, &to, 1, &from, 1, 0) == -1)
      std::cout << "peer denied" << std::endl;
    else
      std::cout << "peer " << c << std::endl;
    good = parent.send_to(child, 'g') && std::cout;
  }
  int status;
  if (waitpid(pid, &status, 0) == -1 || status != 0 || !good || !print("parent", a, b)) {
    std::cerr << "failed\n";
    return 1;
  }
  print_frame(a);
  return std::cout ? 0 : 1;
}
