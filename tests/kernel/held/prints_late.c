// What is printed and not flushed is written as the process ends: the parent's, and a child's.
#include <sys/wait.h>

#include "held.h"

int main(void) {
  printf("flushed\n");
  fflush(stdout);
  if (fork() == 0) {
    printf("of the child\n");
    return 0;
  }
  wait(NULL);
  for (const char* at = "o"; *at != '\0'; ++at) putchar(*at);
  puts("k");
  return 0;
}
