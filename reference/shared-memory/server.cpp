#include <algorithm>
#include <iostream>

#include "ipc.h"

constexpr char kAlphabet[kSize] = "abcdefghijklmnopqrstuvwxyz";

int main() try {
  Semaphores semaphores(Role::kServer);  // first: who finds the segment finds them, too
  Segment segment(Role::kServer);

  std::ranges::copy(kAlphabet, segment.text());
  semaphores.tell(Semaphores::kWritten);
  semaphores.wait_for(Semaphores::kRead);

  segment.remove();
  semaphores.remove();
} catch (const std::system_error& error) {
  std::cerr << "server: " << error.what() << '\n';
  if (error.code() == std::errc::file_exists) {
    std::cerr << "server: from an earlier run? ipcrm -M 5678 -S 5678 removes it\n";
  }
  return 1;
}
