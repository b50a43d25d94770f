#pragma once

#include <sys/sem.h>

#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>

__attribute__((format(printf, 1, 2))) inline void say(const char* format, ...) {
    va_list args;
    va_start(args, format);
    std::vfprintf(stderr, format, args);
    va_end(args);
}

inline void complain(const char* what) { say("!!! %s: %s\n", what, std::strerror(errno)); }

inline void (*at_failure)() = [] {};

[[noreturn]] inline void fatal(const char* what) {
    complain(what);
    at_failure();
    std::exit(1);
}

inline void change(int set, unsigned short which, short by) {
    sembuf operation = {which, by, 0};
    while (semop(set, &operation, 1) < 0)
        if (errno != EINTR) fatal("semop");
}
