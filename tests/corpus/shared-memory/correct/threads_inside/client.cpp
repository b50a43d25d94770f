#include <cstdio>
#include <iostream>
#include <string_view>

#include "lab.hpp"

int main() {
  try {
    const int id = must(shmget(kKey, kBytes, 0), "shmget");
    const int set = must(semget(kKey, 2, 0), "semget");
    const Memory text = attach(id);

    up_down(set, 0, -1);
    const bool printed = std::puts(text.get()) != EOF && std::fflush(stdout) == 0;
    const int why = errno;
    up_down(set, 1, +1);

    if (!printed) throw std::system_error{why, std::generic_category(), "stdout"};
    return 0;
  } catch (const std::exception& e) {
    std::cerr << "client: " << e.what() << std::endl;
    return 1;
  }
}
