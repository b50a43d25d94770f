#include "bell.h"
#include <string.h>

int main(void)
{
  char text[SIZE];
  const char *p;
  int queue, segment;

  segment = shmget(KEY, SIZE, 0);
  if (segment == -1) {
    perror("shmget");
    return EXIT_FAILURE;
  }
  queue = msgget(KEY, 0);
  if (queue == -1) {
    perror("msgget");
    return EXIT_FAILURE;
  }
  p = shmat(segment, NULL, SHM_RDONLY);
  if (p == (const char *)-1) {
    perror("shmat");
    return EXIT_FAILURE;
  }

  if (wait_for_bell(queue, TO_CLIENT) == -1)
    return EXIT_FAILURE;
  strncpy(text, p, SIZE);
  if (ring(queue, TO_SERVER) == -1)
    return EXIT_FAILURE;

  if (fprintf(stdout, "%.26s\n", text) != 27 || fclose(stdout) != 0) {
    perror("stdout");
    return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}
