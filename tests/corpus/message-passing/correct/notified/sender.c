#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SIZE 3000

int
main (void)
{
  struct mq_attr attr = { .mq_maxmsg = 10, .mq_msgsize = SIZE };
  char buf[SIZE];
  ssize_t n;
  mqd_t q;

  q = mq_open ("/ipc-lab", O_WRONLY | O_CREAT, 0600, &attr);
  if (q == (mqd_t) -1)
    {
      fprintf (stderr, "mq_open: %s\n", strerror (errno));
      return 1;
    }

  do
    {
      n = read (0, buf, SIZE);
      if (n < 0)
        {
          fprintf (stderr, "read: %s\n", strerror (errno));
          mq_unlink ("/ipc-lab");
          return 1;
        }
      if (mq_send (q, buf, n, 0) != 0)
        {
          fprintf (stderr, "mq_send: %s\n", strerror (errno));
          mq_unlink ("/ipc-lab");
          return 1;
        }
    }
  while (n != 0);

  return 0;
}
