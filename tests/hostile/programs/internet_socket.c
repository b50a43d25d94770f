// The network, where the lab has none.
// expect: outcome=forbidden-call call=socket(AF_INET,
// flags: --allow signals
#define _GNU_SOURCE
#include <sys/socket.h>

int main(void) {
  socket(AF_INET, SOCK_STREAM, 0);  // refused here
  return 0;
}
