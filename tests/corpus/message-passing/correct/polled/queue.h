#pragma once

#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string>

/// On Linux a queue is a descriptor like others, so poll() can wait for it: mq_overview(7).
class Queue {
  public:
    static constexpr size_t kSize = 1500;

    explicit Queue(int mode) {
        mq_attr attr{};
        attr.mq_maxmsg = 10;
        attr.mq_msgsize = kSize;
        fd_ = mq_open("/ipc-lab", mode | O_CREAT | O_NONBLOCK | O_CLOEXEC, 0600, &attr);
        if (fd_ == -1)
            fail("mq_open");
    }
    Queue(const Queue &) = delete;

    void wait(short events) const {
        pollfd one{fd_, events, 0};
        if (poll(&one, 1, -1) == -1 && errno != EINTR)
            fail("poll");
    }

    int fd() const { return fd_; }
    static bool unlink() { return mq_unlink("/ipc-lab") == 0; }

    [[noreturn]] static void fail(const char *what) {
        throw std::runtime_error(std::string(what) + ": " + strerror(errno));
    }

  private:
    mqd_t fd_;
};
