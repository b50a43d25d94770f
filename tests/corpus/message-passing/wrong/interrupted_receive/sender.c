#include "shared.h"

int main(void)
{
  char block[MAXTEXT];
  size_t size;

  if (join_queue() == -1)
    return 1;
  while ((size = fread(block, 1, MAXTEXT, stdin)) > 0)
    if (put(TEXT, block, size) == -1)
      return leave_queue(1);
  if (ferror(stdin)) {
    perror("stdin");
    return leave_queue(1);
  }
  if (put(END, block, 0) == -1)
    return leave_queue(1);
  return 0;
}
