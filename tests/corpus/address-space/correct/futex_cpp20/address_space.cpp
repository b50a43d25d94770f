#include <fcntl.h>
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <climits>
#include <cstdint>
#include <iostream>
#include <memory>
#include <new>
#include <system_error>

namespace {

enum Stage : std::uint32_t { kBegin, kReady, kGo, kFailed };

// Four bytes that the kernel may look at, too.
class Signpost {
  std::atomic<std::uint32_t> stage_{kBegin};
  static_assert(std::atomic<std::uint32_t>::is_always_lock_free);

 public:
  void set(Stage stage) {
    stage_.store(stage, std::memory_order_release);
    if (syscall(SYS_futex, &stage_, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0) == -1)
      throw std::system_error(errno, std::system_category(), "futex wake");
  }
  Stage wait_while(Stage stage) {
    for (;;) {
      const auto now = stage_.load(std::memory_order_acquire);
      if (now != stage) return static_cast<Stage>(now);
      // not FUTEX_WAIT_PRIVATE: the other one has an address space of its own, that's the point
      if (syscall(SYS_futex, &stage_, FUTEX_WAIT, stage, nullptr, nullptr, 0) == -1 &&
          errno != EAGAIN && errno != EINTR)
        throw std::system_error(errno, std::system_category(), "futex wait");
    }
  }
};

struct Page {
  int value = 1;
  Signpost sign;
};

void flush(std::ostream& out) {
  if (!out.flush()) throw std::system_error(errno, std::system_category(), "stdout");
}

int child(Page& page, int& value) try {
  value = page.value = 2;
  std::cout << "child " << &value << ' ' << value << ' ' << page.value << '\n';
  flush(std::cout);
  page.sign.set(kReady);
  page.sign.wait_while(kReady);
  return 0;
} catch (const std::exception& e) {
  std::cerr << "child: " << e.what() << std::endl;
  page.sign.set(kFailed);
  return 1;
}

std::uint64_t frame(void* address) {
  const int fd = open("/proc/self/pagemap", O_RDONLY);
  if (fd == -1) return 0;
  std::uint64_t word = 0;
  const auto at = reinterpret_cast<std::uintptr_t>(address) / getpagesize() * sizeof word;
  const bool whole = pread(fd, &word, sizeof word, static_cast<off_t>(at)) == sizeof word;
  close(fd);
  return whole ? word & ~(~0ULL << 55) : 0;
}

// Whoever makes a child cleans up after it.
struct Reaper {
  Page& page;
  pid_t pid;
  int status = -1;
  ~Reaper() {
    if (pid > 0) reap();
  }
  bool reap() {
    try {
      page.sign.set(kGo);
    } catch (...) {
      kill(pid, SIGKILL);
    }
    while (waitpid(pid, &status, 0) == -1 && errno == EINTR) {
    }
    pid = 0;
    return status == 0;
  }
};

}  // namespace

int main() try {
  void* memory =
      mmap(nullptr, sizeof(Page), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::system_error(errno, std::system_category(), "mmap");
  Page& page = *new (memory) Page;
  auto value = std::make_unique<int>(1);  // ordinary memory: the heap

  const pid_t pid = fork();
  if (pid == -1) throw std::system_error(errno, std::system_category(), "fork");
  if (pid == 0) _exit(child(page, *value));

  {
    Reaper reaper{page, pid};
    if (page.sign.wait_while(kBegin) != kReady) throw std::runtime_error("the child failed");

    int peer = 0;
    iovec local{&peer, sizeof peer}, remote{value.get(), sizeof *value};
    if (process_vm_readv(pid, &local, 1, &remote, 1, 0) == sizeof peer)
      std::cout << "peer " << peer << '\n';
    else
      std::cout << "peer denied\n";
    flush(std::cout);
    if (!reaper.reap()) throw std::runtime_error("the child failed in the end");
  }

  std::cout << "parent " << value.get() << ' ' << *value << ' ' << page.value << '\n';
  if (const auto number = frame(value.get()))
    std::cout << "frame 0x" << std::hex << number << '\n';
  else
    std::cout << "frame hidden\n";
  flush(std::cout);
} catch (const std::exception& e) {
  std::cerr << "parent: " << e.what() << std::endl;
  return 1;
}
