#ifndef CHANNEL_H
#define CHANNEL_H

#include <sys/types.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <string>

// Messages are text: one to sixty bytes in hexadecimal, or a lone "." for the end.
struct Message
{
    long type;
    char text[121];
};

inline bool complain(const char* what)
{
    std::cerr << what << ": " << std::strerror(errno) << std::endl;
    return false;
}

#endif
