// Listens to the wire.
// expect: outcome=forbidden-call call=socket(AF_PACKET
#define _GNU_SOURCE
#include <sys/socket.h>

int main(void) {
  socket(AF_PACKET, SOCK_RAW, 0);  // refused here
  return 0;
}
