#pragma once
#include <sys/ipc.h>
#include <sys/msg.h>
#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <string>
#include <cstring>

// One message is one line. The newline travels with it, and an empty line is the end of the transfer.
struct Line {
    long type = 1;
    char text[8000];
};

struct Error : std::runtime_error {
    explicit Error(const std::string& call) : std::runtime_error(call + ": " + std::strerror(errno)) {}
};

inline int queue()
{
    int id = msgget(5679, IPC_CREAT | 0600);
    if (id == -1)
        throw Error("msgget");
    return id;
}
