#include "sandbox/keeper.h"

#include <fcntl.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>

#include "sandbox/describe.h"
#include "sandbox/files.h"
#include "sandbox/source_lines.h"

namespace sandbox {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

/// How often limits that nobody tells us of are looked at.
constexpr milliseconds kLookPeriod{20};
/// Ending a box takes milliseconds; only a machine in deep trouble needs more.
constexpr milliseconds kMostEnding{20'000};
constexpr std::size_t kMostOrphans = 1000;
/// A tree can make itself wait for the processor, and where no cgroup counts, hide what it burns:
/// after ten times its limit it is over all the same.
constexpr int kMostLost = 9;

/// A little of /etc, so that the C library finds what it looks for.
Expected<void> place_etc(int root, uid_t owner_in_box) {
  const std::string id = std::to_string(owner_in_box);
  for (const auto& [path, text] :
       {std::pair{"etc/passwd",
                  "root:x:0:0::/:/bin/sh\nstudent:x:" + id + ":" + id + "::/work:/bin/sh\n"},
        std::pair{"etc/group", "root:x:0:\nstudent:x:" + id + ":\n"},
        std::pair{"etc/nsswitch.conf", std::string("passwd: files\ngroup: files\nhosts: files\n")},
        std::pair{"etc/hosts", std::string("127.0.0.1 localhost box\n")}}) {
    if (auto made = make_file(root, path, text, 0644); !made) return made;
  }
  return {};
}

/// What of a command's environment are names of the box's folders: "PATH=/programs:/usr/bin".
std::string environment_outside(std::string_view root, const std::string& variable) {
  std::string moved;
  for (std::size_t at = 0; at < variable.size();) {
    const std::size_t end = std::min(variable.find_first_of("=:", at), variable.size());
    moved += path_outside(root, std::string_view(variable).substr(at, end - at));
    if (end < variable.size()) moved += variable[end];
    at = end + 1;
  }
  return moved;
}

bool append_string(Order& order, std::size_t& size, std::string_view text) {
  if (text.find('\0') != std::string_view::npos) return false;
  if (size + text.size() + 1 > order.text.size()) return false;
  std::memcpy(order.text.data() + size, text.data(), text.size());
  size += text.size();
  order.text[size++] = '\0';
  return true;
}

Expected<Fd> filter_file(std::span<const sock_filter> program) {
  return anonymous_file({reinterpret_cast<const char*>(program.data()), program.size_bytes()});
}

/// The number, in our own namespace, of the process that a pidfd is of; 0 where it has gone.
/// Source: pidfd_open(2), proc(5).
pid_t pid_of(const Fd& pidfd) {
  const std::string path = "/proc/self/fdinfo/" + std::to_string(pidfd.get());
  std::ifstream lines(path);
  for (std::string word; lines >> word;) {
    pid_t pid = 0;
    if (word == "Pid:" && lines >> pid) return pid > 0 ? pid : 0;
  }
  return 0;
}

/// The C library asks a name service daemon first (getpwuid, getaddrinfo), with just this socket,
/// and does without: a program that never heard of sockets is not accused of one.
bool is_name_service(const PolicyGroup& group, std::span<const std::uint64_t> arguments) {
  constexpr std::uint64_t kType = SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK;
  return group.name == "local-sockets" && (arguments[1] & 0xffffffff) == kType;
}

}  // namespace

milliseconds Box::Keeper::elapsed() const {
  if (!first_start_) return milliseconds{0};
  const auto lost =
      std::min<std::chrono::nanoseconds>(lost_.total(), kMostLost * spec_.limits.wall);
  return std::chrono::duration_cast<milliseconds>(Clock::now() - *first_start_ - lost);
}

Expected<void> Box::Keeper::become_ready() {
  auto filter = filter_file(spec_.policy.program());
  if (!filter) return std::unexpected(filter.error());
  filter_ = std::move(*filter);
  const auto deadline = Clock::now() + kMostEnding;
  while (!ready_) {
    if (Clock::now() > deadline) return failure("the box did not get ready");
    if (auto done = wait(kLookPeriod); !done) return done;
  }
  if (bare_root_) return bare_root_->give_work_to(init_.owner());
  return place_etc(root(), init_.user_in_box());
}

Expected<int> Box::Keeper::start(Command command, const Hold* hold) {
  const int number = static_cast<int>(commands_.size());
  auto order = std::make_unique_for_overwrite<Order>();  // its text is large, and mostly unused
  if (!sealed_) {
    order->kind = Order::Kind::kSeal;
    if (auto sent = init_.send(*order, 0, {}); !sent) return std::unexpected(sent.error());
    sealed_ = true;
  }
  order->kind = Order::Kind::kStart;
  order->command = number;
  order->arguments = static_cast<std::uint32_t>(command.arguments.size());
  order->environment = static_cast<std::uint32_t>(command.environment.size());
  std::size_t size = 0;
  command.path = path_outside(moved_to(), command.path);
  command.folder = path_outside(moved_to(), command.folder);
  // A held one finds what it names by its holder.
  for (std::string& variable : command.environment) {
    if (hold == nullptr) variable = environment_outside(moved_to(), variable);
  }
  bool fits =
      append_string(*order, size, command.path) && append_string(*order, size, command.folder);
  for (const auto* strings : {&command.arguments, &command.environment}) {
    for (const std::string& text : *strings) fits = fits && append_string(*order, size, text);
  }
  auto running = std::make_unique<Running>();
  if (!fits) {
    running->state.end = NotStarted{"pass the arguments", E2BIG, true};
    commands_.push_back(std::move(running));
    return number;
  }
  std::array<Fd, 2> inside;
  for (auto [ours, theirs] :
       {std::pair{&running->output, &inside[0]}, std::pair{&running->errors, &inside[1]}}) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return from_errno("pipe");
    *ours = Fd(ends[0]);
    *theirs = Fd(ends[1]);
    // Of this end only.
    if (::fcntl(ends[0], F_SETFL, O_NONBLOCK) != 0) return from_errno("fcntl");
    // Another user opens it as /dev/stdout.
    if (::fchmod(ends[1], 0666) != 0) return from_errno("fchmod");
  }
  if (!command.input) command.input = Fd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  std::vector<int> files{command.input.get(), inside[0].get(), inside[1].get(), filter_.get()};
  Fd filter;
  std::array<Fd, 2> gate;
  if (hold != nullptr) {
    auto made = filter_file(hold->filter);
    if (!made) return std::unexpected(made.error());
    filter = std::move(*made);
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return from_errno("pipe");
    gate = {Fd(ends[0]), Fd(ends[1])};
    files = {files[0], files[1], files[2], filter.get(), hold->descriptor, gate[0].get()};
    order->held = true;
    order->held_number = hold->descriptor_number;
  }
  if (auto sent = init_.send(*order, size, files); !sent) return std::unexpected(sent.error());
  if (!first_start_) first_start_ = last_look_ = Clock::now();
  running->gate = std::move(gate[1]);
  commands_.push_back(std::move(running));
  return number;
}

