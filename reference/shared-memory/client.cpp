#include <iostream>
#include <string>

#include "ipc.h"

int main() try {
  Segment segment(Role::kClient);
  Semaphores semaphores(Role::kClient);

  semaphores.wait_for(Semaphores::kWritten);
  const std::string alphabet = segment.text();
  semaphores.tell(Semaphores::kRead);  // from here on, the server may remove everything

  if (!(std::cout << alphabet << std::endl)) fail("stdout");
} catch (const std::exception& error) {
  std::cerr << "client: " << error.what() << '\n';
  return 1;
}
