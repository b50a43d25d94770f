#ifndef CHANNEL_H_INCLUDED
#define CHANNEL_H_INCLUDED

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static const key_t SHM_KEY = 5678;
static const size_t SHM_LENGTH = 27;
static const char* const FILLED = "/tmp/alphabet.filled";
static const char* const EMPTIED = "/tmp/alphabet.emptied";

// A named pipe is opened by both sides at the same time, open() waits for the other one.
class Channel
{
public:
    Channel(const char* name, int mode) : name_(name)
    {
        do
            fd_ = ::open(name, mode);
        while (fd_ < 0 && errno == EINTR);
        if (fd_ < 0)
            perror(name);
    }
    ~Channel()
    {
        if (fd_ >= 0)
            ::close(fd_);
    }

    bool signal()
    {
        if (fd_ < 0)
            return false;
        ssize_t n;
        do
            n = ::write(fd_, "!", 1);
        while (n < 0 && errno == EINTR);
        if (n != 1)
            perror(name_);
        return n == 1;
    }

    bool wait()
    {
        if (fd_ < 0)
            return false;
        char c;
        ssize_t n;
        do
            n = ::read(fd_, &c, 1);
        while (n < 0 && errno == EINTR);
        if (n < 0)
            perror(name_);
        if (n == 0)
            fprintf(stderr, "%s: the other side is gone\n", name_);
        return n == 1;
    }

private:
    Channel(const Channel&);
    Channel& operator=(const Channel&);

    const char* name_;
    int fd_;
};

#endif