Expected<HeldCommand> Box::Keeper::start_held(Command command, const Hold& hold) {
  auto number = start(std::move(command), &hold);
  if (!number) return std::unexpected(number.error());
  const Running& running = *commands_[static_cast<std::size_t>(*number)];
  const auto deadline = Clock::now() + kMostEnding;
  while (running.held == 0) {
    if (running.state.end || Clock::now() > deadline) return failure("the command can't be held");
    if (auto done = wait(kLookPeriod); !done) return std::unexpected(done.error());
  }
  return HeldCommand{*number, running.held};
}

Expected<void> Box::Keeper::wait(milliseconds most) {
  if (gone_) return {};
  if (running()) most = std::min(most, kLookPeriod);
  std::vector<pollfd> waits{{init_.control(), POLLIN, 0}};
  if (!ending_) waits.push_back({spec_.stop, POLLIN, 0});  // -1 is passed over
  struct Source {
    int command;
    bool listener;
  };
  std::vector<Source> sources(waits.size());
  for (std::size_t i = 0; i < commands_.size(); ++i) {
    const Running& one = *commands_[i];
    const int number = static_cast<int>(i);
    if (one.listener) {
      waits.push_back({one.listener.get(), POLLIN, 0});
      sources.push_back({number, true});
    }
    for (const Fd* pipe : {&one.output, &one.errors}) {
      if (!*pipe) continue;
      waits.push_back({pipe->get(), POLLIN, 0});
      sources.push_back({number, false});
    }
  }
  if (::poll(waits.data(), waits.size(), static_cast<int>(most.count())) < 0 && errno != EINTR) {
    return from_errno("poll");
  }
  for (std::size_t i = ending_ ? 1 : 2; i < waits.size(); ++i) {
    if (waits[i].revents == 0) continue;
    const Source& source = sources[i];
    if (source.listener && (waits[i].revents & POLLIN) == 0) {
      // The last task under the filter has gone. Receiving from it would block for ever (Linux 6.1)
      // or fail again and again.
      commands_[static_cast<std::size_t>(source.command)]->listener.reset();
      continue;
    }
    auto done = source.listener ? answer_notification(source.command) : drain(source.command);
    if (!done) return done;
  }
  if (auto done = receive_reports(); !done) return done;
  if (!ending_ && waits[1].revents != 0) note_cause({Interrupted{}, std::nullopt});
  if (auto done = look_at_limits(); !done) return done;
  if (cause_ && !ending_) return end_all();
  return {};
}

