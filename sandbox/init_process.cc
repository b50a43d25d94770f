#include "sandbox/init_process.h"

#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <sstream>
#include <tuple>
#include <utility>

#include "sandbox/files.h"
#include "sandbox/plan.h"
#include "sandbox/resource_limits.h"

namespace sandbox {
namespace {

// Between the ids of systemd's containers and the end of the signed ones, nobody assigns any; every
// live init has another pid, so no two boxes share an id. Source: systemd's UIDS-GIDS document.
constexpr uid_t kFirstUser = 0x70000000;
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
  const std::uint64_t flags =
      CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWCGROUP;
  return tier == Tier::kUser ? flags | CLONE_NEWUSER : flags;
}

Error explain_clone(Tier tier, int error) {
  if (error == ENOSPC) {
    // It says nothing of a disk here. Source: clone(2).
    return {"no more namespaces may be made on this machine (see /proc/sys/user/max_*_namespaces)"};
  }
  if (error == EPERM || error == EACCES) {
    return {tier == Tier::kRoot
                ? "this root may not make namespaces (a container without CAP_SYS_ADMIN?)"
                : "an ordinary user may not make user namespaces on this machine",
            error};
  }
  return {"clone3 into new namespaces", error};
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

  const bool user_namespace = spec.host.tier == Tier::kUser;
  std::vector<PlannedPlace> places;
  for (const SystemPlace& place : spec.host.places) {
    places.push_back(
        {place.path.c_str(), !place.link_target.empty(), place.link_target.c_str(), place.file});
  }
  const std::string options =
      "size=" + std::to_string(spec.limits.storage) + ",nr_inodes=65536,mode=0755";
  Plan plan;
  plan.control = inside.get();
  plan.user_namespace = user_namespace;
  plan.posix_ipc = spec.posix_ipc;
  plan.loopback = spec.network;
  plan.watched_execution = !spec.exec;
  plan.cgroup_tasks = spec.cgroup.tasks_files();
  plan.places = places.data();
  plan.place_count = static_cast<std::uint32_t>(places.size());
  plan.tmpfs_options = options.c_str();
  plan.open_files = spec.limits.open_files;
  plan.file_size = spec.limits.file_size;
  // The cgroup's limit comes first, so that its counter can tell. Without one, one more than the
  // limit is let through, to be seen; where ids are mapped, init is counted with the commands.
  const bool counted = spec.cgroup.mode() != CgroupMode::kNone;
  plan.processes = counted ? spec.limits.processes * 2ULL + 64
                           : spec.limits.processes + (user_namespace ? 2ULL : 1ULL);
  plan.landlock_version = spec.host.landlock_version;
  std::tie(plan.command_line, plan.command_line_size) = own_command_line();

  if (auto enough = check_resource_limits(plan); !enough) return std::unexpected(enough.error());
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
  const auto pid = static_cast<pid_t>(::syscall(SYS_clone3, &arguments, sizeof arguments));
  if (pid == 0) run_init(plan);
  const int clone_error = errno;
  ::sched_setaffinity(0, sizeof plan.processors, &plan.processors);
  if (pid < 0) return std::unexpected(explain_clone(spec.host.tier, clone_error));
  init.pidfd_ = Fd(pidfd);

  Order order;
  order.kind = Order::Kind::kSetUp;
  if (user_namespace) {
    if (auto mapped = map_ids(pid); !mapped) return std::unexpected(mapped.error());
    order.user = kMappedUser;
    init.owner_ = ::geteuid();
  } else {
    order.user = kFirstUser + static_cast<uid_t>(pid);
    init.owner_ = order.user;
  }
  init.user_in_box_ = order.user;
  if (auto sent = init.send(order, 0, {}); !sent) return std::unexpected(sent.error());
  return init;
}

InitProcess::~InitProcess() {
  if (!pidfd_) return;
  ::syscall(SYS_pidfd_send_signal, pidfd_.get(), SIGKILL, nullptr, 0);
  siginfo_t info{};
  while (::waitid(P_PIDFD, static_cast<id_t>(pidfd_.get()), &info, WEXITED) != 0 &&
         errno == EINTR) {
  }
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
