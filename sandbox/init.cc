// The box's init: process 1 of its PID namespace. Builds the root, starts commands when told,
// reaps everything, and goes when the keeper goes; with it the kernel kills whatever is left.
// Source: pid_namespaces(7).
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#endif

#include "sandbox/init_parts.h"

namespace sandbox {
namespace {

constexpr int kMostCommands = 64;
constexpr int kFilesOfStart = 6;

/// All of init's state. One per process, in static storage: there is no heap here.
struct Init {
  const Plan* plan = nullptr;
  uid_t user = 0;
  int children = -1;  ///< signalfd of SIGCHLD
  std::array<pid_t, kMostCommands> commands{};
  int command_count = 0;
  bool holding = false;  ///< a command is held: others that end are their holder's affair
  bool failed = false;   ///< to set the box up: nothing may be started in it
  bool scoped = false;   ///< Landlock lets no signal of init's out of the box
  bool leaves = false;   ///< nobody is told of anything any more
};
Init init;
Order order;

[[noreturn]] void leave(int status);

/// A report of init's own. Of what is not told, other things would be concluded: a command that has
/// ended runs on. So the box goes.
void tell(const Report& report, std::span<const int> files = {}) {
  if (!init.leaves && !send_report(init.plan->control, report, files)) leave(1);
}

void send_failure(Step step, int error) {
  init.failed = true;
  Report report;
  report.kind = Report::Kind::kFailed;
  report.step = step;
  report.value = error;
  tell(report);
}

/// Receives one order; `files` gets the descriptors. False where the keeper is gone.
bool receive_order(int (&files)[kFilesOfStart], int& file_count) {
  struct iovec bytes {
    &order, sizeof order
  };
  alignas(struct cmsghdr) char space[CMSG_SPACE(sizeof files)];
  struct msghdr message {};
  message.msg_iov = &bytes;
  message.msg_iovlen = 1;
  message.msg_control = space;
  message.msg_controllen = sizeof space;
  ssize_t got = 0;
  do {
    got = recvmsg(init.plan->control, &message, MSG_CMSG_CLOEXEC);
  } while (got < 0 && errno == EINTR);
  if (got < static_cast<ssize_t>(kOrderHead)) return false;
  file_count = 0;
  if (const struct cmsghdr* head = CMSG_FIRSTHDR(&message);
      head != nullptr && head->cmsg_type == SCM_RIGHTS) {
    const size_t size = head->cmsg_len - CMSG_LEN(0);
    memcpy(files, CMSG_DATA(head), size);
    file_count = static_cast<int>(size / sizeof(int));
  }
  return true;
}

/// What System V IPC may hold in this namespace. The memory limit bounds the bytes; these bound the
/// identifiers. Where they can't be set (a user namespace has no say in some kernels), the memory
/// limit stands alone.
void limit_ipc() {
  constexpr struct {
    const char* path;
    const char* value;
  } kKnobs[] = {{"/proc/sys/kernel/shmmni", "256"},
                {"/proc/sys/kernel/sem", "250 16000 100 256"},
                {"/proc/sys/kernel/msgmni", "64"}};
  for (const auto& knob : kKnobs) {
    const int file = open(knob.path, O_WRONLY | O_CLOEXEC);
    if (file < 0) continue;
    [[maybe_unused]] const ssize_t wrote = write(file, knob.value, strlen(knob.value));
    close(file);
  }
}

int raise_loopback() {
  const int socket_fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket_fd < 0) return errno;
  struct ifreq request {};
  strcpy(request.ifr_name, "lo");
  request.ifr_flags = IFF_UP;
  const int error = ioctl(socket_fd, SIOCSIFFLAGS, &request) == 0 ? 0 : errno;
  close(socket_fd);
  return error;
}

int set_up(Step& step) {
  const Plan& plan = *init.plan;
  step = Step::kJoinCgroup;
  for (const int tasks : plan.cgroup_tasks) {
    // A task that writes "0" moves itself alone, which spares the kernel its global lock.
    if (tasks >= 0 && write(tasks, "0", 1) != 1) return errno;
  }
  if (plan.namespaces) {
    step = Step::kHostName;
    if (sethostname("box", 3) != 0) return errno;
    if (const int error = build_root(plan, init.user, step); error != 0) return error;
    limit_ipc();
    step = Step::kLoopback;
    if (const int error = plan.loopback ? raise_loopback() : 0; error != 0) return error;
  } else {
    // Whose parent has ended comes to init, as to process 1 of a namespace. Source: prctl(2).
    step = Step::kBareRoot;
    if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0 || chdir(plan.root) != 0) return errno;
  }
  // From here on no command can look into init, even with the same user id.
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);

  step = Step::kOpenViews;
  Report report;
  report.kind = Report::Kind::kReady;
  int views[kMostViews];
  int count = 0;
  // The current folder is the box's root.
  for (const char* path : {".", "work", "/proc", "/proc/sysvipc/shm", "/proc/sysvipc/sem",
                           "/proc/sysvipc/msg", "dev/shm", "dev/mqueue"}) {
    const bool is_mqueue = count == kMostViews - 1;
    if ((is_mqueue && !plan.namespaces) || (count >= kMostViews - 2 && !plan.posix_ipc)) break;
    views[count] = open(path, O_RDONLY | O_CLOEXEC);
    if (views[count] < 0) return errno;
    ++count;
  }
  tell(report, {views, static_cast<size_t>(count)});
  for (int i = 0; i < count; ++i) close(views[i]);
  step = Step::kEnterRoot;
  return plan.namespaces ? leave_old_root() : 0;
}

