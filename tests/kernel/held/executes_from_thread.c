#include <pthread.h>

#include "held.h"

static char** words;

static void* run(void* unused) {
  execl(words[0], words[0], "0", NULL);
  return unused;
}

int main(int count, char** arguments) {
  if (count > 1) return atoi(arguments[1]);
  words = arguments;
  pthread_t thread;
  pthread_create(&thread, NULL, run, NULL);
  pthread_join(thread, NULL);
  return 1;
}
