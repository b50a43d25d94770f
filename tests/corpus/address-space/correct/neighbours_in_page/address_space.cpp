// Address spaces, with statistics: how often did each side nap while it waited?
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <iomanip>
#include <iostream>
#include <new>
#include <thread>

using namespace std::chrono_literals;

struct Page {
  int value = 1;
  unsigned childNaps = 0;   // written by the child only
  unsigned parentNaps = 0;  // written by the parent only
  enum : char { kNothing, kPrinted, kNotPrinted };
  std::atomic<char> news{kNothing};
  std::atomic<bool> go{false};
};

template <typename Condition>
void napUntil(unsigned& naps, Condition condition) {
  while (!condition()) {
    ++naps;
    std::this_thread::sleep_for(2ms);
  }
}

class Frame {
 public:
  explicit Frame(const void* address) {
    const int fd = ::open("/proc/self/pagemap", O_RDONLY);
    if (fd == -1) return;
    std::uint64_t entry;
    const off_t at = reinterpret_cast<std::uintptr_t>(address) / ::getpagesize() * 8;
    if (::pread(fd, &entry, sizeof entry, at) == sizeof entry) number = entry & 0x7f'ffff'ffff'ffff;
    ::close(fd);
  }
  friend std::ostream& operator<<(std::ostream& out, const Frame& frame) {
    if (!frame.number) return out << "frame hidden";
    return out << "frame 0x" << std::hex << frame.number << std::dec;
  }

 private:
  std::uint64_t number = 0;
};

int main() {
  std::cerr << std::unitbuf;
  int value = 1;
  void* memory = ::mmap(nullptr, sizeof(Page), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) {
    std::perror("mmap");
    return 1;
  }
  Page* page = new (memory) Page;

  const pid_t pid = ::fork();
  if (pid == -1) {
    std::perror("fork");
    return 1;
  }
  if (pid == 0) {
    value = 2;
    page->value = 2;
    std::cout << "child " << &value << ' ' << value << ' ' << page->value << std::endl;
    if (!std::cout) {
      std::perror("child: stdout");
      page->news = Page::kNotPrinted;
      ::_exit(1);
    }
    page->news = Page::kPrinted;
    napUntil(page->childNaps, [&] { return page->go.load(); });
    ::_exit(0);
  }

  napUntil(page->parentNaps, [&] { return page->news != Page::kNothing; });
  if (page->news == Page::kPrinted) {
    int found = 0;
    const iovec here{&found, sizeof found};
    const iovec there{&value, sizeof value};
    if (::process_vm_readv(pid, &here, 1, &there, 1, 0) == -1) {
      std::cout << "peer denied" << std::endl;
    } else {
      std::cout << "peer " << found << std::endl;
    }
  }
  page->go = true;
  int status = 0;
  ::waitpid(pid, &status, 0);
  if (!std::cout || status != 0) {
    std::cerr << "address_space: not everything was printed\n";
    return 1;
  }

  std::cerr << "naps: child " << page->childNaps << ", parent " << page->parentNaps << '\n';
  std::cout << "parent " << &value << ' ' << value << ' ' << page->value << '\n'
            << Frame(&value) << std::endl;
  return std::cout ? 0 : 1;
}