void seal() {
  Step step = Step::kSealRoot;
  const Plan& plan = *init.plan;
  int error = plan.namespaces ? seal_root() : 0;
  if (error == 0 && plan.landlock_version > 0) {
    step = Step::kLandlock;
    // Who has no CAP_SYS_ADMIN has to give up privileges first. Source: landlock(7).
    if (!plan.namespaces && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) error = errno;
    if (error == 0) error = enter_landlock(plan);
    // Version 6 keeps signals within. The keeper is without, and else within init's reach.
    init.scoped = error == 0 && plan.landlock_version >= 6 && kill(getppid(), 0) != 0;
  }
  if (error != 0) send_failure(step, error);
}

void report_not_started(Step step, int error) {
  Report report;
  report.kind = Report::Kind::kNotStarted;
  report.command = order.command;
  report.step = step;
  report.value = error;
  send_report(init.plan->control, report, {});
}

/// The life of init's child until it is the command.
int run_command(void* files) {
  Step step = Step::kNone;
  const int error = become_command(
      {*init.plan, init.user, *static_cast<const std::span<const int>*>(files)}, order, step);
  report_not_started(step, error);
  _exit(127);
}

void start(std::span<const int> files) {
  if (order.command >= kMostCommands) {
    report_not_started(Step::kFork, EAGAIN);
    return;
  }
  // The first one borrows init's memory while init waits, which spares a copy of it. Not where it
  // may take a while: an earlier command could stop a later one (SIGSTOP) before it executes, a
  // watched execution waits for the keeper, who may just be waiting for init, and a held command
  // for its holder, who looks into its memory.
  const bool at_once = init.command_count == 0 && !init.plan->watched_execution && !order.held;
  const int borrow = at_once ? CLONE_VM | CLONE_VFORK : 0;
  alignas(16) static char stack[65536];
#ifdef __SANITIZE_ADDRESS__
  // The first command left its frames there without returning from them.
  __asan_unpoison_memory_region(stack, sizeof stack);
#endif
  const pid_t pid = clone(run_command, stack + sizeof stack, borrow | SIGCHLD, &files);
  if (pid < 0) {
    report_not_started(Step::kFork, errno);
    return;
  }
  // By the keeper's number: one that it did not send has a number, too.
  init.commands[static_cast<size_t>(order.command)] = pid;
  init.command_count = order.command + 1;
  init.holding = init.holding || order.held;
}

