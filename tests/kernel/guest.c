// What commands do in the tests of boxes: `guest ACTION ARGUMENT…`. Says "ready" where a test waits
// for a moment, and exits 0 when it got what it wanted, unless said otherwise.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <pthread.h>
#include <pwd.h>
#include <semaphore.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static void say(const char* text) {
  puts(text);
  fflush(stdout);
}

static int fail(const char* what) {
  printf("%s: %s\n", what, strerror(errno));
  return 1;
}

static void burn(void) {
  for (volatile unsigned long i = 0;; ++i) {
  }
}

/// CPU time of children that nobody waits for is in no wait status.
static void burn_in_children(void) {
  signal(SIGCHLD, SIG_IGN);
  for (;;) {
    if (fork() == 0) {
      for (volatile unsigned long i = 0; i < 20000000; ++i) {
      }
      _exit(0);
    }
    usleep(20000);
  }
}

static void touch(size_t mebibytes) {
  char* memory =
      mmap(NULL, mebibytes << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) exit(fail("mmap"));
  memset(memory, 1, mebibytes << 20);
}

/// COUNT processes of MIB each.
static int share_out_memory(int count, size_t mebibytes) {
  for (int i = 0; i < count; ++i) {
    if (fork() == 0) {
      touch(mebibytes);
      pause();
    }
  }
  pause();
  return 0;
}

static int fork_until_refused(void) {
  for (int i = 0; i < 10000; ++i) {
    const pid_t child = fork();
    if (child < 0) return 1;  // at once: the keeper may not have looked yet
    if (child == 0) {
      pause();
      _exit(0);
    }
  }
  return 0;
}

static int fork_on(void) {
  for (;;) {
    if (fork() == 0) {
      pause();
      _exit(0);
    }
  }
}

static int write_file(long long bytes) {
  const int file = open("big", O_WRONLY | O_CREAT, 0644);
  static char block[65536];
  for (long long left = bytes; left > 0; left -= (long long)sizeof block) {
    if (write(file, block, sizeof block) < 0) return fail("write");
  }
  return 0;
}

static int open_internet_socket(void) {
  printf("%d\n", __LINE__ + 2);
  fflush(stdout);
  return socket(AF_INET, SOCK_STREAM, 0) < 0 ? fail("socket") : 0;
}

/// The child does it when its parent has ended.
static int open_internet_socket_late(void) {
  if (fork() == 0) {
    setsid();
    while (getppid() != 1) usleep(1000);
    _exit(open_internet_socket());
  }
  return 0;
}

static int leave_all(void) {
  if (shmget(5678, 27, IPC_CREAT | 0600) < 0) return fail("shmget");
  if (semget(5678, 3, IPC_CREAT | 0600) < 0) return fail("semget");
  const int queue = msgget(5679, IPC_CREAT | 0600);
  struct {
    long type;
    char text[5];
  } message = {1, "hello"};
  if (queue < 0 || msgsnd(queue, &message, 5, 0) != 0) return fail("msgget");
  if (mq_open("/queue", O_CREAT | O_RDWR, 0600, NULL) < 0) return fail("mq_open");
  const int shared = shm_open("/object", O_CREAT | O_RDWR, 0600);
  if (shared < 0 || ftruncate(shared, 100) != 0) return fail("shm_open");
  if (sem_open("/semaphore", O_CREAT, 0600, 1) == SEM_FAILED) return fail("sem_open");
  if (fork() == 0) {
    setsid();
    sleep(1000);
    _exit(0);
  }
  return 0;
}

static int remove_segment(int key) {
  const int segment = shmget(key, 0, 0);
  if (segment < 0) return fail("shmget");
  return shmctl(segment, IPC_RMID, NULL) != 0 ? fail("IPC_RMID") : 0;
}

/// One of its own in the place of another, which looks the same.
static int replace_segment(int key, size_t size) {
  if (remove_segment(key) != 0) return 1;
  return shmget(key, size, IPC_CREAT | IPC_EXCL | 0600) < 0 ? fail("shmget") : 0;
}

