#include "exchange.h"

int main(void)
{
  struct note note;
  unsigned long i;
  int c;

  int id = msgget(KEY, IPC_CREAT | 0600);
  if (id == -1)
    return failed("msgget", -1);
  if (msgrcv(id, &note, NOTE_SIZE, 1, 0) == -1)
    return failed("msgrcv", id);

  FILE *f = fopen(FILENAME, "rb");
  if (f == NULL)
    return failed(FILENAME, id);
  for (i = 0; i < note.bytes; i++)
    if ((c = getc(f)) == EOF || putchar(c) == EOF)
      return failed("copying", id);
  fclose(f);
  remove(FILENAME);
  if (fflush(stdout) != 0)
    return failed("stdout", id);

  if (msgctl(id, IPC_RMID, NULL) == -1)
    return failed("msgctl", -1);
  return 0;
}
