// open(2) and its like, of files and of FIFOs: the latter wait for their other side.
#include "ipc/open.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/inotify.h>
#include <sys/syscall.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <optional>
#include <utility>

#include "ipc/calls.h"
#include "ipc/descriptor.h"
#include "ipc/file.h"
#include "ipc/machine.h"
#include "ipc/passed_operation.h"
#include "ipc/pipe.h"
#include "ipc/process.h"
#include "ipc/random.h"
#include "ipc/users.h"
#include "ipc/words.h"
#include "sandbox/describe.h"

namespace ipcgrade {

namespace {

[[nodiscard]] bool reads_through(int flags) { return (flags & O_ACCMODE) != O_WRONLY; }
[[nodiscard]] bool writes_through(int flags) { return (flags & O_ACCMODE) != O_RDONLY; }

/// /dev/stdin, /dev/fd/3, /proc/self/fd/3: the number.
std::optional<int> descriptor_named(std::string_view path) {
  constexpr std::array<std::string_view, 3> kStandard{"/dev/stdin", "/dev/stdout", "/dev/stderr"};
  for (int i = 0; i < 3; ++i) {
    if (path == kStandard[static_cast<std::size_t>(i)]) return i;
  }
  for (const std::string_view prefix : {"/dev/fd/", "/proc/self/fd/"}) {
    if (!path.starts_with(prefix)) continue;
    int number = 0;
    const auto [end, error] =
        std::from_chars(path.data() + prefix.size(), path.data() + path.size(), number);
    if (error == std::errc{} && end == path.data() + path.size()) return number;
  }
  return std::nullopt;
}

/// Another way to a process's descriptors or memory than by itself.
bool is_back_door(std::string_view path) {
  if (!path.starts_with("/proc/") || descriptor_named(path)) return false;
  return path.ends_with("/mem") || path.find("/fd/") != path.npos ||
         path.find("/map_files/") != path.npos;
}

/// What the kernel answers who asks for that of a process that is none of his: init, which nobody
/// may look into, or one that there is not. Nothing where it is his own, or his partner's.
std::optional<int> refusal_of_stranger(Machine& machine, std::string_view path) {
  constexpr std::string_view kFolder = "/proc/";
  int number = 0;
  const auto [end, error] =
      std::from_chars(path.data() + kFolder.size(), path.data() + path.size(), number);
  if (error != std::errc{} || find_process(machine, number) != nullptr) return std::nullopt;
  return number == 1 ? EACCES : ENOENT;
}

struct Request {
  Call call;
  int folder = AT_FDCWD;
  std::uint64_t path_address = 0;
  int flags = 0;
  unsigned mode = 0;
  std::size_t flags_argument = 0;  ///< which of the call's holds the flags; 6: none does
};

std::optional<Request> request_of(const Machine& machine, const Task& task, const Call& call) {
  const auto& a = call.arguments;
  switch (call.number) {
    case SYS_open:
      return Request{call, AT_FDCWD, a[0], static_cast<int>(a[1]), static_cast<unsigned>(a[2]), 1};
    case SYS_creat:
      return Request{
          call, AT_FDCWD, a[0], O_CREAT | O_WRONLY | O_TRUNC, static_cast<unsigned>(a[1]), 6};
    case SYS_openat:
      return Request{
          call, static_cast<int>(a[0]), a[1], static_cast<int>(a[2]), static_cast<unsigned>(a[3]),
          2};
    default: {
      const auto how = machine.peek_value<open_how>(task, a[2]);
      if (!how) return std::nullopt;
      return Request{call,
                     static_cast<int>(a[0]),
                     a[1],
                     static_cast<int>(how->flags),
                     static_cast<unsigned>(how->mode),
                     6};
    }
  }
}

class OpenOperation : public Operation {
 public:
  OpenOperation(Machine& machine, Task& task, const Request& request, PathArgument argument)
      : request_(request), argument_(std::move(argument)), touches_(change_or_look(machine)) {
    append(touches_, argument_.touches);
    append(touches_, table_touches(machine, task, TableUse::kAllocates));
  }

  [[nodiscard]] std::vector<Touch> touches() const override { return touches_; }

