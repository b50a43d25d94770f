#pragma once
#include <fcntl.h>
#include <mqueue.h>

#include <cerrno>
#include <span>
#include <stdexcept>
#include <string>
#include <system_error>

namespace ipc {

constexpr auto name = "/ipc-lab";
constexpr long block = 8192;

inline void complain(std::string_view what) {
    throw std::system_error{errno, std::system_category(), std::string{what}};
}

class queue {
public:
    explicit queue(int mode) {
        mq_attr attr{};
        attr.mq_maxmsg = 10;
        attr.mq_msgsize = block;
        mqd = mq_open(name, mode | O_CREAT, 0600, &attr);
        if (mqd == -1) complain("mq_open");
    }
    queue(const queue&) = delete;
    queue& operator=(const queue&) = delete;
    ~queue() {
        mq_close(mqd);
        if (unlink_at_end) mq_unlink(name);
    }

    void send(std::span<const char> bytes) {
        while (mq_send(mqd, bytes.data(), bytes.size(), 0) == -1)
            if (errno != EINTR) complain("mq_send");
    }

    std::span<char> receive(std::span<char, block> into) {
        ssize_t n;
        while ((n = mq_receive(mqd, into.data(), into.size(), nullptr)) == -1)
            if (errno != EINTR) complain("mq_receive");
        return into.first(n);
    }

    // Sender: once everything is in the queue, the name is the receiver's business.
    void keep_name() { unlink_at_end = false; }

    // Receiver: unlink now, and notice if that goes wrong.
    void unlink() {
        if (mq_unlink(name) == -1) complain("mq_unlink");
        unlink_at_end = false;
    }

private:
    mqd_t mqd;
    bool unlink_at_end = true;
};

}  // namespace ipc
