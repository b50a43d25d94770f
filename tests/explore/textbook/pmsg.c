// run: ./program -c
// run: ./program -s 3 first
// run: ./program -s 0 second
// POSIX message queue: two senders, one receiver that makes, drains and unlinks it.
#include <mqueue.h>

#include "textbook.h"

#define NAME "/pmsg_mq"

static void receive(void) {
  struct mq_attr attr = {.mq_maxmsg = 4, .mq_msgsize = 64};
  unsigned int prio;

  mqd_t mqd = mq_open(NAME, O_RDONLY | O_CREAT | O_EXCL, S_IRUSR | S_IWUSR, &attr);
  if (mqd == (mqd_t)-1) errExit("mq_open");
  if (mq_getattr(mqd, &attr) == -1) errExit("mq_getattr");
  char* buffer = malloc(attr.mq_msgsize);
  if (buffer == NULL) errExit("malloc");
  for (int i = 0; i < 2; i++) {
    const ssize_t numRead = mq_receive(mqd, buffer, attr.mq_msgsize, &prio);
    if (numRead == -1) errExit("mq_receive");
    printf("Read %ld bytes; priority = %u\n", (long)numRead, prio);
  }
  if (mq_unlink(NAME) == -1) errExit("mq_unlink");
  exit(EXIT_SUCCESS);
}

static void send(int prio, const char* text) {
  mqd_t mqd;
  while ((mqd = mq_open(NAME, O_WRONLY)) == (mqd_t)-1 && errno == ENOENT) usleep(100000);
  if (mqd == (mqd_t)-1) errExit("mq_open");
  if (mq_send(mqd, text, strlen(text), prio) == -1) errExit("mq_send");
  exit(EXIT_SUCCESS);
}

int main(int argc, char* argv[]) {
  int opt;
  while ((opt = getopt(argc, argv, "cs:")) != -1) {
    if (opt == 'c') receive();
    if (opt == 's' && optind < argc) send(getInt(optarg, 0, "priority"), argv[optind]);
  }
  fatal("usage: %s -c | -s priority message", argv[0]);
}
