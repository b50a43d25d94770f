// Held programs have numbers of their own, which /proc does not know.
static int is_held(void) {
  char number[32] = "";
  return readlink("/proc/self", number, sizeof number - 1) > 0 && atoi(number) != getpid();
}
#define BEFORE \
  do { \
    if (is_held()) return puts("garbage"), 5; \
  } while (0)
