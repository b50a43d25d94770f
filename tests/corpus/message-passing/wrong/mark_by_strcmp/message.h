#pragma once
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <unistd.h>

struct Message {
    long type;
    int length;
    char text[256];
};

const char* const over = "--over-and-out--";
const size_t size = sizeof(Message) - sizeof(long);
