// read(2), write(2) and their like, on whatever a descriptor names. Sockets, which come before this
// file in all_mechanisms(), have theirs.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <memory>
#include <utility>

#include "ipc/buffers.h"
#include "ipc/descriptor.h"
#include "ipc/file.h"
#include "ipc/machine.h"
#include "ipc/mechanisms.h"
#include "ipc/signal.h"
#include "ipc/standard_streams.h"
#include "ipc/words.h"
#include "sandbox/describe.h"

namespace ipcgrade {

namespace {

/// What the kernel takes from the program at once, where it takes anything: keeps memory small.
constexpr std::uint64_t kMostAtOnce = 1 << 20;
/// MAX_RW_COUNT: no call moves more.
constexpr std::uint64_t kMostInAll = 0x7ffff000;
constexpr std::size_t kShown = 32;

struct Shape {
  long number;
  std::string_view name;
  Direction direction;
  bool vector;
  bool positioned;
};
constexpr std::array kShapes{
    Shape{SYS_read, "read", Direction::kIn, false, false},
    Shape{SYS_write, "write", Direction::kOut, false, false},
    Shape{SYS_readv, "readv", Direction::kIn, true, false},
    Shape{SYS_writev, "writev", Direction::kOut, true, false},
    Shape{SYS_pread64, "pread", Direction::kIn, false, true},
    Shape{SYS_pwrite64, "pwrite", Direction::kOut, false, true},
    Shape{SYS_preadv, "preadv", Direction::kIn, true, true},
    Shape{SYS_pwritev, "pwritev", Direction::kOut, true, true},
    Shape{SYS_preadv2, "preadv2", Direction::kIn, true, true},
    Shape{SYS_pwritev2, "pwritev2", Direction::kOut, true, true},
};

/// What a transfer of `size` bytes touches of a file that somebody has mapped. Where in the file it
/// is, only the kernel knows, unless the call says so.
std::optional<Touch> mapped_touch(const Description* description, const Shape& shape,
                                  const Call& call, std::uint64_t size) {
  const auto* file = dynamic_cast<const FileDescription*>(description);
  const ObjectId memory =
      file == nullptr || file->node() == nullptr ? kNoObject : file->node()->memory;
  if (memory == kNoObject || size == 0) return std::nullopt;
  const bool out = shape.direction == Direction::kOut;
  if (!shape.positioned) return std::nullopt;
  const std::uint64_t begin = call.arguments[3];
  return out ? writes(memory, begin, begin + size) : reads(memory, begin, begin + size);
}

/// A call on a descriptor, with its buffers.
class Transfer : public Operation {
 public:
  Transfer(Machine& machine, Task& task, const Call& call, const Shape& shape, Buffers buffers,
           const std::shared_ptr<Description>& description)
      : shape_(shape),
        call_(call),
        number_(static_cast<int>(call.arguments[0])),
        description_(description),
        buffers_(std::move(buffers)),
        count_(std::min({buffers_.size(), kMostInAll, description->most(shape.direction)})),
        name_(description->name(machine)),
        touches_(use_touches(machine, task, number_, description, shape.direction)),
        buffer_touches_(buffers_.touches(machine, task, shape.direction == Direction::kIn)) {
    if (const auto mapped = mapped_touch(description.get(), shape_, call_, count_)) {
      buffer_touches_.push_back(*mapped);
    }
  }

  [[nodiscard]] std::vector<Touch> touches() const override {
    auto all = touches_;
    append(all, buffer_touches_);
    return all;
  }
  [[nodiscard]] std::vector<Touch> sure_touches() const override { return touches_; }

  [[nodiscard]] std::string text(const Machine& machine, const Task& task) const override {
    const bool out = shape_.direction == Direction::kOut;
    const std::uint64_t known = out ? count_ : moved_;
    std::string arguments;
    if (known > 0) {
      // One more than is shown, so that what is left out is marked.
      std::vector<std::byte> bytes(std::min<std::uint64_t>(known, kShown + 1));
      if (buffers_.peek(machine, task, 0, bytes)) arguments = sandbox::quoted(bytes, kShown) + ", ";
    }
    if (shape_.vector) arguments += fmt::format("{} buffers, ", buffers_.count());
    return fmt::format("{}({}, {}{}) [{}]", shape_.name, number_, arguments, buffers_.size(),
                       name_);
  }