/// Opens /proc/PID/NAME. Returns the descriptor, or -1.
int open_of_process(pid_t pid, const char* name) {
  char path[48] = "/proc/";
  char digits[12];
  int length = 0;
  for (pid_t rest = pid; rest > 0; rest /= 10)
    digits[length++] = static_cast<char>('0' + rest % 10);
  char* end = path + strlen(path);
  while (length > 0) *end++ = digits[--length];
  *end = '/';
  strncat(path, name, 16);  // none is as long
  return open(path, O_RDONLY | O_CLOEXEC);
}

/// Whether a zombie ignored SIGCHLD. That is inherited: then its parent ignored it, too, and asked
/// the kernel to reap for it.
bool ignored_sigchld(pid_t pid) {
  const int file = open_of_process(pid, "status");
  if (file < 0) return false;
  static char text[4096];
  const ssize_t got = read(file, text, sizeof text - 1);
  close(file);
  if (got <= 0) return false;
  text[got] = 0;
  constexpr const char* kField = "\nSigIgn:\t";
  const char* mask = strstr(text, kField);
  if (mask == nullptr) return false;
  return (strtoull(mask + strlen(kField), nullptr, 16) >> (SIGCHLD - 1) & 1) != 0;
}

/// The name of a zombie, before it is reaped.
void name_of_process(pid_t pid, std::array<char, 16>& name) {
  const int file = open_of_process(pid, "comm");
  if (file < 0) return;
  const ssize_t got = read(file, name.data(), name.size() - 1);
  close(file);
  if (got > 0 && name[static_cast<size_t>(got) - 1] == '\n') name[static_cast<size_t>(got) - 1] = 0;
}

