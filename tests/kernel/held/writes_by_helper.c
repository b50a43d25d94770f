// Writes from three places by one helper, from the third of them three times.
#include "held.h"

static __attribute__((noinline)) void put(const char* text) {
  EXPECT(write(STDOUT_FILENO, text, 1) == 1);  // line 5
}

int main(int count, char** ignored) {  // a count that no compiler knows
  put("a");  // line 9
  put("b");
  for (int i = 0; i < 3 * count; ++i) put("c");
  (void)ignored;
  return failures != 0;
}
