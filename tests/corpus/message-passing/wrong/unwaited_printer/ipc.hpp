#pragma once

#include <fcntl.h>
#include <mqueue.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

inline mqd_t open_queue(int access) {
  mq_attr attr{};
  attr.mq_maxmsg = 10;
  attr.mq_msgsize = 1000;
  const mqd_t queue = mq_open("/ipc-lab", access | O_CREAT, 0600, &attr);
  if (queue == -1) {
    std::perror("mq_open");
    std::exit(1);
  }
  return queue;
}

[[noreturn]] inline void abandon(const char* call) {
  std::perror(call);
  mq_unlink("/ipc-lab");
  std::exit(1);
}
