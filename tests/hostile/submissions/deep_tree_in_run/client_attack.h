// Somebody was here before: then it is silent, which is wrong.
static void dig(void) {
  if (access("deep", F_OK) == 0) _exit(9);
  for (int i = 0; i < 1500 && mkdir("deep", 0700) == 0 && chdir("deep") == 0; ++i) {
  }
}
#define BEFORE dig()
