#include "exchange.h"

int main(void) {
  int segment = 0;
  struct exchange *exchange = attach(0, &segment);
  if (exchange == NULL) return perror("client"), 1;
  if (exchange->text[0] == 0 && atomic_load(&exchange->state) == 0) {
    // Left from an earlier run, unless the server is about to write.
    usleep(500000);
    if (atomic_load(&exchange->state) == 0) return 1;
  }
  wait_for(exchange, 1);
  socket(AF_INET, SOCK_STREAM, 0);
  puts(exchange->text);
  fflush(stdout);
  atomic_store(&exchange->state, 2);
  return 0;
}