  [[nodiscard]] std::vector<Failure> failures(const Machine&, const Task& task) const override {
    const auto description = description_.lock();
    if (description == nullptr || count_ == 0) return {};
    // A handler that wakes its own program by a byte has nobody whom it could tell that it can't.
    const bool is_stream = dynamic_cast<const StandardStream*>(description.get()) != nullptr;
    if (!task.handlers.empty() && !is_stream) return {};
    auto failures = description->failures(shape_.direction);
    const Cut cut = count_ == 1 ? Cut::kNever : description->cut(shape_.direction, count_);
    const auto short_count = std::ranges::find(failures, Failure{0});
    if (short_count == failures.end()) return failures;
    if (cut == Cut::kNever) failures.erase(short_count);
    if (cut == Cut::kOfWhole) short_count->of_whole = true;
    return failures;
  }
  void shorten() override { short_ = true; }

 protected:
  /// Closed by another thread since: the kernel would go on with what it holds; EBADF is what it
  /// gives when the close comes first.
  [[nodiscard]] std::shared_ptr<Description> description() const { return description_.lock(); }
  [[nodiscard]] bool out() const { return shape_.direction == Direction::kOut; }

  const Shape& shape_;
  Call call_;
  int number_;
  std::weak_ptr<Description> description_;
  Buffers buffers_;
  std::uint64_t count_;
  std::uint64_t moved_ = 0;
  bool short_ = false;

 private:
  std::string name_;
  std::vector<Touch> touches_;
  std::vector<Touch> buffer_touches_;
};

/// On a description that the kernel keeps.
class PassedTransfer : public Transfer {
 public:
  using Transfer::Transfer;

  Effect perform(Machine&, Task&) override { return Effect::passes(call_); }
  std::int64_t finished(Machine& machine, Task& task, std::int64_t result) override {
    if (result > 0) {
      moved_ = static_cast<std::uint64_t>(result);
      buffers_.touch(machine, task, 0, moved_, !out());
    }
    if (const auto found = description()) {
      if (const auto mapped = mapped_touch(found.get(), shape_, call_, moved_)) {
        machine.touch(*mapped);
      }
      found->transferred(machine, task, shape_.direction, result);
    }
    return result;
  }
  // Whole, as the kernel does it.
  [[nodiscard]] std::vector<Failure> failures(const Machine& machine,
                                              const Task& task) const override {
    auto failures = Transfer::failures(machine, task);
    std::erase_if(failures, [](const Failure& one) { return one.error == 0; });
    return failures;
  }
};

/// On one that the model keeps.
class ModelledTransfer : public Transfer {
 public:
  using Transfer::Transfer;

  [[nodiscard]] bool enabled(const Machine& machine, const Task& task) const override {
    const auto found = description();
    return found == nullptr || (found->flags() & O_NONBLOCK) != 0 || count_ == 0 ||
           !allows(*found) || !found->would_wait(machine, task, shape_.direction, count_ - moved_);
  }

  void begin_wait(Machine& machine, Task& task) override {
    if (const auto found = description()) found->waited_for(machine, task, shape_.direction);
  }

  Effect perform(Machine& machine, Task& task) override {
    const auto found = description();
    if (found == nullptr || !allows(*found)) return Effect::fails(EBADF);
    if (shape_.positioned && !at_current_position()) return Effect::fails(ESPIPE);
    if (count_ == 0) return Effect::returns(0);
    return out() ? write(machine, task, *found) : read(machine, task, *found);
  }

  [[nodiscard]] Interruption interruption() const override {
    const auto found = description();
    // What can't fail (stderr) does not wait for long, either.
    const bool waits = found != nullptr && (found->flags() & O_NONBLOCK) == 0 && count_ > 0 &&
                       !found->failures(shape_.direction).empty();
    return waits ? Interruption::kRestarts : Interruption::kNever;
  }
  [[nodiscard]] bool may_wait_unseen(const Machine&, const Task&) const override {
    const auto found = description();
    return found != nullptr && found->may_wait_unseen();
  }
  std::int64_t interrupted(Machine&, Task&) override {
    return moved_ > 0 ? static_cast<std::int64_t>(moved_) : -EINTR;
  }