  [[nodiscard]] bool enabled(const Machine&, const Task&) const override {
    const Pipe* pipe = fifo();
    if (pipe == nullptr || !needs_partner()) return true;
    if (partners_before_) return partners_ever(*pipe) != *partners_before_;
    return partners(*pipe) > 0;
  }

  // A FIFO's opener counts as soon as it waits: that is how two of them meet.
  [[nodiscard]] bool queues() const override { return needs_partner(); }
  void begin_wait(Machine& machine, Task&) override {
    waits_in_ = fifo();
    if (waits_in_ == nullptr) return;
    partners_before_ = partners_ever(*waits_in_);
    waits_in_->add_end(nullptr, reads_through(request_.flags), writes_through(request_.flags));
    note_as_opener(machine, *waits_in_);
  }
  void end_wait(Machine& machine, Task&) override { leave(machine); }

  Effect perform(Machine& machine, Task& task) override {
    Pipe* pipe = fifo();
    if (pipe == nullptr) {
      if (modelled_by_name(machine, task) == nullptr) return Effect::passes(request_.call);
      // The placeholder: another number for the one that is there.
      const bool closes = (request_.flags & O_CLOEXEC) != 0;
      return Effect::passes({SYS_fcntl,
                             {static_cast<std::uint64_t>(*descriptor_named(argument_.path)),
                              static_cast<std::uint64_t>(closes ? F_DUPFD_CLOEXEC : F_DUPFD), 0}});
    }
    const bool nonblocking = (request_.flags & O_NONBLOCK) != 0;
    if (nonblocking && (request_.flags & O_ACCMODE) == O_WRONLY && pipe->readers() == 0) {
      return Effect::fails(ENXIO);
    }
    if (request_.flags_argument > 5) return Effect::unmodelled("openat2() of a FIFO");
    machine.comes_after(argument_.name->made);
    // The placeholder: to be had without waiting, whoever else the kernel thinks has it open.
    Call call = request_.call;
    int flags = request_.flags | O_NONBLOCK;
    if ((flags & O_ACCMODE) == O_WRONLY) flags = (flags & ~O_ACCMODE) | O_RDWR;
    call.arguments[request_.flags_argument] = static_cast<std::uint64_t>(flags);
    return Effect::passes(call);
  }

  std::int64_t finished(Machine& machine, Task& task, std::int64_t result) override {
    if (argument_.name != nullptr) note_result(machine, result);
    if (result >= 0) {
      machine.descriptors(task).put(static_cast<int>(result), description(machine, task),
                                    (request_.flags & O_CLOEXEC) != 0);
    }
    leave(machine);
    return result;
  }

  [[nodiscard]] std::string text(const Machine&, const Task&) const override {
    const bool creates = (request_.flags & O_CREAT) != 0;
    return fmt::format("open({}, {}{})", sandbox::quoted(argument_.given),
                       open_flag_words(request_.flags),
                       creates ? fmt::format(", {:04o}", request_.mode) : "");
  }

  [[nodiscard]] std::string waits_for(const Machine&, const Task&) const override {
    return fmt::format("opens {} for {}, which nobody has open for {}",
                       fifo() == nullptr ? argument_.given : fifo()->name(),
                       reads_through(request_.flags) ? "reading" : "writing",
                       reads_through(request_.flags) ? "writing" : "reading");
  }
  [[nodiscard]] std::vector<TaskId> suppliers(const Machine& machine,
                                              const Task& task) const override {
    return all_others(machine, task);
  }

  [[nodiscard]] Interruption interruption() const override {
    return needs_partner() ? Interruption::kRestarts : Interruption::kNever;
  }
  [[nodiscard]] std::vector<Failure> failures(const Machine&, const Task&) const override {
    if (argument_.name == nullptr) return {};
    if ((request_.flags & O_CREAT) != 0) return {{EMFILE}, {ENOSPC}};
    return {{EMFILE}};
  }

