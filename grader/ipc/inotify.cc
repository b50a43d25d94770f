// inotify(7): who watches a file or a folder is told what others do there. The model tells of names
// that come and go, and of opening, reading, writing and closing; the kernel's own queue is never
// read.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/inotify.h>
#include <sys/syscall.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "ipc/arguments.h"
#include "ipc/calls.h"
#include "ipc/descriptor.h"
#include "ipc/file.h"
#include "ipc/machine.h"
#include "ipc/mechanisms.h"
#include "ipc/passed_operation.h"
#include "ipc/users.h"
#include "ipc/words.h"
#include "sandbox/describe.h"

namespace ipcgrade {

namespace {

constexpr std::uint16_t kTakes = 1;
constexpr std::uint16_t kAdds = 2;
constexpr std::uint16_t kLooks = 4;

constexpr std::uint32_t kTold = IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_OPEN |
                                IN_ACCESS | IN_MODIFY | IN_CLOSE_WRITE | IN_CLOSE_NOWRITE;
/// How it is watched, for the kernel to check.
constexpr std::uint32_t kHow = IN_ONLYDIR | IN_DONT_FOLLOW | IN_EXCL_UNLINK;

constexpr std::array kWords{
    std::pair{unsigned{IN_CLOSE}, std::string_view("IN_CLOSE")},
    std::pair{unsigned{IN_MOVE}, std::string_view("IN_MOVE")},
    std::pair{unsigned{IN_CREATE}, std::string_view("IN_CREATE")},
    std::pair{unsigned{IN_DELETE}, std::string_view("IN_DELETE")},
    std::pair{unsigned{IN_MOVED_FROM}, std::string_view("IN_MOVED_FROM")},
    std::pair{unsigned{IN_MOVED_TO}, std::string_view("IN_MOVED_TO")},
    std::pair{unsigned{IN_OPEN}, std::string_view("IN_OPEN")},
    std::pair{unsigned{IN_ACCESS}, std::string_view("IN_ACCESS")},
    std::pair{unsigned{IN_MODIFY}, std::string_view("IN_MODIFY")},
    std::pair{unsigned{IN_CLOSE_WRITE}, std::string_view("IN_CLOSE_WRITE")},
    std::pair{unsigned{IN_CLOSE_NOWRITE}, std::string_view("IN_CLOSE_NOWRITE")},
    std::pair{unsigned{IN_ONLYDIR}, std::string_view("IN_ONLYDIR")},
    std::pair{unsigned{IN_DONT_FOLLOW}, std::string_view("IN_DONT_FOLLOW")},
    std::pair{unsigned{IN_EXCL_UNLINK}, std::string_view("IN_EXCL_UNLINK")},
};

class Inotify : public Description, public FileWatcher {
 public:
  Inotify(ObjectId object, std::string name, int flags)
      : Description(O_RDONLY | ((flags & IN_NONBLOCK) != 0 ? O_NONBLOCK : 0)),
        object_(object),
        name_(std::move(name)) {}

  void watch(const std::string& path, int number, std::uint32_t mask) {
    watches_[path] = {number, mask};
  }
  /// The path; nothing: there is no such watch.
  std::optional<std::string> unwatch(Machine& machine, int number) {
    const auto at =
        std::ranges::find(watches_, number, [](const auto& one) { return one.second.number; });
    if (at == watches_.end()) return std::nullopt;
    std::string path = at->first;
    watches_.erase(at);
    add(machine, {number, IN_IGNORED, 0, ""});
    return path;
  }

  // FileWatcher.
  [[nodiscard]] Touch told() const override { return {object_, kAdds, kTakes | kAdds | kLooks}; }
  void tell(Machine& machine, const std::string& watched, std::uint32_t what, std::string_view name,
            std::uint32_t cookie) override {
    const auto at = watches_.find(watched);
    if (at == watches_.end() || (at->second.mask & what) == 0) return;
    add(machine, {at->second.number, what, cookie, std::string(name)});
  }

