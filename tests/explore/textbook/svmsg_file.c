// run: ./program server
// run: ./program client textbook.h
// A file server with two System V queues: requests go to a well-known one, found by ftok(), and
// the pieces of the file come back on the client's own. A child serves each request.
#include <stddef.h>
#include <sys/ipc.h>
#include <sys/msg.h>

#include "textbook.h"

#define REQ_MSG_SIZE \
  (offsetof(struct requestMsg, pathname) - offsetof(struct requestMsg, clientId) + PATH_MAX)
#define RESP_MSG_SIZE 64
#define KEY_FILE "textbook.h"

struct requestMsg {
  long mtype;
  int clientId;
  char pathname[PATH_MAX];
};

struct responseMsg {
  long mtype;
  char data[RESP_MSG_SIZE];
};

enum { RESP_MT_FAILURE = 1, RESP_MT_DATA, RESP_MT_END };

static int clientId;

static void grimReaper(int sig) {
  (void)sig;
  const int savedErrno = errno;
  while (waitpid(-1, NULL, WNOHANG) > 0) continue;
  errno = savedErrno;
}

static void serveRequest(const struct requestMsg* req) {
  struct responseMsg resp;
  ssize_t numRead;
  int fd = open(req->pathname, O_RDONLY);

  if (fd == -1) {
    resp.mtype = RESP_MT_FAILURE;
    snprintf(resp.data, sizeof resp.data, "%s", "Couldn't open");
    msgsnd(req->clientId, &resp, strlen(resp.data) + 1, 0);
    exit(EXIT_FAILURE);
  }
  resp.mtype = RESP_MT_DATA;
  while ((numRead = read(fd, resp.data, RESP_MSG_SIZE)) > 0) {
    if (msgsnd(req->clientId, &resp, numRead, 0) == -1) break;
  }
  resp.mtype = RESP_MT_END;
  msgsnd(req->clientId, &resp, 0, 0);
}

static void server(void) {
  struct requestMsg req;
  struct sigaction sa;
  sigset_t chld, before;

  key_t key = ftok(KEY_FILE, 'm');
  if (key == -1) errExit("ftok");
  int serverId = msgget(key, IPC_CREAT | IPC_EXCL | S_IRUSR | S_IWUSR | S_IWGRP);
  if (serverId == -1) errExit("msgget");
  sigemptyset(&sa.sa_mask);
  sa.sa_flags = SA_RESTART;
  sa.sa_handler = grimReaper;
  if (sigaction(SIGCHLD, &sa, NULL) == -1) errExit("sigaction");
  for (int served = 0; served < 1;) {
    ssize_t msgLen = msgrcv(serverId, &req, REQ_MSG_SIZE, 0, 0);
    if (msgLen == -1) {
      if (errno == EINTR) continue;
      errMsg("msgrcv");
      break;
    }
    pid_t pid = fork();
    if (pid == -1) {
      errMsg("fork");
      break;
    }
    if (pid == 0) {
      serveRequest(&req);
      _exit(EXIT_SUCCESS);
    }
    served++;
  }
  if (msgctl(serverId, IPC_RMID, NULL) == -1) errExit("msgctl");
  sigemptyset(&chld);
  sigaddset(&chld, SIGCHLD);
  sigprocmask(SIG_BLOCK, &chld, &before);
  while (waitpid(-1, NULL, 0) > 0) continue;
  exit(EXIT_SUCCESS);
}

static void removeQueue(void) {
  if (msgctl(clientId, IPC_RMID, NULL) == -1) errMsg("msgctl");
}

static void client(const char* pathname) {
  struct requestMsg req;
  struct responseMsg resp;
  ssize_t msgLen;
  ssize_t totBytes = 0;
  int numMsgs = 1;
  int serverId;

  if (strlen(pathname) > sizeof req.pathname - 1) fatal("pathname too long");
  while ((serverId = msgget(ftok(KEY_FILE, 'm'), S_IWUSR)) == -1 && errno == ENOENT) usleep(200000);
  if (serverId == -1) errExit("msgget - server message queue");
  clientId = msgget(IPC_PRIVATE, S_IRUSR | S_IWUSR | S_IWGRP);
  if (clientId == -1) errExit("msgget - client message queue");
  if (atexit(removeQueue) != 0) errExit("atexit");
  req.mtype = 1;
  req.clientId = clientId;
  strncpy(req.pathname, pathname, sizeof req.pathname - 1);
  req.pathname[sizeof req.pathname - 1] = '\0';
  if (msgsnd(serverId, &req, REQ_MSG_SIZE, 0) == -1) errExit("msgsnd");
  msgLen = msgrcv(clientId, &resp, RESP_MSG_SIZE, 0, 0);
  if (msgLen == -1) errExit("msgrcv");
  if (resp.mtype == RESP_MT_FAILURE) {
    printf("%s\n", resp.data);
    exit(EXIT_FAILURE);
  }
  totBytes = msgLen;
  for (; resp.mtype == RESP_MT_DATA; numMsgs++) {
    msgLen = msgrcv(clientId, &resp, RESP_MSG_SIZE, 0, 0);
    if (msgLen == -1) errExit("msgrcv");
    totBytes += msgLen;
  }
  printf("Received %ld bytes (%d messages)\n", (long)totBytes, numMsgs);
  exit(EXIT_SUCCESS);
}

int main(int argc, char* argv[]) {
  if (argc == 2 && strcmp(argv[1], "server") == 0) server();
  if (argc == 3 && strcmp(argv[1], "client") == 0) client(argv[2]);
  fatal("usage: %s server | client pathname", argv[0]);
}
