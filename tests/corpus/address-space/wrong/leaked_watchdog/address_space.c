#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static int number = 1;
static int up[2], down[2];

static void close_all(void)
{
  close(up[0]);
  close(up[1]);
  close(down[0]);
  close(down[1]);
}

/* If nobody lets us go, we don't want to sit here for ever. */
static int watch_me(void)
{
  pid_t me = getpid(), dog = fork();
  if (dog == 0) {
    close_all();
    fclose(stdout);
    sleep(60);
    kill(me, SIGKILL);
    _exit(0);
  }
  return dog == -1 ? -1 : 0;
}

static int child(int *page)
{
  char c = 0;
  number = *page = 2;
  if (printf("child %p %d %d\n", (void *)&number, number, *page) < 0 || fflush(stdout) != 0) {
    perror("child: stdout");
    return 1;
  }
  if (watch_me() == -1) {
    perror("child: fork");
    return 1;
  }
  if (write(up[1], &c, 1) == -1 || read(down[0], &c, 1) == -1) {
    perror("child: pipe");
    return 1;
  }
  return 0;
}

int main(void)
{
  int status, peer, bad = 1;
  char c;
  int *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED || pipe(up) == -1 || pipe(down) == -1) {
    perror("address_space");
    return 1;
  }
  *page = 1;
  pid_t pid = fork();
  if (pid == -1) {
    perror("fork");
    return 1;
  }
  if (pid == 0) {
    close(up[0]);
    close(down[1]);
    up[0] = down[1] = -1;
    _exit(child(page));
  }
  close(up[1]);
  close(down[0]);
  if (read(up[0], &c, 1) == 1) {
    struct iovec l = {&peer, sizeof peer}, r = {&number, sizeof number};
    if (process_vm_readv(pid, &l, 1, &r, 1, 0) == -1)
      printf("peer denied\n");
    else
      printf("peer %d\n", peer);
    bad = fflush(stdout);
  }
  close(down[1]);
  if (waitpid(pid, &status, 0) == -1 || status != 0 || bad) {
    fprintf(stderr, "address_space: failed\n");
    return 1;
  }
  printf("parent %p %d %d\n", (void *)&number, number, *page);
  uint64_t entry = 0;
  int fd = open("/proc/self/pagemap", O_RDONLY);
  if (fd != -1) {
    if (pread(fd, &entry, 8, (uintptr_t)&number / 4096 * 8) != 8) entry = 0;
    close(fd);
  }
  entry &= UINT64_MAX >> 9;
  if (entry)
    printf("frame 0x%llx\n", (unsigned long long)entry);
  else
    printf("frame hidden\n");
  if (fflush(stdout) != 0) {
    perror("stdout");
    return 1;
  }
  return 0;
}
