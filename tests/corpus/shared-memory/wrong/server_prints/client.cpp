#include <iostream>
#include <cerrno>
#include <cstdio>
#include <sys/types.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/sem.h>

using namespace std;

bool change(int id, int which, int by) {
  struct sembuf b = {(unsigned short) which, (short) by, 0};
  while (semop(id, &b, 1) < 0)
    if (errno != EINTR) {
      perror("semop");
      return false;
    }
  return true;
}

int main() {
  int mem = shmget(5678, 27, 0644);
  if (mem < 0) {
    perror("shmget");
    return 1;
  }
  int sems = semget(5678, 2, 0644);
  if (sems < 0) {
    perror("semget");
    return 1;
  }
  char* text = (char*) shmat(mem, NULL, 0);
  if (text == (char*) -1) {
    perror("shmat");
    return 1;
  }
  if (!change(sems, 0, -1)) return 1;
  for (int i = 0; text[i]; i++) cout << text[i];
  cout << endl;
  if (!change(sems, 1, 1)) return 1;
  return cout.fail();
}