 private:
  /// What is at the path now, where that is a FIFO that is opened for its data.
  [[nodiscard]] Pipe* fifo() const {
    if (argument_.name == nullptr || argument_.name->node == nullptr) return nullptr;
    if ((request_.flags & O_PATH) != 0) return nullptr;
    if ((request_.flags & O_CREAT) != 0 && (request_.flags & O_EXCL) != 0) return nullptr;
    return argument_.name->node->fifo;
  }
  [[nodiscard]] bool needs_partner() const {
    return (request_.flags & (O_NONBLOCK | O_PATH | O_DIRECTORY)) == 0 &&
           (request_.flags & O_ACCMODE) != O_RDWR;
  }
  [[nodiscard]] std::size_t partners(const Pipe& pipe) const {
    return reads_through(request_.flags) ? pipe.writers() : pipe.readers();
  }
  [[nodiscard]] std::uint64_t partners_ever(const Pipe& pipe) const {
    return reads_through(request_.flags) ? pipe.writers_ever() : pipe.readers_ever();
  }

  [[nodiscard]] std::vector<Touch> change_or_look(Machine& machine) const {
    if (argument_.name == nullptr) return {};
    const FileName& name = *argument_.name;
    const bool creates = (request_.flags & O_CREAT) != 0;
    std::vector<Touch> touches =
        creates ? change_touches(machine, argument_) : std::vector{name.looks_up()};
    if (!creates) append(touches, machine.state<FileNames>().told(argument_.path));
    Touch more{name.id()};
    if ((request_.flags & O_TRUNC) != 0) append(touches, {writes_content(name.id())});
    if (name.node == nullptr || name.node->fifo != nullptr) {
      if (reads_through(request_.flags)) {
        more.does |= FileName::kOpensToRead;
        more.disturbs |= FileName::kOpensToWrite;
      }
      if (writes_through(request_.flags)) {
        more.does |= FileName::kOpensToWrite;
        more.disturbs |= FileName::kOpensToRead;
      }
      touches.push_back(more);
    }
    if (name.node == nullptr) return touches;
    if ((request_.flags & O_TRUNC) != 0 && name.node->content != name.id()) {
      touches.push_back(writes_content(name.node->content));
    }
    if (const Pipe* pipe = name.node->fifo) touches.push_back(fifo_touch(*pipe));
    return touches;
  }

  [[nodiscard]] Touch fifo_touch(const Pipe& pipe) const {
    Touch touch{pipe.id(), 0, Pipe::kLooks};
    if (reads_through(request_.flags)) {
      touch.does |= Pipe::kOpensReadEnd;
      touch.disturbs |= Pipe::kPuts | Pipe::kOpensWriteEnd | Pipe::kClosesWriteEnd;
    }
    if (writes_through(request_.flags)) {
      touch.does |= Pipe::kOpensWriteEnd;
      touch.disturbs |= Pipe::kTakes | Pipe::kOpensReadEnd | Pipe::kClosesReadEnd;
    }
    return touch;
  }

  void note_result(Machine& machine, std::int64_t result) {
    FileName& name = *argument_.name;
    if (result == -ENOENT) {
      machine.comes_after(name.removed);
      if (const FileName* folder = machine.state<FileNames>().folder_of(machine, name.path())) {
        machine.comes_after(folder->removed);
      }
    }
    if (result < 0) {
      machine.comes_after(name.made);
      return;
    }
    const bool exclusive = (request_.flags & O_EXCL) != 0;
    const bool nameless = (request_.flags & O_TMPFILE) == O_TMPFILE;
    if (nameless) return;
    if (const FileName* folder = machine.state<FileNames>().folder_of(machine, name.path())) {
      machine.comes_after(folder->made);
    }
    const bool is_new = name.node == nullptr && (request_.flags & O_CREAT) != 0;
    if (name.node != nullptr && ((request_.flags & O_CREAT) == 0 || !exclusive)) {
      machine.comes_after(name.made);
    } else {
      machine.comes_after(name.removed);
      auto node = std::make_shared<FileNode>();
      if ((request_.flags & O_DIRECTORY) != 0) node->sort = FileNode::Sort::kFolder;
      if ((request_.flags & O_CREAT) != 0) {
        machine.state<FileNames>().made(machine, name, std::move(node));
      } else {
        // It was there before the run.
        node->content = name.id();
        node->names = 1;
        name.node = std::move(node);
      }
    }
    if ((request_.flags & O_TRUNC) != 0) machine.hand_over(name.node->written);
    tell_watchers(machine, name, is_new);
  }

