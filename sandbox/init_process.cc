#include "sandbox/init_process.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <sstream>
#include <tuple>
#include <utility>

#include "sandbox/files.h"
#include "sandbox/init_parts.h"
#include "sandbox/plan.h"
#include "sandbox/resource_limits.h"

namespace sandbox {
namespace {

/// The id in a user namespace; mapped to the caller's own.
constexpr uid_t kMappedUser = 1000;

Expected<void> map_ids(pid_t init) {
  const std::string folder = "/proc/" + std::to_string(init) + "/";
  const auto line = [](unsigned outside) {
    return std::to_string(kMappedUser) + " " + std::to_string(outside) + " 1";
  };
  for (const auto& [file, text] :
       {std::pair{"setgroups", std::string("deny")}, std::pair{"uid_map", line(::geteuid())},
        std::pair{"gid_map", line(::getegid())}}) {
    if (auto done = write_kernel_file(AT_FDCWD, (folder + file).c_str(), text); !done) {
      return std::unexpected(done.error().within("map the user id into the box"));
    }
  }
  return {};
}

/// Where the kernel keeps this process's arguments: arg_start and arg_end of proc(5).
std::pair<char*, std::size_t> own_command_line() {
  const auto text = read_kernel_file(AT_FDCWD, "/proc/self/stat");
  if (!text) return {nullptr, 0};
  std::istringstream fields(text->substr(text->rfind(')') + 1));
  constexpr int kArgStart = 48;
  std::string field;
  for (int number = 3; number < kArgStart && fields >> field; ++number) {
  }
  std::uintptr_t start = 0;
  std::uintptr_t end = 0;
  if (!(fields >> start >> end) || start == 0 || end <= start) return {nullptr, 0};
  return {reinterpret_cast<char*>(start), end - start};
}

std::uint64_t namespace_flags(Tier tier) {
  if (!has_namespaces(tier)) return 0;
  const std::uint64_t flags =
      CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWCGROUP;
  return tier == Tier::kUser ? flags | CLONE_NEWUSER : flags;
}

Error explain_clone(Tier tier, int error) {
  if (error == ENOSPC) {
    constexpr const char* kMost = "/proc/sys/user/max_user_namespaces";
    if (tier == Tier::kUser && read_kernel_file(AT_FDCWD, kMost).value_or("") == "0\n") {
      return {std::string("user namespaces are forbidden on this machine: ") + kMost + " is 0",
              EPERM};
    }
    // It says nothing of a disk here. Source: clone(2).
    return {"no more namespaces may be made on this machine (see /proc/sys/user/max_*_namespaces)"};
  }
  if (error == EPERM || error == EACCES || error == ENOSYS) {
    return {tier == Tier::kRoot
                ? "this root may not make namespaces (a container without CAP_SYS_ADMIN?)"
                : "user namespaces may not be made on this machine",
            error};
  }
  return {"make the box's init", error};
}

/// All processes and threads of this user: his limit on their number counts those.
std::uint64_t tasks_of_this_user() {
  std::uint64_t tasks = 0;
  const auto processes = numbers_in(AT_FDCWD, "/proc").value_or(std::vector<std::string>());
  for (const std::string& process : processes) {
    const std::string folder = "/proc/" + process;
    struct stat status {};
    if (::stat(folder.c_str(), &status) != 0 || status.st_uid != ::geteuid()) continue;
    tasks += numbers_in(AT_FDCWD, (folder + "/task").c_str())
                 .value_or(std::vector<std::string>())
                 .size();
  }
  return tasks;
}

/// For RLIMIT_NPROC, which is of all processes of the box's user. A cgroup's limit comes first, so
/// that its counter can tell. Without one, one more than the limit is let through, to be seen;
/// init is counted where it has the same user, and so is the keeper's thread (RealUser).
std::uint64_t most_processes(const InitSpec& spec) {
  const std::uint64_t limit = spec.limits.processes;
  if (spec.host.tier == Tier::kSameId) return tasks_of_this_user() + limit + 2;
  if (spec.cgroup.mode() != CgroupMode::kNone) return limit * 2 + 64;
  return limit + (spec.host.tier == Tier::kRoot ? 1 : 2);
}

}  // namespace

Expected<InitProcess> InitProcess::create(const InitSpec& spec) {
  InitProcess init;
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return from_errno("socketpair");
  }
  init.control_ = Fd(ends[0]);
  const Fd inside(ends[1]);

