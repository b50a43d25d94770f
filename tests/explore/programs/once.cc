// What is done once, by a static variable or std::call_once, is done before anybody goes on.
#include <sys/mman.h>

#include <cstdlib>
#include <mutex>
#include <thread>

struct Shared {
  int first, second;
};

static Shared& shared() {
  static Shared* const made = [] {
    void* const memory = mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE,
                              MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    auto* const object = static_cast<Shared*>(memory);
    object->first = 1;
    return object;
  }();
  return *made;
}

static std::once_flag flag;

static void look() {
  if (shared().first != 1) std::exit(1);
  std::call_once(flag, [] { shared().second = 2; });
  if (shared().second != 2) std::exit(1);
}

int main() {
  std::thread one(look);
  std::thread two(look);
  one.join();
  two.join();
}
