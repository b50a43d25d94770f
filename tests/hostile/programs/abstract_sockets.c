// Abstract sockets belong to a network namespace: it must be an empty one. Without one, /proc shows
// their names, and there is no socket to connect.
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
  if (HAS_NAMESPACES) must_hold(sockets <= 0, "no socket of the host in sight");
  // The test listens at this name.
  struct sockaddr_un there = {.sun_family = AF_UNIX, .sun_path = "\0escape"};
  const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  must_hold((fd >= 0) == HAS_NAMESPACES, "a socket, in a network of its own alone");
  must_fail(connect(fd, (struct sockaddr *)&there, offsetof(struct sockaddr_un, sun_path) + 7),
            "connect to a socket of the host");
  return escaped;
}
