// run: ./program -s -n 2
// run: ./program -c 3
// run: ./program -c 2
// A server gives out sequence numbers: clients ask by its FIFO, and are answered by one of their
// own.
#include "textbook.h"

#define SERVER_FIFO "/tmp/seqnum_sv"
#define CLIENT_FIFO_TEMPLATE "/tmp/seqnum_cl.%ld"
#define CLIENT_FIFO_NAME_LEN (sizeof(CLIENT_FIFO_TEMPLATE) + 20)

struct request {
  pid_t pid;
  int seqLen;
};

struct response {
  int seqNum;
};

static char clientFifo[CLIENT_FIFO_NAME_LEN];

static void removeFifo(void) { unlink(clientFifo); }

static void serve(int requests) {
  struct request req;
  struct response resp;
  int seqNum = 0;

  umask(0);
  if (mkfifo(SERVER_FIFO, S_IRUSR | S_IWUSR | S_IWGRP) == -1 && errno != EEXIST) {
    errExit("mkfifo %s", SERVER_FIFO);
  }
  int serverFd = open(SERVER_FIFO, O_RDONLY);
  if (serverFd == -1) errExit("open %s", SERVER_FIFO);
  int dummyFd = open(SERVER_FIFO, O_WRONLY);  // so that there never is an end of file
  if (dummyFd == -1) errExit("open %s", SERVER_FIFO);
  if (signal(SIGPIPE, SIG_IGN) == SIG_ERR) errExit("signal");
  while (requests > 0) {
    if (read(serverFd, &req, sizeof req) != sizeof req) {
      fprintf(stderr, "Error reading request; discarding\n");
      continue;
    }
    requests--;
    snprintf(clientFifo, CLIENT_FIFO_NAME_LEN, CLIENT_FIFO_TEMPLATE, (long)req.pid);
    int clientFd = open(clientFifo, O_WRONLY);
    if (clientFd == -1) {
      errMsg("open %s", clientFifo);
      continue;
    }
    resp.seqNum = seqNum;
    if (write(clientFd, &resp, sizeof resp) != sizeof resp) errMsg("write to %s", clientFifo);
    if (close(clientFd) == -1) errMsg("close");
    seqNum += req.seqLen;
  }
  unlink(SERVER_FIFO);
  exit(EXIT_SUCCESS);
}

static void ask(int length) {
  struct request req;
  struct response resp;
  int serverFd;

  umask(0);
  snprintf(clientFifo, CLIENT_FIFO_NAME_LEN, CLIENT_FIFO_TEMPLATE, (long)getpid());
  if (mkfifo(clientFifo, S_IRUSR | S_IWUSR | S_IWGRP) == -1 && errno != EEXIST) {
    errExit("mkfifo %s", clientFifo);
  }
  if (atexit(removeFifo) != 0) errExit("atexit");
  req.pid = getpid();
  req.seqLen = length;
  while ((serverFd = open(SERVER_FIFO, O_WRONLY)) == -1 && errno == ENOENT) usleep(100000);
  if (serverFd == -1) errExit("open %s", SERVER_FIFO);
  if (write(serverFd, &req, sizeof req) != sizeof req) fatal("Can't write to server");
  int clientFd = open(clientFifo, O_RDONLY);
  if (clientFd == -1) errExit("open %s", clientFifo);
  if (read(clientFd, &resp, sizeof resp) != sizeof resp) fatal("Can't read response from server");
  printf("%d\n", resp.seqNum);
  exit(EXIT_SUCCESS);
}

int main(int argc, char* argv[]) {
  int opt;
  int requests = 1;
  bool server = false;

  while ((opt = getopt(argc, argv, "sn:c:")) != -1) {
    switch (opt) {
      case 's':
        server = true;
        break;
      case 'n':
        requests = getInt(optarg, 1, "n");
        break;
      case 'c':
        ask(getInt(optarg, 1, "seq-len"));
        break;
      default:
        fatal("usage: %s -s [-n requests] | -c seq-len", argv[0]);
    }
  }
  if (server) serve(requests);
  exit(EXIT_FAILURE);
}
