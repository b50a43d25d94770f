#include "held.h"

int main(void) {
  for (;;) fork();
}