static sem_t notified;
static void take_notification(union sigval value) {
  if (value.sival_int == 7) sem_post(&notified);
}
/// The C library calls a function in a thread when the kernel says that a message has come.
static int notify_by_thread(void) {
  const mqd_t queue = mq_open("/queue", O_CREAT | O_RDWR, 0600, NULL);
  if (queue < 0) return fail("mq_open");
  struct sigevent event = {.sigev_notify = SIGEV_THREAD, .sigev_value = {.sival_int = 7}};
  event.sigev_notify_function = take_notification;
  sem_init(&notified, 0, 0);
  if (mq_notify(queue, &event) != 0) return fail("mq_notify");
  if (mq_send(queue, "x", 1, 0) != 0) return fail("mq_send");
  const int waited = sem_wait(&notified);
  mq_unlink("/queue");
  return waited != 0 ? fail("sem_wait") : 0;
}

/// The child ends after its parent, which has not waited for it.
static int orphan(void) {
  if (fork() == 0) {
    while (getppid() != 1) usleep(1000);
    _exit(0);
  }
  return 0;
}
static int orphan_writes_file(long long bytes) {
  if (fork() == 0) {
    while (getppid() != 1) usleep(1000);
    _exit(write_file(bytes));
  }
  return 0;
}

static void* sleep_on(void* nothing) {
  sleep(1000);
  return nothing;
}

/// A process whose first thread has ended and whose second has not: its state is Z.
static int headless(void) {
  if (fork() == 0) {
    setsid();
    pthread_t thread;
    pthread_create(&thread, NULL, sleep_on, NULL);
    pthread_exit(NULL);
  }
  usleep(200000);
  return 0;
}

static void ignore(int number) { (void)number; }

/// Two commands of one box: one writes its number to a file and waits for SIGUSR1.
static int wait_for_signal(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  sigprocmask(SIG_BLOCK, &set, NULL);
  signal(SIGUSR1, ignore);
  FILE* file = fopen("pid.new", "w");
  fprintf(file, "%d\n", getpid());
  fclose(file);
  rename("pid.new", "pid");
  say("ready");
  const struct timespec most = {20, 0};
  return sigtimedwait(&set, NULL, &most) == SIGUSR1 ? 0 : 1;
}
static int send_signal(void) {
  FILE* file = fopen("pid", "r");
  int pid = 0;
  if (file == NULL || fscanf(file, "%d", &pid) != 1) return fail("pid");
  return kill(pid, SIGUSR1) != 0 ? fail("kill") : 0;
}

static struct sockaddr_un abstract_name(void) {
  struct sockaddr_un name = {AF_UNIX, ""};
  memcpy(name.sun_path, "\0ipc-lab", 8);
  return name;
}
enum { kNameSize = offsetof(struct sockaddr_un, sun_path) + 8 };
static int listen_abstract(void) {
  const int server = socket(AF_UNIX, SOCK_STREAM, 0);
  const struct sockaddr_un name = abstract_name();
  if (bind(server, (const struct sockaddr*)&name, kNameSize) != 0) return fail("bind");
  if (listen(server, 5) != 0) return fail("listen");
  say("ready");
  alarm(20);
  return accept(server, NULL, NULL) < 0 ? fail("accept") : 0;
}
static int connect_abstract(void) {
  const int client = socket(AF_UNIX, SOCK_STREAM, 0);
  const struct sockaddr_un name = abstract_name();
  return connect(client, (const struct sockaddr*)&name, kNameSize) != 0 ? fail("connect") : 0;
}

/// SIGXFSZ from a process is a signal like any other.
static int send_to_child(int number) {
  const pid_t child = fork();
  if (child == 0) {
    pause();
    _exit(0);
  }
  if (kill(child, number) != 0) return fail("kill");
  int status = 0;
  waitpid(child, &status, 0);
  return WIFSIGNALED(status) && WTERMSIG(status) == number ? 0 : 1;
}

/// Descriptors that it was given beside 0, 1 and 2.
static int inherited(void) {
  int found = 0;
  for (int fd = 3; fd < 1024; ++fd) {
    if (fcntl(fd, F_GETFD) >= 0) ++found;
  }
  printf("%d\n", found);
  return 0;
}

