// Prints what a thread filled: printf reads it, with other arguments beside.
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char text[8];

static void *work(void *unused) {
  strcpy(text, "ready");
  return unused;
}

int main(void) {
  pthread_t worker;
  if (pthread_create(&worker, NULL, work, NULL) != 0) abort();
  pthread_join(worker, NULL);
  printf("%d %.1f %.*s '%s'\n", 1, 2.0, 2, "three", text);
  return 0;
}