Expected<void> Box::Keeper::end_all() {
  if (gone_) return {};
  ending_ = true;
  all_ended_ = false;
  Order order;
  order.kind = Order::Kind::kEndAll;
  if (auto sent = init_.send(order, 0, {}); !sent) return init_has_gone(sent.error());
  const auto deadline = Clock::now() + kMostEnding;
  while (!all_ended_ && !gone_) {
    if (Clock::now() > deadline) return failure("processes of the box could not be ended");
    if (auto done = wait(kLookPeriod); !done) return done;
  }
  ending_ = false;
  return {};
}

Expected<void> Box::Keeper::init_has_gone(const Error& error) {
  const auto kills = cgroup_.usage().memory_kills;
  if (!kills || *kills == 0) return std::unexpected(error);
  note_limit(LimitKind::kMemory, spec_.limits.memory, spec_.limits.memory, std::nullopt);
  for (auto& one : commands_) {
    if (!one->state.end) one->state = {Ended{}, elapsed(), {}};
  }
  gone_ = true;
  return {};
}

Expected<void> Box::Keeper::receive_reports() {
  while (!gone_) {
    auto received = init_.receive();
    if (!received) return init_has_gone(received.error());
    if (!*received) return {};
    if (auto done = take_report(std::move(**received)); !done) return done;
  }
  return {};
}

Expected<void> Box::Keeper::take_report(ReceivedReport received) {
  const Report& report = received.report;
  const auto command = static_cast<std::size_t>(report.command);
  switch (report.kind) {
    case Report::Kind::kReady:
      views_ = std::move(received.files);
      ready_ = true;
      break;
    case Report::Kind::kFailed:
      return std::unexpected(Error{step_name(report.step), report.value});
    case Report::Kind::kListening:
      commands_[command]->listener = std::move(received.files.front());
      break;
    case Report::Kind::kHeld:
      commands_[command]->held = pid_of(received.files.front());
      break;
    case Report::Kind::kNotStarted:
      commands_[command]->not_started =
          NotStarted{step_name(report.step), report.value, report.step == Step::kExecute};
      // Where there was a fork, its end is still to come.
      if (report.step == Step::kFork)
        commands_[command]->state.end = commands_[command]->not_started;
      break;
    case Report::Kind::kEnded:
      // What it printed comes first, and any call that it was refused.
      if (auto done = drain(report.command); !done) return done;
      take_end(report);
      break;
    case Report::Kind::kOrphanEnded:
      if (orphans_.size() < kMostOrphans) orphans_.emplace_back(report.name.data());
      if (WIFSIGNALED(report.value) && ended_at_file_size(WTERMSIG(report.value))) {
        note_limit(LimitKind::kFileSize, spec_.limits.file_size, spec_.limits.file_size,
                   only_running());
      }
      break;
    case Report::Kind::kGiven:
      given_ = report.value;
      break;
    case Report::Kind::kAllEnded:
      all_ended_ = true;
      break;
  }
  return {};
}

