#pragma once
#include <fcntl.h>
#include <mqueue.h>
#include <signal.h>
#include <sys/stat.h>
#include <cerrno>
#include <cstring>
#include <iostream>

namespace lab {
constexpr char name[] = "/ipc-lab";
constexpr std::size_t size = 4000;

inline mqd_t open(int flags) {
    mq_attr attr{};
    attr.mq_maxmsg = 10;
    attr.mq_msgsize = size;
    return mq_open(name, flags | O_CREAT, 0600, &attr);
}

inline int failed(const char* what, bool unlink = true) {
    std::cerr << what << ": " << std::strerror(errno) << std::endl;
    if (unlink) mq_unlink(name);
    return EXIT_FAILURE;
}
}  // namespace lab
