#ifndef EXCHANGE_H
#define EXCHANGE_H

#include <stdio.h>
#include <sys/ipc.h>
#include <sys/msg.h>

#define KEY 5679
#define FILENAME "/tmp/exchange"

/* Of any length may be what is passed on this way: the message only says that the file is complete. */
struct note {
  long type;
  unsigned long bytes;
};
#define NOTE_SIZE sizeof(unsigned long)

static int failed(const char *what, int id)
{
  perror(what);
  if (id != -1)
    msgctl(id, IPC_RMID, NULL);
  return 1;
}

#endif