static int other_architecture(void) {
#ifdef __x86_64__
  long result = 0;
  __asm__ volatile("int $0x80" : "=a"(result) : "a"(20L) : "memory");
  printf("%ld\n", result);
#endif
  return 0;
}

/// Says how reading a child's memory went.
static int read_child(void) {
  int go[2], value = 1, got = 0;
  char byte;
  if (pipe(go) != 0) return fail("pipe");
  const pid_t child = fork();
  if (child == 0) {
    close(go[1]);
    _exit((int)read(go[0], &byte, 1));
  }
  const struct iovec here = {&got, sizeof got}, there = {&value, sizeof value};
  if (process_vm_readv(child, &here, 1, &there, 1, 0) < 0) {
    say(errno == EPERM ? "EPERM" : strerror(errno));
  } else {
    printf("read %d\n", got);
  }
  close(go[1]);
  return waitpid(child, NULL, 0) == child ? 0 : 1;
}

/// The frame of a page of its own.
static int print_frame(void) {
  const int variable = 1;
  unsigned long long entry = 0;
  const int map = open("/proc/self/pagemap", O_RDONLY);
  const off_t at = (off_t)((size_t)&variable / 4096 * sizeof entry);
  if (pread(map, &entry, sizeof entry, at) != sizeof entry) return fail("pagemap");
  printf("present %d, frame %#llx\n", (int)(entry >> 63), entry & ((1ULL << 55) - 1));
  return 0;
}

int main(int argc, char** argv) {
  const char* action = argc > 1 ? argv[1] : "";
  const int number = argc > 2 ? atoi(argv[2]) : 0;
  const int second = argc > 3 ? atoi(argv[3]) : 0;
  const char* known = NULL;
#define ACTION(name, result) \
  if (strcmp(action, known = name) == 0) return (result)
  ACTION("exit", number);
  ACTION("raise", (raise(number), 0));
  ACTION("send-to-child", send_to_child(number));
  ACTION("burn", (burn(), 0));
  ACTION("burn-in-children", (burn_in_children(), 0));
  ACTION("sleep", (say("ready"), sleep((unsigned)number), 0));
  ACTION("touch", (touch((size_t)number), say("touched"), 0));
  ACTION("share-out-memory", share_out_memory(number, (size_t)second));
  ACTION("fork-until-refused", fork_until_refused());
  ACTION("fork-on", fork_on());
  ACTION("write-file", write_file(atoll(argv[2])));
  ACTION("open-internet-socket", open_internet_socket());
  ACTION("open-internet-socket-late", open_internet_socket_late());
  ACTION("leave-all", leave_all());
  ACTION("remove-segment", remove_segment(number));
  ACTION("replace-segment", replace_segment(number, (size_t)second));
  ACTION("notify-by-thread", notify_by_thread());
  ACTION("orphan", orphan());
  ACTION("orphan-writes-file", orphan_writes_file(atoll(argv[2])));
  ACTION("headless", headless());
  ACTION("wait-for-signal", wait_for_signal());
  ACTION("send-signal", send_signal());
  ACTION("listen-abstract", listen_abstract());
  ACTION("connect-abstract", connect_abstract());
  ACTION("inherited", inherited());
  ACTION("other-architecture", other_architecture());
  ACTION("read-child", read_child());
  ACTION("print-frame", print_frame());
  if (strcmp(action, "look-up-names") == 0) {
    const struct passwd* own = getpwuid(getuid());
    return own != NULL && strcmp(own->pw_name, "student") == 0 ? 0 : 1;
  }
  if (strcmp(action, "make-segment") == 0) {
    if (shmget(number, (size_t)second, IPC_CREAT | IPC_EXCL | 0600) < 0) return fail("shmget");
    say("ready");
    sleep(1000);
  }
  if (strcmp(action, "print-addresses") == 0) {
    printf("%p %p %p %p\n", (void*)&main, (void*)&printf, (void*)&number, malloc(1));
    return 0;
  }
  if (strcmp(action, "print-arguments") == 0) {
    for (int i = 0; i < argc; ++i) printf("[%s]", argv[i]);
    return 0;
  }
  fprintf(stderr, "no action %s; the last is %s\n", action, known);
  return 99;
}
