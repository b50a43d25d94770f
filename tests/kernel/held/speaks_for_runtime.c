// The runtime's words from anybody else are what they look like: getppid.
#include <sys/syscall.h>
#include <sys/wait.h>

#include "held.h"
#include "runtime/hypercall.h"

int main(void) {
  const long words[] = {IPCGRADE_HELLO, IPCGRADE_LIBRARY_BEGIN, IPCGRADE_SEM_WAIT,
                        IPCGRADE_MUTEX_LOCK, IPCGRADE_THREAD_JOIN, IPCGRADE_LOG_FULL};
  volatile int* cell = shared(4096);
  const long parent = getppid();
  for (int i = 0; i < 6; ++i) {
    EXPECT(syscall(SYS_getppid, IPCGRADE_MAGIC, words[i], main, 64, 0, 0) == parent);
    *cell = i + 1;
  }
  return done();
}
