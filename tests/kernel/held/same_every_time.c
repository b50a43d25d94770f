// Prints what is usually different every time.
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/random.h>
#include <time.h>
#include <x86intrin.h>

#include "held.h"

int main(void) {
  unsigned long long values[4] = {0};
  const int device = open("/dev/urandom", O_RDONLY);
  EXPECT(read(device, &values[0], 8) == 8 && read(device, &values[1], 8) == 8);
  EXPECT(values[0] != values[1]);
  EXPECT(getrandom(&values[2], 8, 0) == 8);
  const unsigned long long before = __rdtsc();
  usleep(1000);
  unsigned processor;
  const unsigned long long after = __rdtscp(&processor);
  EXPECT(after > before);
  FILE* stream = fopen("/dev/random", "r");
  EXPECT(stream != NULL && fread(&values[3], 8, 1, stream) == 1);
  printf("%llx %llx %llx %llx %llu %llu %p %p %ld\n", values[0], values[1], values[2], values[3],
         before, after, (void*)main, (void*)malloc(8), (long)getpid());
  return done();
}