  void tell_watchers(Machine& machine, const FileName& name, bool is_new) const {
    if ((request_.flags & O_PATH) != 0) return;  // open(2): that opens nothing
    auto& names = machine.state<FileNames>();
    const bool cuts = (request_.flags & O_TRUNC) != 0 && !is_new;
    if (cuts && writes_through(request_.flags)) names.tell(machine, IN_MODIFY, name.path());
    const bool folder = name.node->sort == FileNode::Sort::kFolder;
    names.tell(machine, IN_OPEN | (folder ? std::uint32_t{IN_ISDIR} : 0), name.path());
  }

  /// What /dev/stdout and its like stand for, where the kernel knows no more of it than a
  /// placeholder.
  [[nodiscard]] std::shared_ptr<Description> modelled_by_name(const Machine& machine,
                                                              const Task& task) const {
    const auto number = descriptor_named(argument_.path);
    auto named = number ? machine.descriptors(task).find(*number) : nullptr;
    return named != nullptr && !named->passes() ? named : nullptr;
  }

  [[nodiscard]] std::shared_ptr<Description> description(Machine& machine, Task& task) {
    const int kept = request_.flags & ~(O_CREAT | O_EXCL | O_TRUNC | O_CLOEXEC | O_NOCTTY);
    if (auto named = modelled_by_name(machine, task)) return named;
    if (is_random_device(argument_.path)) return make_random_description(kept);
    if (argument_.name == nullptr) {
      return make_file_description(machine, kept, argument_.path, nullptr);
    }
    if ((request_.flags & O_TMPFILE) == O_TMPFILE) {
      return make_file_description(machine, kept, argument_.path,
                                   make_nameless(machine, "a nameless file"));
    }
    if (Pipe* pipe = fifo()) {
      const bool nobody = reads_through(request_.flags) && !writes_through(request_.flags) &&
                          pipe->writers() == 0 && !waits_in_;
      note_as_opener(machine, *pipe);
      if (!nobody) meet(machine, *pipe);
      return std::make_shared<PipeEnd>(*pipe, kept, nobody);
    }
    return make_file_description(machine, kept, argument_.path, argument_.name->node);
  }

  void note_as_opener(Machine& machine, Pipe& pipe) const {
    if (reads_through(request_.flags)) pipe.note_opener(machine, true);
    if (writes_through(request_.flags)) pipe.note_opener(machine, false);
  }
  void meet(Machine& machine, const Pipe& pipe) const {
    if (reads_through(request_.flags)) pipe.comes_after_openers(machine, false);
    if (writes_through(request_.flags)) pipe.comes_after_openers(machine, true);
  }
  void leave(Machine&) {
    if (waits_in_ == nullptr) return;
    waits_in_->remove_end(nullptr, reads_through(request_.flags), writes_through(request_.flags));
    waits_in_ = nullptr;
  }

  Request request_;
  PathArgument argument_;
  std::vector<Touch> touches_;
  Pipe* waits_in_ = nullptr;
  std::optional<std::uint64_t> partners_before_;
};

}  // namespace

std::unique_ptr<Operation> decode_open(Machine& machine, Task& task, const Call& call) {
  const auto request = request_of(machine, task, call);
  if (!request) return nullptr;
  const bool exclusive = (request->flags & O_CREAT) != 0 && (request->flags & O_EXCL) != 0;
  auto argument = path_argument(machine, task, request->folder, request->path_address,
                                (request->flags & O_NOFOLLOW) == 0 && !exclusive);
  if (is_back_door(argument.path)) {
    const std::string words = fmt::format("open({})", argument.path);
    const auto refusal = refusal_of_stranger(machine, argument.path);
    return refusal ? done_at_once(words, -*refusal) : unmodelled(words);
  }
  const auto named = descriptor_named(argument.path);
  if (named && *named == machine.memory().arena_descriptor()) {
    return done_at_once(fmt::format("open({})", argument.path), -ENOENT);
  }
  return std::make_unique<OpenOperation>(machine, task, *request, std::move(argument));
}

}  // namespace ipcgrade
