#include <stdio.h>

__attribute__((constructor)) static void be_evil(void) {
  FILE *file = fopen("/etc/escape", "w");
  if (file != NULL) puts("ESCAPED");
}
