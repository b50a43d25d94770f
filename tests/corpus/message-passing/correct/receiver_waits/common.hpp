#ifndef COMMON_HPP
#define COMMON_HPP

#include <fcntl.h>
#include <mqueue.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <cstdio>
#include <cstdlib>

#define QNAME "/ipc-lab"
#define QSIZE 512

// First byte of each message.
#define MORE '+'
#define LAST '.'

#endif