  // Description.
  [[nodiscard]] short ready(const Machine&) const override {
    return queue_.empty() ? 0 : POLLIN | POLLRDNORM;
  }
  [[nodiscard]] std::vector<Touch> touches(Direction) const override {
    return {{object_, kTakes, kTakes | kAdds | kLooks}};
  }
  [[nodiscard]] std::vector<Touch> looks() const override {
    return {{object_, kLooks, kTakes | kAdds}};
  }
  [[nodiscard]] bool would_wait(const Machine&, const Task&, Direction,
                                std::size_t) const override {
    return queue_.empty();
  }
  [[nodiscard]] std::int64_t available(const Machine&) const override {
    std::int64_t size = 0;
    for (const Told& one : queue_) size += static_cast<std::int64_t>(one.size());
    return size;
  }
  std::int64_t read(Machine& machine, Task&, std::span<std::byte> into) override {
    if (queue_.empty()) return -EAGAIN;
    std::size_t done = 0;
    while (!queue_.empty() && queue_.front().size() <= into.size() - done) {
      const Told one = std::move(queue_.front());
      queue_.pop_front();
      machine.comes_after(one.by);
      one.put(into.subspan(done, one.size()));
      done += one.size();
    }
    return done == 0 ? -EINVAL : static_cast<std::int64_t>(done);
  }
  std::int64_t write(Machine&, Task&, std::span<const std::byte>) override { return -EBADF; }
  void seen(Machine& machine, short events) override {
    if ((events & POLLIN) != 0 && !queue_.empty()) machine.comes_after(queue_.front().by);
  }
  [[nodiscard]] std::optional<std::uint64_t> wakes(Direction) const override { return times_; }
  [[nodiscard]] std::string name(const Machine&) const override { return name_; }
  [[nodiscard]] std::string why_waiting(const Machine&, const Task&, Direction) const override {
    std::string watched;
    for (const auto& [path, watch] : watches_) {
      watched += (watched.empty() ? "" : " and ") + sandbox::quoted(path);
    }
    return watched.empty() ? "which watches nothing" : "nothing has happened to " + watched;
  }
  [[nodiscard]] std::vector<TaskId> suppliers(const Machine& machine, const Task& task,
                                              Direction) const override {
    return all_others(machine, task);
  }
  [[nodiscard]] std::vector<Failure> failures(Direction) const override { return {}; }

 private:
  struct Watch {
    int number = 0;
    std::uint32_t mask = 0;
  };
  struct Told {
    int watch = 0;
    std::uint32_t what = 0;
    std::uint32_t cookie = 0;
    std::string name{};
    EventId by = kNoEvent;

    /// A name has room for its zero, and is filled up to a multiple of the header.
    [[nodiscard]] std::size_t size() const {
      constexpr std::size_t kHeader = sizeof(inotify_event);
      return name.empty() ? kHeader : kHeader + (name.size() / kHeader + 1) * kHeader;
    }
    void put(std::span<std::byte> into) const {
      const inotify_event header{watch, what, cookie,
                                 static_cast<std::uint32_t>(size() - sizeof(inotify_event))};
      std::ranges::fill(into, std::byte{0});
      std::memcpy(into.data(), &header, sizeof header);
      std::memcpy(into.data() + sizeof header, name.data(), name.size());
    }
    [[nodiscard]] bool says_the_same(const Told& other) const {
      return watch == other.watch && what == other.what && cookie == other.cookie &&
             name == other.name;
    }
  };

  /// inotify(7): an event that says the same as the last one that is unread is not told again.
  void add(Machine& machine, Told one) {
    if (!queue_.empty() && queue_.back().says_the_same(one)) return;
    one.by = machine.event_id();
    queue_.push_back(std::move(one));
    ++times_;
  }

