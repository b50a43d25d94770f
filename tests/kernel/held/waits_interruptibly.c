// Waits that a handler could end, and some that it could not: since it is blocked, or nobody need
// wait.
#define _GNU_SOURCE
#include <semaphore.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/sem.h>
#include <sys/wait.h>
#include <unistd.h>

#include "held.h"

static void nothing(int signal) { (void)signal; }

int main(void) {
  const int set = semget(IPC_PRIVATE, 1, 0600);
  struct sembuf up = {0, 1, 0}, down = {0, -1, 0}, hasty = {0, -1, IPC_NOWAIT};
  sem_t* semaphore =
      mmap(NULL, sizeof(sem_t), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  sem_init(semaphore, 1, 0);
  if (fork() == 0) {
    for (int i = 0; i < 3; ++i) {
      usleep(1000);
      semop(set, &up, 1);
      usleep(1000);
      sem_post(semaphore);
    }
    _exit(0);
  }
  semop(set, &down, 1);
  sem_wait(semaphore);  // nobody handles anything yet
  struct sigaction action = {.sa_handler = nothing};
  sigaction(SIGUSR1, &action, NULL);
  semop(set, &down, 1);  // can be interrupted
  sem_wait(semaphore);   // can be interrupted
  semop(set, &up, 1);
  semop(set, &down, 1);  // need not wait
  sem_post(semaphore);
  sem_wait(semaphore);
  semop(set, &hasty, 1);
  sigset_t blocked;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGUSR1);
  sigprocmask(SIG_BLOCK, &blocked, NULL);
  semop(set, &down, 1);
  sem_wait(semaphore);
  wait(NULL);
  semctl(set, 0, IPC_RMID);
  return done();
}
