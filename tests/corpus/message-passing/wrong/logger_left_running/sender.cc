#include <stdio.h>
#include <sys/ipc.h>
#include <sys/msg.h>

struct Item
{
  long type;
  char data[1999];
};

int main()
{
  Item item;
  size_t n;
  int id = msgget(5679, IPC_CREAT | 0600);
  if (id == -1)
    {
      perror("sender: msgget");
      return 1;
    }
  do
    {
      n = fread(item.data, 1, sizeof item.data, stdin);
      item.type = n > 0 ? 1 : 2;
      if (ferror(stdin) || msgsnd(id, &item, n, 0) == -1)
        {
          perror("sender");
          msgctl(id, IPC_RMID, NULL);
          return 1;
        }
    }
  while (n > 0);
  return 0;
}
