#include "held.h"

int main(void) {
  for (;;) puts("y");
}
