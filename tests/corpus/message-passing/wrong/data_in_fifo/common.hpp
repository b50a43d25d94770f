#pragma once

#include <fcntl.h>
#include <mqueue.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <iostream>
#include <system_error>

// Control and data apart, like in ftp: the queue says how much is coming, the FIFO brings it.
constexpr auto control = "/ipc-lab";
constexpr auto data = "/tmp/ipc-lab.data";
constexpr std::uint32_t most = 4096;

[[noreturn]] inline void fail(const char* what) {
    throw std::system_error{errno, std::generic_category(), what};
}

inline mqd_t open_control(int mode) {
    mq_attr attr{};
    attr.mq_maxmsg = 10;
    attr.mq_msgsize = sizeof(std::uint32_t);
    const mqd_t q = mq_open(control, mode | O_CREAT, 0600, &attr);
    if (q == -1) fail("mq_open");
    return q;
}

// open() waits for the other side
inline int open_data(int mode) {
    if (mkfifo(data, 0600) == -1 && errno != EEXIST) fail("mkfifo");
    const int fd = open(data, mode);
    if (fd == -1) fail("open");
    return fd;
}

template <typename Work>
int run(const char* name, Work work) {
    std::signal(SIGPIPE, SIG_IGN);
    try {
        work();
        return 0;
    } catch (const std::system_error& e) {
        std::cerr << name << ": " << e.what() << std::endl;
        mq_unlink(control);
        return 1;
    }
}
