#define BEFORE \
  do { \
    if (is_held()) return puts("garbage"), 5; \
  } while (0)
