// Talks to the hypervisor.
// expect: outcome=forbidden-call call=socket(AF_VSOCK
#define _GNU_SOURCE
#include <sys/socket.h>

int main(void) {
  socket(AF_VSOCK, SOCK_STREAM, 0);  // refused here
  return 0;
}
