#include <fcntl.h>

#include "held.h"

int main(void) {
  static char block[1 << 16];
  const int file = open("huge", O_CREAT | O_WRONLY, 0600);
  for (;;) write(file, block, sizeof block);
}
