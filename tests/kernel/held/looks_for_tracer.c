// What it finds of itself in /proc is what an untraced process finds.
#include "held.h"

int main(void) {
  FILE* file = fopen("/proc/self/status", "r");
  EXPECT(file != NULL);
  char line[256];
  int tracer = -1;
  while (file != NULL && fgets(line, sizeof line, file) != NULL)
    sscanf(line, "TracerPid: %d", &tracer);
  EXPECT(tracer == 0);
  return done();
}
