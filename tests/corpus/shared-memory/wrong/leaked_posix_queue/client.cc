#include <fcntl.h>
#include <mqueue.h>
#include <sys/shm.h>
#include <unistd.h>

#include <cstdio>
#include <string>

#include "block.h"

int main() {
  int shm = shmget(kKey, sizeof(Block), 0);
  if (shm < 0) return perror("shmget"), 3;
  mqd_t answers = mq_open(kQueue, O_WRONLY);
  if (answers < 0) return perror("mq_open"), 3;
  auto* block = static_cast<Block*>(shmat(shm, nullptr, 0));
  if (block == reinterpret_cast<Block*>(-1)) return perror("shmat"), 3;

  while (!block->complete.load(std::memory_order_acquire)) usleep(1000);
  std::string text(block->letters, 26);

  while (mq_send(answers, "thank you", 9, 0) < 0)
    if (errno != EINTR) return perror("mq_send"), 3;

  if (puts(text.c_str()) < 0 || fflush(stdout) != 0) return perror("stdout"), 3;
  return 0;
}
