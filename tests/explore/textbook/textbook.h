// The helper header that every chapter includes: errors are told on stderr and end the program.
#pragma once
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

__attribute__((unused, format(printf, 1, 2))) static void errMsg(const char* format, ...) {
  const int saved = errno;
  va_list arguments;
  fflush(stdout);
  va_start(arguments, format);
  vfprintf(stderr, format, arguments);
  va_end(arguments);
  fprintf(stderr, ": %s\n", strerror(saved));
  errno = saved;
}

#define errExit(...)     \
  do {                   \
    errMsg(__VA_ARGS__); \
    exit(EXIT_FAILURE);  \
  } while (0)

__attribute__((unused, noreturn, format(printf, 1, 2))) static void fatal(const char* format, ...) {
  va_list arguments;
  fflush(stdout);
  va_start(arguments, format);
  vfprintf(stderr, format, arguments);
  va_end(arguments);
  fputc('\n', stderr);
  exit(EXIT_FAILURE);
}

/// A number that is at least `least`.
__attribute__((unused)) static int getInt(const char* text, int least, const char* name) {
  char* end;
  errno = 0;
  const long number = strtol(text, &end, 10);
  if (errno != 0 || *end != '\0' || end == text || number < least || number > INT_MAX) {
    fatal("%s is no number that will do: %s", name, text);
  }
  return (int)number;
}

__attribute__((unused)) static ssize_t readn(int fd, void* buffer, size_t size) {
  size_t got = 0;
  while (got < size) {
    const ssize_t count = read(fd, (char*)buffer + got, size - got);
    if (count == 0) break;
    if (count == -1 && errno == EINTR) continue;
    if (count == -1) return -1;
    got += (size_t)count;
  }
  return (ssize_t)got;
}

__attribute__((unused)) static ssize_t writen(int fd, const void* buffer, size_t size) {
  size_t put = 0;
  while (put < size) {
    const ssize_t count = write(fd, (const char*)buffer + put, size - put);
    if (count == -1 && errno == EINTR) continue;
    if (count == -1) return -1;
    put += (size_t)count;
  }
  return (ssize_t)put;
}