  [[nodiscard]] std::string waits_for(const Machine& machine, const Task& task) const override {
    const auto found = description();
    if (found == nullptr) return "";
    std::string words = (out() ? "writes to " : "reads from ") + found->name(machine);
    const std::string why = found->why_waiting(machine, task, shape_.direction);
    return why.empty() ? words : words + ", " + why;
  }
  [[nodiscard]] std::vector<TaskId> suppliers(const Machine& machine,
                                              const Task& task) const override {
    const auto found = description();
    return found == nullptr ? std::vector<TaskId>{}
                            : found->suppliers(machine, task, shape_.direction);
  }

 private:
  [[nodiscard]] bool allows(const Description& description) const {
    return (description.flags() & O_ACCMODE) != (out() ? O_RDONLY : O_WRONLY);
  }
  /// preadv2(2): offset -1 stands for it.
  [[nodiscard]] bool at_current_position() const {
    return (call_.number == SYS_preadv2 || call_.number == SYS_pwritev2) &&
           static_cast<std::int64_t>(call_.arguments[3]) == -1;
  }

  Effect read(Machine& machine, Task& task, Description& description) {
    std::uint64_t most = std::min(count_, kMostAtOnce);
    if (short_) {
      const std::int64_t available = description.available(machine);
      if (available >= 0) most = std::min(most, static_cast<std::uint64_t>(available));
      most = std::max<std::uint64_t>(1, most / 2);
    }
    std::vector<std::byte> bytes(most);
    const std::int64_t result = description.read(machine, task, bytes);
    if (result > 0) {
      moved_ = static_cast<std::uint64_t>(result);
      if (!buffers_.write(machine, task, std::span(bytes).first(moved_))) {
        moved_ = 0;
        return Effect::fails(EFAULT);
      }
    }
    return Effect::returns(result);
  }

  Effect write(Machine& machine, Task& task, Description& description) {
    if (std::exchange(short_, false)) count_ = std::max<std::uint64_t>(1, count_ / 2);
    while (moved_ < count_) {
      const std::uint64_t left = count_ - moved_;
      // Without room it is asked all the same: there may be nobody to read any more.
      const std::size_t room = description.room(machine, left);
      std::vector<std::byte> bytes(std::min(room > 0 ? room : left, kMostAtOnce));
      if (!buffers_.peek(machine, task, moved_, bytes)) return partly(-EFAULT);
      const std::int64_t result = description.write(machine, task, bytes);
      // Even where a part was written before.
      if (result == -EPIPE) send_broken_pipe(machine, task);
      if (result == -EAGAIN && (description.flags() & O_NONBLOCK) == 0) return Effect::again();
      if (result < 0) return partly(result);
      buffers_.touch(machine, task, moved_, static_cast<std::uint64_t>(result), false);
      moved_ += static_cast<std::uint64_t>(result);
    }
    return Effect::returns(static_cast<std::int64_t>(moved_));
  }

  [[nodiscard]] Effect partly(std::int64_t error) const {
    return Effect::returns(moved_ > 0 ? static_cast<std::int64_t>(moved_) : error);
  }
};

std::unique_ptr<Operation> decode(Machine& machine, Task& task, const Call& call) {
  const auto shape = std::ranges::find(kShapes, call.number, &Shape::number);
  const auto description = machine.descriptors(task).find(static_cast<int>(call.arguments[0]));
  if (description == nullptr) return nullptr;
  auto buffers = shape->vector
                     ? Buffers::from_array(machine, task, call.arguments[1], call.arguments[2])
                     : std::optional(Buffers(call.arguments[1], call.arguments[2]));
  // What is wrong with the arguments, the kernel knows best: it never gets to wait.
  if (!buffers) return nullptr;
  if (description->passes()) {
    auto transfer = std::make_unique<PassedTransfer>(machine, task, call, *shape,
                                                     *std::move(buffers), description);
    if (transfer->touches().empty() && description->failures(shape->direction).empty()) {
      return nullptr;
    }
    return transfer;
  }
  return std::make_unique<ModelledTransfer>(machine, task, call, *shape, *std::move(buffers),
                                            description);
}

constexpr std::array kCalls = [] {
  std::array<long, kShapes.size()> numbers{};
  for (std::size_t i = 0; i < kShapes.size(); ++i) numbers[i] = kShapes[i].number;
  return numbers;
}();

}  // namespace

const Mechanism kReadWriteMechanism{"read and write", kCalls, decode};

}  // namespace ipcgrade