/// Reaps one ended process and reports it; of orphans only those that ended by themselves and
/// whose parent did not leave the reaping to the kernel. False where there is none.
bool reap_one(int options, bool killed_by_us = false) {
  siginfo_t info{};
  if (waitid(P_ALL, 0, &info, WEXITED | WNOWAIT | options) != 0 || info.si_pid == 0) return false;
  Report report;
  report.kind = Report::Kind::kOrphanEnded;
  report.pid = info.si_pid;
  for (int i = 0; i < init.command_count; ++i) {
    if (init.commands[static_cast<size_t>(i)] == info.si_pid) {
      report.kind = Report::Kind::kEnded;
      report.command = i;
    }
  }
  bool told = true;
  if (init.holding && report.kind == Report::Kind::kOrphanEnded) {
    waitpid(info.si_pid, nullptr, 0);
    return true;
  }
  if (report.kind == Report::Kind::kOrphanEnded) {
    name_of_process(info.si_pid, report.name);
    told = !killed_by_us && !ignored_sigchld(info.si_pid);
  }
  struct rusage usage {};
  int status = 0;
  wait4(info.si_pid, &status, 0, &usage);
  report.value = status;
  report.cpu_microseconds = (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1'000'000 +
                            usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
  if (report.command >= 0) init.commands[static_cast<size_t>(report.command)] = 0;
  if (told) tell(report);
  return true;
}

/// Tells all processes of the box to end, as far as they can be told by now.
void kill_all() {
  const Plan& plan = *init.plan;
  // All at once: of a fork bomb, none that was passed over can take the place of another.
  if (plan.namespaces || init.scoped) kill(-1, SIGKILL);
  if (plan.namespaces) return;
  if (plan.another_user) end_all_of(init.user);
  // Those whose parents end become init's, and are there the next time. Source: proc(5).
  static char text[4096];
  const int children = open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
  const ssize_t got = children < 0 ? 0 : read(children, text, sizeof text - 1);
  close(children);
  text[got > 0 ? got : 0] = 0;
  char* next = text;
  for (long pid = strtol(next, &next, 10); pid > 1; pid = strtol(next, &next, 10)) {
    // A number that was cut off at the end may be another's.
    if (*next == ' ') kill(static_cast<pid_t>(pid), SIGKILL);
  }
}

void end_everything() {
  // Again and again: a process that was being forked may have been missed.
  do {
    kill_all();
  } while (reap_one(0, true));
}

void end_all() {
  while (reap_one(WNOHANG)) {
  }
  end_everything();
  Report report;
  report.kind = Report::Kind::kAllEnded;
  tell(report);
}

void give_segment() {
  Report report;
  report.kind = Report::Kind::kGiven;
  const int segment = shmget(order.key, order.size, IPC_CREAT | IPC_EXCL | 0666);
  struct shmid_ds status {};
  if (segment < 0 || shmctl(segment, IPC_STAT, &status) != 0) {
    report.value = errno;
  } else {
    // It is to be a command's own: an earlier run of it left it.
    status.shm_perm.uid = init.user;
    status.shm_perm.gid = init.user;
    if (shmctl(segment, IPC_SET, &status) != 0) report.value = errno;
  }
  tell(report);
}

void obey(std::span<const int> files) {
  switch (order.kind) {
    case Order::Kind::kSetUp:
      break;
    case Order::Kind::kSeal:
      seal();
      break;
    case Order::Kind::kStart:
      if (!init.failed) start(files);
      break;
    case Order::Kind::kGiveSegment:
      give_segment();
      break;
    case Order::Kind::kEndAll:
      end_all();
      break;
  }
  for (const int file : files) close(file);
}

/// Process 1 of a namespace takes the others with it.
[[noreturn]] void leave(int status) {
  init.leaves = true;
  if (!init.plan->namespaces) end_everything();
  _exit(status);
}

[[noreturn]] void serve() {
  struct pollfd waits[2] = {{init.plan->control, POLLIN, 0}, {init.children, POLLIN, 0}};
  int files[kFilesOfStart];
  int file_count = 0;
  for (;;) {
    poll(waits, 2, -1);
    if ((waits[1].revents & POLLIN) != 0) {
      struct signalfd_siginfo drained;
      [[maybe_unused]] const ssize_t got = read(init.children, &drained, sizeof drained);
      while (reap_one(WNOHANG)) {
      }
    }
    if (waits[0].revents != 0) {
      if (!receive_order(files, file_count)) leave(0);
      obey({files, static_cast<size_t>(file_count)});
    }
  }
}

/// Where the kernel runs out of the box's memory, a command is to be ended and not init. Only root
/// may ask for that; commands are set back (start_command.cc).
void spare_from_memory_kills() {
  const int file = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  [[maybe_unused]] const ssize_t wrote = write(file, "-1000", 5);
  close(file);
}

/// Leaves only the control descriptor and what the plan names, and /dev/null as 0, 1, 2.
void close_the_rest(const Plan& plan) {
  const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  if (null < 0) _exit(1);  // the keeper's own would stay
  for (int number = 0; number < 3; ++number) dup2(null, number);
  // The keeper's other descriptors may be another box's: none may live on in here.
  for (int fd = 3;;) {
    int next_kept = -1;
    const auto keep = [&](int kept) {
      if (kept >= fd && (next_kept < 0 || kept < next_kept)) next_kept = kept;
    };
    keep(plan.control);
    for (const int tasks : plan.cgroup_tasks) keep(tasks);
    const unsigned last = next_kept < 0 ? ~0U : static_cast<unsigned>(next_kept) - 1;
    if (next_kept < 0 || next_kept > fd) {
      syscall(SYS_close_range, static_cast<unsigned>(fd), last, 0);
    }
    if (next_kept < 0) return;
    fd = next_kept + 1;
  }
}

}  // namespace

bool send_report(int control, const Report& report, std::span<const int> files) {
  struct iovec bytes {
    const_cast<Report*>(&report), sizeof report
  };
  alignas(struct cmsghdr) char space[CMSG_SPACE(sizeof(int) * kMostViews)] = {};
  struct msghdr message {};
  message.msg_iov = &bytes;
  message.msg_iovlen = 1;
  if (!files.empty()) {
    message.msg_control = space;
    message.msg_controllen = CMSG_SPACE(files.size_bytes());
    struct cmsghdr* head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(files.size_bytes());
    memcpy(CMSG_DATA(head), files.data(), files.size_bytes());
  }
  constexpr timespec kNap{0, 1'000'000};
  constexpr int kMostNaps = 2000;
  for (int naps = 0;;) {
    if (sendmsg(control, &message, MSG_NOSIGNAL) >= 0) return true;
    if (errno == EINTR) continue;
    if ((errno != ENOBUFS && errno != ENOMEM) || ++naps > kMostNaps) return false;
    nanosleep(&kNap, nullptr);
  }
}