  std::vector<PlannedPlace> places;
  for (const SystemPlace& place : spec.host.places) {
    places.push_back(
        {place.path.c_str(), !place.link_target.empty(), place.link_target.c_str(), place.file});
  }
  const std::string options =
      "size=" + std::to_string(spec.limits.storage) + ",nr_inodes=65536,mode=0755";
  Plan plan;
  plan.control = inside.get();
  plan.namespaces = has_namespaces(spec.host.tier);
  plan.another_user = spec.host.tier == Tier::kRoot || spec.host.tier == Tier::kOwnId;
  plan.root = spec.root == nullptr ? "" : spec.root->path().c_str();
  plan.fixed_addresses = spec.host.fixed_addresses;
  plan.posix_ipc = spec.posix_ipc;
  plan.loopback = spec.network;
  plan.watched_execution = !spec.exec;
  plan.cgroup_tasks = spec.cgroup.tasks_files();
  plan.places = places.data();
  plan.place_count = static_cast<std::uint32_t>(places.size());
  plan.tmpfs_options = options.c_str();
  plan.open_files = spec.limits.open_files;
  plan.file_size = spec.limits.file_size;
  plan.processes = most_processes(spec);
  plan.landlock_version = spec.host.landlock_version;
  std::tie(plan.command_line, plan.command_line_size) = own_command_line();

  if (auto enough = check_resource_limits(plan); !enough) return std::unexpected(enough.error());
  auto cloned = clone(plan, spec);
  if (!cloned) return cloned;
  InitProcess& made = *cloned;
  made.control_ = std::move(init.control_);
  made.tier_ = spec.host.tier;

  Order order;
  order.kind = Order::Kind::kSetUp;
  if (spec.host.tier == Tier::kUser) {
    if (auto mapped = map_ids(made.pid_); !mapped) return std::unexpected(mapped.error());
    order.user = kMappedUser;
  } else if (plan.another_user) {
    const Host::SpareUsers& spare = *spec.host.spare_users;
    order.user = spare.first + static_cast<uid_t>(made.pid_) % spare.count;
  } else {
    order.user = ::geteuid();
  }
  made.owner_ = plan.another_user ? order.user : ::geteuid();
  made.user_in_box_ = order.user;
  if (auto sent = made.send(order, 0, {}); !sent) return std::unexpected(sent.error());
  return cloned;
}

Expected<InitProcess> InitProcess::clone(Plan& plan, const InitSpec& spec) {
  struct clone_args arguments {};
  int pidfd = -1;
  arguments.flags = namespace_flags(spec.host.tier) | CLONE_PIDFD;
  arguments.pidfd = reinterpret_cast<std::uint64_t>(&pidfd);
  arguments.exit_signal = SIGCHLD;
  if (spec.cgroup.clone_into() >= 0) {
    arguments.flags |= CLONE_INTO_CGROUP;
    arguments.cgroup = static_cast<std::uint64_t>(spec.cgroup.clone_into());
  }
  // Init stays on this processor: each of the few messages between it and the keeper is then a
  // switch and not the waking of another core. Commands get all of them back.
  ::sched_getaffinity(0, sizeof plan.processors, &plan.processors);
  cpu_set_t here;
  CPU_ZERO(&here);
  CPU_SET(static_cast<std::size_t>(::sched_getcpu()), &here);
  ::sched_setaffinity(0, sizeof here, &here);
  auto pid = static_cast<pid_t>(::syscall(SYS_clone3, &arguments, sizeof arguments));
  Fd joins;
  if (pid < 0 && errno == ENOSYS && !plan.namespaces) {
    // A container's filter that can't look into clone3's arguments says that it is not there.
    if (spec.cgroup.clone_into() >= 0) {
      joins = Fd(::openat(spec.cgroup.clone_into(), "cgroup.procs", O_WRONLY | O_CLOEXEC));
      plan.cgroup_tasks[0] = joins.get();
    }
    pid = ::fork();
    if (pid > 0) pidfd = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  }
  if (pid == 0) run_init(plan);
  const int clone_error = errno;
  ::sched_setaffinity(0, sizeof plan.processors, &plan.processors);
  if (pid < 0) return std::unexpected(explain_clone(spec.host.tier, clone_error));
  InitProcess init;
  init.pidfd_ = Fd(pidfd);
  init.pid_ = pid;
  return init;
}

