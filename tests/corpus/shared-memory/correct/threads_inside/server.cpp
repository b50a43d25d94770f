#include <iostream>
#include <semaphore>
#include <thread>

#include "lab.hpp"

int main() {
  try {
    const int set = must(semget(kKey, 2, IPC_CREAT | IPC_EXCL | 0600), "semget");
    Finally drop_set{[=] { semctl(set, 0, IPC_RMID); }};

    const int id = must(shmget(kKey, kBytes, IPC_CREAT | IPC_EXCL | 0600), "shmget");
    Finally drop_segment{[=] { shmctl(id, IPC_RMID, nullptr); }};

    const Memory text = attach(id);

    // std::binary_semaphore is fine here: both threads are in this process.
    std::binary_semaphore complete{0};
    std::jthread writer{[&] {
      for (int i = 0; i < 26; ++i) text[i] = static_cast<char>('a' + i);
      text[26] = '\0';
      complete.release();
    }};
    complete.acquire();
    writer.join();

    up_down(set, 0, +1);
    up_down(set, 1, -1);

    drop_segment.cancel();
    const int segment_gone = shmctl(id, IPC_RMID, nullptr);
    drop_set.cancel();
    must(semctl(set, 0, IPC_RMID), "semctl");
    must(segment_gone, "shmctl");
    return 0;
  } catch (const std::exception& e) {
    std::cerr << "server: " << e.what() << std::endl;
    return 1;
  }
}
