// OS course, exercise sheet 5: SysV shm + POSIX mq
#include <fcntl.h>
#include <mqueue.h>
#include <sys/shm.h>

#include <atomic>
#include <cstdio>
#include <cstring>
#include <new>

#include "block.h"

static int fail(const char* what, int shm, const char* queue) {
  perror(what);
  if (shm >= 0) shmctl(shm, IPC_RMID, nullptr);
  if (queue) mq_unlink(queue);
  return 3;
}

int main() {
  mq_attr attr{};
  attr.mq_maxmsg = 4;
  attr.mq_msgsize = kAnswerSize;
  mqd_t answers = mq_open(kQueue, O_CREAT | O_EXCL | O_RDONLY, 0600, &attr);
  if (answers < 0) return fail("mq_open", -1, nullptr);

  int shm = shmget(kKey, sizeof(Block), IPC_CREAT | IPC_EXCL | 0600);
  if (shm < 0) return fail("shmget", -1, kQueue);
  auto* block = static_cast<Block*>(shmat(shm, nullptr, 0));
  if (block == reinterpret_cast<Block*>(-1)) return fail("shmat", shm, kQueue);

  for (int i = 0; i < 26; ++i) block->letters[i] = 'a' + i;
  block->complete.store(true, std::memory_order_release);

  char answer[kAnswerSize];
  ssize_t got;
  while ((got = mq_receive(answers, answer, sizeof answer, nullptr)) < 0)
    if (errno != EINTR) return fail("mq_receive", shm, kQueue);
  fprintf(stderr, "client says %.*s\n", int(got), answer);

  mq_close(answers);
  shmdt(block);
  if (shmctl(shm, IPC_RMID, nullptr) < 0) return fail("shmctl", -1, kQueue);
  return 0;
}