void Box::Keeper::take_end(const Report& report) {
  CommandState& state = commands_[static_cast<std::size_t>(report.command)]->state;
  look_now_ = true;
  const auto& not_started = commands_[static_cast<std::size_t>(report.command)]->not_started;
  state.end = not_started ? CommandEnd(*not_started) : end_of(report);
  state.ended_after = elapsed();
  state.cpu = microseconds(report.cpu_microseconds);
}

CommandEnd Box::Keeper::end_of(const Report& report) {
  if (WIFEXITED(report.value)) return Exited{WEXITSTATUS(report.value)};
  const int signal = WTERMSIG(report.value);
  if (ending_) return Ended{};
  const Limits& limits = spec_.limits;
  if (signal == SIGKILL && cgroup_.usage().memory_kills.value_or(0) > 0) {
    note_limit(LimitKind::kMemory, limits.memory, limits.memory, report.command);
    return Ended{};
  }
  if (ended_at_file_size(signal)) {
    note_limit(LimitKind::kFileSize, limits.file_size, limits.file_size, report.command);
    return Ended{};
  }
  if (signal == SIGSYS && !fatal_signal_sent_) {
    note_cause({RefusedCall{"a system call of another architecture (int 0x80 or x32)",
                            "kernel",
                            "would pass by the filter",
                            {}},
                report.command});
    return Ended{};
  }
  return Signalled{signal};
}

Expected<void> Box::Keeper::answer_notification(int number) {
  Running& running = *commands_[static_cast<std::size_t>(number)];
  seccomp_notif request{};
  if (::ioctl(running.listener.get(), SECCOMP_IOCTL_NOTIF_RECV, &request) != 0) {
    // Its thread was killed meanwhile, or its last task has gone.
    if (errno == ENOENT || errno == EINTR) return {};
    running.listener.reset();
    return {};
  }
  const std::span<const std::uint64_t> arguments(
      reinterpret_cast<const std::uint64_t*>(request.data.args), 6);
  const PolicyGroup* group = spec_.policy.refusing_group(request.data.nr, arguments);
  const bool denied = spec_.policy.denies(request.data.nr, arguments);
  // Without the group "exec" the first execve of all is still ours.
  const bool executes = request.data.nr == SYS_execve || request.data.nr == SYS_execveat;
  const bool first_execution = executes && !running.executed;
  const bool name_service = group != nullptr && is_name_service(*group, arguments);
  if (group == nullptr && !denied) fatal_signal_sent_ = true;
  if (group == nullptr || first_execution || name_service) {
    running.executed = true;
    seccomp_notif_resp response{};
    response.id = request.id;
    if (name_service) {
      response.error = -EACCES;
    } else if (denied && !first_execution) {
      response.error = -EPERM;
    } else {
      response.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
    }
    // ENOENT: it has been killed.
    (void)::ioctl(running.listener.get(), SECCOMP_IOCTL_NOTIF_SEND, &response);
    return {};
  }
  const auto thread = static_cast<pid_t>(request.pid);
  RefusedCall refused{call_text(request.data.nr, arguments, thread), std::string(group->name),
                      std::string(group->meaning),
                      stack_of(thread, path_outside(moved_to(), "/programs/"), init_.owner())};
  // Read while the thread stood still? Only if its notification is still valid.
  if (::ioctl(running.listener.get(), SECCOMP_IOCTL_NOTIF_ID_VALID, &request.id) != 0) return {};
  note_cause({std::move(refused), number});
  return {};
}