Expected<void> InitProcess::try_namespaces(const Host& host) {
  const Limits limits;
  const auto cgroup = Cgroup::create({}, limits);
  if (!cgroup) return std::unexpected(cgroup.error());
  const auto init = create({host, *cgroup, limits});
  if (!init) return std::unexpected(init.error());
  constexpr int kMostMilliseconds = 20'000;
  for (;;) {
    pollfd wait{init->control(), POLLIN, 0};
    if (::poll(&wait, 1, kMostMilliseconds) == 0) return failure("the box did not get ready");
    const auto received = init->receive();
    if (!received) return std::unexpected(received.error());
    if (!*received) continue;
    const Report& report = (*received)->report;
    if (report.kind != Report::Kind::kFailed) return {};
    return std::unexpected(Error{step_name(report.step), report.value});
  }
}

bool is_refusal(const Error& error) {
  return error.error_number == EPERM || error.error_number == EACCES ||
         error.error_number == ENOSYS || error.error_number == EINVAL;
}

InitProcess::~InitProcess() {
  if (!pidfd_) return;
  const bool ends_others_first = !has_namespaces(tier_);
  if (!ends_others_first) ::syscall(SYS_pidfd_send_signal, pidfd_.get(), SIGKILL, nullptr, 0);
  control_.reset();  // it ends for that, too
  pollfd wait{pidfd_.get(), POLLIN, 0};
  constexpr int kMostMilliseconds = 20'000;
  int ready = 0;
  while (ends_others_first && (ready = ::poll(&wait, 1, kMostMilliseconds)) < 0 && errno == EINTR) {
  }
  if (ends_others_first && ready <= 0) {
    ::syscall(SYS_pidfd_send_signal, pidfd_.get(), SIGKILL, nullptr, 0);
  }
  siginfo_t info{};
  while (::waitid(P_PIDFD, static_cast<id_t>(pidfd_.get()), &info, WEXITED) != 0 &&
         errno == EINTR) {
  }
  if (tier_ == Tier::kOwnId) end_all_of(owner_);
}

Expected<void> InitProcess::send(const Order& order, std::size_t text_size,
                                 std::span<const int> files) const {
  iovec bytes{const_cast<Order*>(&order), kOrderHead + text_size};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * 8)> space{};
  msghdr message{};
  message.msg_iov = &bytes;
  message.msg_iovlen = 1;
  if (!files.empty()) {
    message.msg_control = space.data();
    message.msg_controllen = CMSG_SPACE(files.size_bytes());
    cmsghdr* head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(files.size_bytes());
    ::memcpy(CMSG_DATA(head), files.data(), files.size_bytes());
  }
  while (::sendmsg(control_.get(), &message, MSG_NOSIGNAL) < 0) {
    if (errno != EINTR) return from_errno("order to the box's init");
  }
  return {};
}

Expected<std::optional<ReceivedReport>> InitProcess::receive() const {
  ReceivedReport received;
  iovec bytes{&received.report, sizeof received.report};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * kMostViews)> space{};
  msghdr message{};
  message.msg_iov = &bytes;
  message.msg_iovlen = 1;
  message.msg_control = space.data();
  message.msg_controllen = space.size();
  const ssize_t got = ::recvmsg(control_.get(), &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return std::nullopt;
  if (got < 0) return from_errno("report from the box's init");
  if (got != sizeof received.report) return failure("the box's init has gone");
  if (const cmsghdr* head = CMSG_FIRSTHDR(&message);
      head != nullptr && head->cmsg_type == SCM_RIGHTS) {
    std::array<int, kMostViews> files{};
    const std::size_t size = head->cmsg_len - CMSG_LEN(0);
    ::memcpy(files.data(), CMSG_DATA(head), size);
    for (std::size_t i = 0; i < size / sizeof(int); ++i) received.files.emplace_back(files[i]);
  }
  return received;
}

}  // namespace sandbox
