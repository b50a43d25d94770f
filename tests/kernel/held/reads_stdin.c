#include "held.h"

int main(void) {
  char line[64] = "";
  EXPECT(fgets(line, sizeof line, stdin) != NULL && strcmp(line, "hello\n") == 0);
  EXPECT(fgets(line, sizeof line, stdin) == NULL);
  return done();
}
