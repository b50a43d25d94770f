// Waits that a handler could end, and some that it could not.
#define _GNU_SOURCE
#include <semaphore.h>
#include <signal.h>
#include <sys/sem.h>

#include "held.h"

static void nothing(int signal) { (void)signal; }

int main(void) {
  const int set = semget(IPC_PRIVATE, 1, 0600);
  struct sembuf up = {0, 5, 0}, down = {0, -1, 0}, hasty = {0, -1, IPC_NOWAIT};
  sem_t semaphore;
  sem_init(&semaphore, 0, 3);
  semop(set, &up, 1);
  semop(set, &down, 1);
  sem_wait(&semaphore);  // nobody handles anything yet
  struct sigaction action = {.sa_handler = nothing};
  sigaction(SIGUSR1, &action, NULL);
  semop(set, &up, 1);
  semop(set, &hasty, 1);
  semop(set, &down, 1);  // can be interrupted
  sem_wait(&semaphore);  // can be interrupted
  sigset_t blocked;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGUSR1);
  sigprocmask(SIG_BLOCK, &blocked, NULL);
  semop(set, &down, 1);
  sem_wait(&semaphore);
  semctl(set, 0, IPC_RMID);
  return done();
}
