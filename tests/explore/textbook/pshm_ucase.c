// run: ./program bounce /uc
// run: ./program send /uc hello
// shm_open(): one process turns what the other puts there into upper case; semaphores inside.
#include <ctype.h>
#include <semaphore.h>
#include <sys/mman.h>

#include "textbook.h"

#define BUF_SIZE 64

struct shmbuf {
  sem_t sem1;
  sem_t sem2;
  size_t cnt;
  char buf[BUF_SIZE];
};

static void bounce(const char* shmpath) {
  int fd = shm_open(shmpath, O_CREAT | O_EXCL | O_RDWR, 0600);
  if (fd == -1) errExit("shm_open");
  if (ftruncate(fd, sizeof(struct shmbuf)) == -1) errExit("ftruncate");
  struct shmbuf* shmp = mmap(NULL, sizeof(*shmp), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (shmp == MAP_FAILED) errExit("mmap");
  if (sem_init(&shmp->sem1, 1, 0) == -1) errExit("sem_init-sem1");
  if (sem_init(&shmp->sem2, 1, 0) == -1) errExit("sem_init-sem2");
  if (fchmod(fd, 0660) == -1) errExit("fchmod");  // "ready"
  if (sem_wait(&shmp->sem1) == -1) errExit("sem_wait");
  for (size_t j = 0; j < shmp->cnt; j++) shmp->buf[j] = toupper((unsigned char)shmp->buf[j]);
  if (sem_post(&shmp->sem2) == -1) errExit("sem_post");
  shm_unlink(shmpath);
  exit(EXIT_SUCCESS);
}

static void sender(const char* shmpath, const char* string) {
  struct stat sb;
  int fd;
  size_t len = strlen(string);
  if (len > BUF_SIZE) fatal("String is too long");
  while ((fd = shm_open(shmpath, O_RDWR, 0)) == -1 && errno == ENOENT) usleep(100000);
  if (fd == -1) errExit("shm_open");
  do {
    if (fstat(fd, &sb) == -1) errExit("fstat");
    if ((sb.st_mode & 0777) != 0660) usleep(100000);
  } while ((sb.st_mode & 0777) != 0660);
  struct shmbuf* shmp = mmap(NULL, sizeof(*shmp), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (shmp == MAP_FAILED) errExit("mmap");
  shmp->cnt = len;
  memcpy(&shmp->buf, string, len);
  if (sem_post(&shmp->sem1) == -1) errExit("sem_post");
  if (sem_wait(&shmp->sem2) == -1) errExit("sem_wait");
  if (write(STDOUT_FILENO, &shmp->buf, len) == -1) errExit("write");
  write(STDOUT_FILENO, "\n", 1);
  exit(EXIT_SUCCESS);
}

int main(int argc, char* argv[]) {
  if (argc == 3 && strcmp(argv[1], "bounce") == 0) bounce(argv[2]);
  if (argc == 4) sender(argv[2], argv[3]);
  fatal("usage: %s bounce|send /shm-path [string]", argv[0]);
}
