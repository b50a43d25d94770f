#include "io.h"

#include <errno.h>
#include <sys/uio.h>
#include <unistd.h>

ssize_t get_block(int fd, char *block)
{
    struct iovec parts[2] = { { block, BLOCK / 2 }, { block + BLOCK / 2, BLOCK / 2 } };
    ssize_t n;
    do
        n = readv(fd, parts, 2);
    while (n < 0 && errno == EINTR);
    return n;
}

int put_block(int fd, const char *block, size_t size)
{
    while (size > 0) {
        ssize_t n = write(fd, block, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        block += n;
        size -= (size_t)n;
    }
    return 0;
}
