#pragma once

#include <fcntl.h>
#include <mqueue.h>
#include <sys/stat.h>

#include <array>
#include <cstdio>

using Block = std::array<char, 2000>;

// RAII wrapper for the queue. Unlinks it in the end if told so.
class MessageQueue {
 public:
  explicit MessageQueue(int flags) {
    mq_attr attr{};
    attr.mq_maxmsg = 10;
    attr.mq_msgsize = sizeof(Block);
    id_ = mq_open("/ipc-lab", flags | O_CREAT, 0600, &attr);
  }
  ~MessageQueue() {
    if (!ok()) return;
    mq_close(id_);
    if (unlink_) mq_unlink("/ipc-lab");
  }
  MessageQueue(const MessageQueue&) = delete;
  MessageQueue& operator=(const MessageQueue&) = delete;

  bool ok() const { return id_ != -1; }
  mqd_t id() const { return id_; }
  void unlink_at_end(bool yes) { unlink_ = yes; }
  bool unlink_now() {
    unlink_ = false;
    return mq_unlink("/ipc-lab") == 0;
  }

 private:
  mqd_t id_;
  bool unlink_ = true;
};
