// A stack that is used up is not a memory limit.
// expect: outcome=signalled signal=SIGSEGV
#pragma GCC diagnostic ignored "-Winfinite-recursion"
static int descend(volatile char *above) {
  volatile char frame[4096];
  frame[0] = above[0];
  return descend(frame) + frame[0];
}

int main(void) {
  volatile char first = 1;
  return descend(&first);
}
