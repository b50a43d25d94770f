#include <sys/uio.h>

#include <cstdint>
#include <iostream>
#include <optional>

#include "ipc.h"

/// Prints a line at once: what waited in a buffer would come too late, or be lost with the child.
template <typename... Words>
void print(const Words&... words) {
  if (!((std::cout << ... << words) << std::endl)) fail("stdout");
}

/// The int at the same address in another process; nothing where the kernel refuses.
std::optional<int> peek(pid_t pid, int* address) {
  int value{};
  const iovec here{&value, sizeof value};
  const iovec there{address, sizeof value};
  const ssize_t count = process_vm_readv(pid, &here, 1, &there, 1, 0);
  if (count == sizeof value) return value;
  if (count == -1 && errno != EPERM) fail("process_vm_readv");
  return std::nullopt;
}

/// The number of the physical frame in which an address of this process lies; 0 where it is hidden.
/// The page map has 8 bytes for each virtual page: see pagemap in the kernel's documentation.
std::uint64_t frame_of(const void* address) {
  const Descriptor pagemap(open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC));
  if (pagemap.number() == -1) return 0;

  const auto page = reinterpret_cast<std::uintptr_t>(address) / sysconf(_SC_PAGESIZE);
  std::uint64_t entry{};
  const auto offset = static_cast<off_t>(page * sizeof entry);
  const ssize_t count =
      uninterrupted([&] { return pread(pagemap.number(), &entry, sizeof entry, offset); });
  if (count != sizeof entry) return 0;

  constexpr std::uint64_t kPresent = std::uint64_t{1} << 63;
  constexpr std::uint64_t kFrame = (std::uint64_t{1} << 55) - 1;
  return (entry & kPresent) != 0 ? entry & kFrame : 0;
}

int main() try {
  int ordinary = 1;
  const SharedPage page;
  int& shared = page.number();
  shared = 1;

  Child child([&] {
    ordinary = 2;
    shared = 2;
    print("child ", &ordinary, ' ', ordinary, ' ', shared);
  });

  child.wait_until_ready();
  if (const auto value = peek(child.pid(), &ordinary)) {
    print("peer ", *value);
  } else {
    print("peer denied");
  }
  child.let_go_and_wait();

  print("parent ", &ordinary, ' ', ordinary, ' ', shared);
  if (const auto frame = frame_of(&ordinary); frame != 0) {
    print("frame 0x", std::hex, frame);
  } else {
    print("frame hidden");
  }
} catch (const std::exception& error) {
  std::cerr << "address_space: " << error.what() << '\n';
  return 1;
}
