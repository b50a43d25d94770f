#include <fcntl.h>

#include "held.h"

int main(void) { return open("/proc/self/mem", O_RDWR) < 0; }