  ObjectId object_;
  std::string name_;
  std::map<std::string, Watch> watches_;  ///< by absolute path
  std::deque<Told> queue_;
  std::uint64_t times_ = 0;
};

struct InotifyCount {
  int made = 0;
};

std::unique_ptr<Operation> decode_init(Machine& machine, Task& task, const Call& call) {
  const int flags = call.number == SYS_inotify_init1 ? int_at(call, 0) : 0;
  Passed passed{call,
                "inotify_init()",
                table_touches(machine, task, TableUse::kAllocates),
                {{EMFILE}, {ENFILE}}};
  passed.then = [flags](Machine& m, Task& t, std::int64_t result) {
    if (result < 0) return result;
    std::string name = fmt::format("inotify {}", ++m.state<InotifyCount>().made);
    const ObjectId object = m.make<Object>(ObjectKind::kEventCounter, name).id();
    m.descriptors(t).put(static_cast<int>(result),
                         std::make_shared<Inotify>(object, std::move(name), flags),
                         (flags & IN_CLOEXEC) != 0);
    return result;
  };
  return make_passed(std::move(passed));
}

std::shared_ptr<Inotify> inotify_at(Machine& machine, const Task& task, int number) {
  return std::dynamic_pointer_cast<Inotify>(machine.descriptors(task).find(number));
}

std::unique_ptr<Operation> decode_add_watch(Machine& machine, Task& task, const Call& call) {
  const int number = int_at(call, 0);
  const auto mask = static_cast<std::uint32_t>(call.arguments[2]);
  const auto inotify = inotify_at(machine, task, number);
  if (inotify == nullptr) return nullptr;
  const auto argument =
      path_argument(machine, task, AT_FDCWD, call.arguments[1], (mask & IN_DONT_FOLLOW) == 0);
  std::string text = fmt::format("inotify_add_watch({}, {}, {})", number,
                                 sandbox::quoted(argument.given), flag_words(mask, kWords));
  if ((mask & ~(kTold | kHow)) != 0) return unmodelled(std::move(text));
  std::vector<Touch> touches = argument.touches;
  append(touches, table_touches(machine, task, TableUse::kUses, number));
  append(touches, {inotify->told()});
  // What has happened before nobody is told of.
  append(touches, machine.state<FileNames>().seen_by_watch(machine, argument.path));
  Passed passed{call, std::move(text), std::move(touches), {{ENOSPC}}};
  passed.then = [inotify, mask, name = argument.name, path = argument.path](Machine& m, Task&,
                                                                            std::int64_t result) {
    if (name != nullptr) m.comes_after(result == -ENOENT ? name->removed : name->made);
    if (result < 0) return result;
    inotify->watch(path, static_cast<int>(result), mask & kTold);
    m.state<FileNames>().watch(path, inotify);
    return result;
  };
  return make_passed(std::move(passed));
}

std::unique_ptr<Operation> decode_rm_watch(Machine& machine, Task& task, const Call& call) {
  const int number = int_at(call, 0);
  const int watch = int_at(call, 1);
  const auto inotify = inotify_at(machine, task, number);
  if (inotify == nullptr) return nullptr;
  std::vector<Touch> touches = table_touches(machine, task, TableUse::kUses, number);
  append(touches, {inotify->told()});
  Passed passed{call, fmt::format("inotify_rm_watch({}, {})", number, watch), std::move(touches)};
  passed.then = [inotify, watch](Machine& m, Task&, std::int64_t result) {
    if (result < 0) return result;
    if (const auto path = inotify->unwatch(m, watch)) {
      m.state<FileNames>().unwatch(*path, *inotify);
    }
    return result;
  };
  return make_passed(std::move(passed));
}

std::unique_ptr<Operation> decode(Machine& machine, Task& task, const Call& call) {
  switch (call.number) {
    case SYS_inotify_add_watch:
      return decode_add_watch(machine, task, call);
    case SYS_inotify_rm_watch:
      return decode_rm_watch(machine, task, call);
    default:
      return decode_init(machine, task, call);
  }
}

constexpr std::array kCalls{long{SYS_inotify_init}, long{SYS_inotify_init1},
                            long{SYS_inotify_add_watch}, long{SYS_inotify_rm_watch}};

}  // namespace

const Mechanism kInotifyMechanism{"inotify", kCalls, decode};

}  // namespace ipcgrade
