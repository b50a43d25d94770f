#pragma once

#include <fcntl.h>
#include <mqueue.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <stdexcept>
#include <string>

struct Failure : std::runtime_error {
    explicit Failure(std::string call) : std::runtime_error(call + " failed: " + std::strerror(errno)) {}
};

class Mailslot {
public:
    static constexpr std::size_t most = 3333;

    explicit Mailslot(int mode) {
        mq_attr attr{};
        attr.mq_maxmsg = 9;
        attr.mq_msgsize = most;
        queue = mq_open("/ipc-lab", mode | O_CREAT, 0600, &attr);
        if (queue == -1) {
            std::cerr << Failure("mq_open").what() << "\n";
            std::exit(1);
        }
    }

    void send(const char* text, std::size_t size) {
        if (mq_send(queue, text, size, 0) == -1) throw Failure("mq_send");
    }

    std::string receive() {
        std::string text(most, '\0');
        const auto size = mq_receive(queue, text.data(), text.size(), nullptr);
        if (size == -1) throw Failure("mq_receive");
        text.resize(size);
        return text;
    }

    int unlink() { return mq_unlink("/ipc-lab"); }

private:
    mqd_t queue;
};
