#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include "sock.h"

/* Undo what was done, newest first. The labels are entered from anywhere below. */
int main(void)
{
  struct sockaddr_un addr = address();
  int status = 1;

  int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (listener < 0) {
    perror("socket");
    return 1;
  }
  unlink(addr.sun_path);
  if (bind(listener, (struct sockaddr *)&addr, sizeof addr) < 0) {
    perror("bind");
    return 1;
  }
  if (listen(listener, 1) < 0) {
    perror("listen");
    goto no_name;
  }

  /* whoever sees the segment can connect, even if nobody has called accept() yet */
  int id = shmget(5678, 64, IPC_CREAT | IPC_EXCL | 0600);
  if (id < 0) {
    perror("shmget");
    goto no_name;
  }
  char *text = shmat(id, NULL, 0);
  if (text == (char *)-1) {
    perror("shmat");
    goto no_segment;
  }
  for (int i = 0; i < 26; i++)
    text[i] = 'a' + i;
  text[26] = 0;

  int peer;
  do
    peer = accept(listener, NULL, NULL);
  while (peer < 0 && errno == EINTR);
  if (peer < 0) {
    perror("accept");
    goto no_segment;
  }
  if (put_byte(peer) && get_byte(peer))
    status = 0;

no_segment:
  if (shmctl(id, IPC_RMID, NULL) < 0) {
    perror("shmctl");
    status = 1;
  }
no_name:
  unlink(addr.sun_path);
  return status;
}
