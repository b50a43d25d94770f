// Local sockets with names in the current folder.
#pragma once
#include "hand_over.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

static inline const struct sockaddr* address(const char* name) {
  static struct sockaddr_un local = {.sun_family = AF_UNIX};
  strcpy(local.sun_path, name);
  return (const struct sockaddr*)&local;
}

static inline int bound(int type, const char* name) {
  int made = socket(AF_UNIX, type, 0);
  MUST(bind(made, address(name), sizeof(struct sockaddr_un)) == 0);
  return made;
}

union control {
  struct cmsghdr header;
  char bytes[CMSG_SPACE(sizeof(int))];
};

static inline void send_descriptor(int through, int descriptor) {
  union control control = {.header = {CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS}};
  memcpy(CMSG_DATA(&control.header), &descriptor, sizeof descriptor);
  struct iovec byte = {"x", 1};
  struct msghdr message = {
      .msg_iov = &byte, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  MUST(sendmsg(through, &message, 0) == 1);
}

static inline int received_descriptor(int through) {
  union control control;
  char byte;
  struct iovec to = {&byte, 1};
  struct msghdr message = {
      .msg_iov = &to, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  int descriptor;
  MUST(recvmsg(through, &message, 0) == 1);
  memcpy(&descriptor, CMSG_DATA(&control.header), sizeof descriptor);
  return descriptor;
}
