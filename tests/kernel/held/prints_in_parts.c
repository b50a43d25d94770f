// What a stream holds was printed by several, and is written elsewhere.
#include <stdarg.h>
#include <string.h>

#include "held.h"

static void say(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vprintf(format, arguments);
  va_end(arguments);
}

int main(void) {
  if (write(1, "direct\n", 7) != 7) return 1;
  printf("%d ", 12);
  say("%s ", "four");
  puts("line");
  fflush(stdout);
  if (write(1, "direct\n", 7) != 7) return 1;
  static char fill[4092];
  memset(fill, 'x', sizeof fill);
  fwrite(fill, 1, sizeof fill, stdout);
  fflush(stdout);
  printf("%s", "more");
  puts("!");
  return 0;
}
