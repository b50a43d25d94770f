#include <stdio.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include "sock.h"

int main(void)
{
  int id = shmget(5678, 64, 0);
  if (id < 0) {
    perror("shmget");
    return 1;
  }

  struct sockaddr_un addr = address();
  int server = socket(AF_UNIX, SOCK_STREAM, 0);
  if (server < 0) {
    perror("socket");
    return 1;
  }
  while (connect(server, (struct sockaddr *)&addr, sizeof addr) < 0) {
    if (errno == EINTR)
      continue;
    perror("connect");
    return 1;
  }

  const char *text = shmat(id, NULL, SHM_RDONLY);
  if (text == (char *)-1) {
    perror("shmat");
    return 1;
  }
  if (!get_byte(server))
    return 1;
  char copy[27];
  snprintf(copy, sizeof copy, "%s", text);
  if (!put_byte(server))
    return 1;

  puts(copy);
  if (fclose(stdout) != 0) {
    perror("stdout");
    return 1;
  }
  return 0;
}
