#ifndef IO_H
#define IO_H

#include <sys/types.h>

#define BLOCK 2048

/* Like readv and writev, but only readv is: the rest of an interrupted call is done. */
ssize_t get_block(int fd, char *block);
int put_block(int fd, const char *block, size_t size);

int child(int in, int out);

#endif