Expected<void> Box::Keeper::drain(int number) {
  Running& running = *commands_[static_cast<std::size_t>(number)];
  const bool whole = drain_stream(number, Stream::kOutput, running.output) &&
                     drain_stream(number, Stream::kErrors, running.errors);
  if (!whole) note_limit(LimitKind::kOutput, spec_.limits.output, output_bytes_, number);
  return {};
}

/// Takes what is there, a pipe's worth at most at a time; false where that is too much.
bool Box::Keeper::drain_stream(int number, Stream stream, Fd& pipe) {
  std::array<char, 65536> buffer;
  while (pipe) {
    const ssize_t got = ::read(pipe.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) return true;
    if (got <= 0) {
      pipe.reset();
      return true;
    }
    const auto size = static_cast<std::uint64_t>(got);
    const std::uint64_t left = spec_.limits.output - std::min(output_bytes_, spec_.limits.output);
    output_bytes_ += size;
    if (sink_)
      sink_(number, stream, {buffer.data(), static_cast<std::size_t>(std::min(size, left))});
    if (size > left) return false;
  }
  return true;
}

std::optional<int> Box::Keeper::only_running() const {
  if (commands_.size() == 1) return 0;  // it may have ended, and be the one all the same
  std::optional<int> found;
  for (std::size_t i = 0; i < commands_.size(); ++i) {
    if (commands_[i]->state.end) continue;
    if (found) return std::nullopt;
    found = static_cast<int>(i);
  }
  return found;
}

void Box::Keeper::note_limit(LimitKind kind, std::uint64_t limit, std::uint64_t used,
                             std::optional<int> command) {
  note_cause({LimitReached{kind, limit, std::max(limit, used)}, command});
}

Expected<void> Box::Keeper::look_at_limits() {
  if (!first_start_ || ending_ || cause_) return {};
  const auto now = Clock::now();
  if (now - last_look_ < kLookPeriod / 2 && !look_now_) return {};
  last_look_ = now;
  look_now_ = false;
  if (running()) lost_.update(views());
  const Limits& limits = spec_.limits;
  const auto count = [](milliseconds time) { return static_cast<std::uint64_t>(time.count()); };
  if (const milliseconds used = elapsed(); used >= limits.wall && running()) {
    note_limit(LimitKind::kWallTime, count(limits.wall), count(used), only_running());
    return {};
  }
  const CgroupUsage usage = cgroup_.usage();
  std::optional<milliseconds> cpu;
  if (usage.cpu) cpu = std::chrono::duration_cast<milliseconds>(*usage.cpu);
  if (cgroup_.mode() == CgroupMode::kNone) {
    const AsUser viewing(viewer());
    const Sample sample = sample_tree(views());
    cpu = sample.cpu;
    if (sample.memory > limits.memory) {
      note_limit(LimitKind::kMemory, limits.memory, sample.memory, only_running());
    }
    if (sample.tasks > limits.processes) {
      note_limit(LimitKind::kProcesses, limits.processes, sample.tasks, only_running());
    }
  }
  if (cpu && *cpu >= limits.cpu) {
    note_limit(LimitKind::kCpuTime, count(limits.cpu), count(*cpu), only_running());
  }
  if (usage.memory_kills.value_or(0) > 0) {
    note_limit(LimitKind::kMemory, limits.memory, usage.peak_memory.value_or(0), only_running());
  }
  if (usage.refused_forks.value_or(0) > 0) {
    note_limit(LimitKind::kProcesses, limits.processes, limits.processes, only_running());
  }
  return {};
}

Expected<void> Box::Keeper::give_segment(key_t key, std::uint64_t size) {
  Order order;
  order.kind = Order::Kind::kGiveSegment;
  order.key = key;
  order.size = size;
  if (auto sent = init_.send(order, 0, {}); !sent) return sent;
  given_.reset();
  const auto deadline = Clock::now() + kMostEnding;
  while (!given_) {
    if (Clock::now() > deadline) return failure("the box does not answer");
    if (auto done = wait(kLookPeriod); !done) return done;
  }
  if (*given_ != 0) return std::unexpected(Error{"make a segment in the box", *given_});
  return {};
}

}  // namespace sandbox