void run_init(const Plan& plan) {
  init.plan = &plan;
  // The keeper's thread may have been gone before this was set: then the pair is closed, and the
  // first receive says so. Without a namespace init has to end the others before.
  if (plan.namespaces) prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  // The keeper's thread may have another box's user for its real id (RealUser), whose processes,
  // and so this init, are ended with that box.
  if (!plan.namespaces) {
    syscall(SYS_setresgid, getegid(), -1, -1);
    syscall(SYS_setresuid, geteuid(), -1, -1);
  }
  prctl(PR_SET_NAME, "ipcgrade-init", 0, 0, 0);
  // Out of the terminal's foreground group: its Ctrl-C is the keeper's to handle.
  setsid();
  // What the keeper was called with (the path of a hand-in) is nobody's business in the box.
  if (plan.command_line != nullptr) memset(plan.command_line, 0, plan.command_line_size);
  close_the_rest(plan);
  spare_from_memory_kills();
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, nullptr);
  // An inherited SIG_IGN would let the kernel reap in our place.
  signal(SIGCHLD, SIG_DFL);
  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  init.children = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
  const int no_children = init.children < 0 ? errno : 0;

  int files[kFilesOfStart];
  int file_count = 0;
  if (!receive_order(files, file_count)) _exit(0);
  init.user = order.user;
  Step step = Step::kNone;
  const int error = no_children != 0 ? no_children : set_up(step);
  if (error != 0) send_failure(step, error);
  serve();
}

void end_all_of(uid_t user) {
  const pid_t killer = _Fork();  // other threads of the keeper may have held the locks of fork(3)
  if (killer == 0) {
    // All three, or those whom it kills could kill it first.
    if (syscall(SYS_setresuid, user, user, user) == 0) kill(-1, SIGKILL);
    _exit(0);
  }
  while (killer > 0 && waitpid(killer, nullptr, 0) < 0 && errno == EINTR) {
  }
}

const char* step_name(Step step) {
  switch (step) {
    case Step::kNone:
      return "begin";
    case Step::kJoinCgroup:
      return "join the cgroup";
    case Step::kHostName:
      return "set the host name";
    case Step::kBareRoot:
      return "enter the box's folder";
    case Step::kPrivateMounts:
      return "make the mounts private";
    case Step::kOpenSystemFolder:
      return "take the system folders";
    case Step::kMountRoot:
      return "mount the root";
    case Step::kPlaceSystemFolder:
      return "place the system folders";
    case Step::kMountProc:
      return "mount /proc";
    case Step::kMountDev:
      return "make /dev";
    case Step::kMountWritable:
      return "mount the writable folders";
    case Step::kMountQueues:
      return "mount /dev/mqueue";
    case Step::kEnterRoot:
      return "enter the root";
    case Step::kLoopback:
      return "raise the loopback interface";
    case Step::kOpenViews:
      return "open the views of the box";
    case Step::kSealRoot:
      return "make the root read-only";
    case Step::kLandlock:
      return "apply Landlock";
    case Step::kFork:
      return "fork";
    case Step::kDescriptors:
      return "set stdin, stdout and stderr";
    case Step::kLimits:
      return "set the limits";
    case Step::kWorkFolder:
      return "enter the work folder";
    case Step::kUser:
      return "change the user id";
    case Step::kCapabilities:
      return "drop the capabilities";
    case Step::kNoNewPrivileges:
      return "set no_new_privs";
    case Step::kFilter:
      return "install the filter";
    case Step::kHold:
      return "be held";
    case Step::kExecute:
      return "execute";
  }
  return "?";
}

}  // namespace sandbox
