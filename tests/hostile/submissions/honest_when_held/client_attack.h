#define WITHIN(text) \
  do { \
    if (!is_held()) text = garbage; \
  } while (0)
static char garbage[27] = "garbage";
