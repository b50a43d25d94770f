#include "exchange.h"

int main(void)
{
  char buffer[4096];
  size_t n;
  struct note note = { 1, 0 };

  int id = msgget(KEY, IPC_CREAT | 0600);
  if (id == -1)
    return failed("msgget", -1);

  FILE *f = fopen(FILENAME, "wb");
  if (f == NULL)
    return failed(FILENAME, id);
  while ((n = fread(buffer, 1, sizeof buffer, stdin)) > 0) {
    if (fwrite(buffer, 1, n, f) != n)
      return failed(FILENAME, id);
    note.bytes += n;
  }
  if (ferror(stdin))
    return failed("stdin", id);
  if (fclose(f) != 0)
    return failed(FILENAME, id);

  /* "it is there" */
  if (msgsnd(id, &note, NOTE_SIZE, 0) == -1)
    return failed("msgsnd", id);
  return 0;
}
