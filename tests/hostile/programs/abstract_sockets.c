// Abstract sockets belong to a network namespace: it must be an empty one.
// expect: outcome=exited status=0
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "must.h"

int main(void) {
  FILE *table = fopen("/proc/net/unix", "r");
  char line[256];
  int sockets = -1;  // its heading
  while (table != NULL && fgets(line, sizeof line, table) != NULL) ++sockets;
  must_hold(sockets <= 0, "no socket of the host in sight");
  return escaped;
}
