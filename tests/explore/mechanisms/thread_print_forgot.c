// finds: data-race
// Prints what a thread fills before that is waited for: printf reads it.
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
  printf("%d %.1f '%s'\n", 1, 2.0, text);
  pthread_join(worker, NULL);
  return 0;
}
