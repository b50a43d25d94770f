// splice(2) and sendfile(2) on descriptors that the model keeps: bytes go from one to the other and
// never come into the program's memory. Of sendfile only what a pipe as stdin gives: EINVAL.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/syscall.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "ipc/arguments.h"
#include "ipc/calls.h"
#include "ipc/descriptor.h"
#include "ipc/machine.h"
#include "ipc/mechanisms.h"
#include "ipc/pipe.h"
#include "ipc/signal.h"
#include "ipc/standard_streams.h"

namespace ipcgrade {

namespace {

constexpr std::uint64_t kMostAtOnce = 1 << 20;

const PipeEnd* pipe_end(const Description& description) {
  return dynamic_cast<const PipeEnd*>(&description);
}

bool is_stream(const Description& description) {
  return dynamic_cast<const StandardStream*>(&description) != nullptr;
}

/// From what to what: both modelled, one of them a pipe.
class Splice : public Operation {
 public:
  struct Side {
    int number;
    std::weak_ptr<Description> description;
    std::string name;
  };

  Splice(Side from, Side to, std::uint64_t count, bool waits_for_nothing,
         std::vector<Touch> touches)
      : from_(std::move(from)),
        to_(std::move(to)),
        count_(count),
        waits_for_nothing_(waits_for_nothing),
        touches_(std::move(touches)) {}

  [[nodiscard]] std::vector<Touch> touches() const override { return touches_; }

  [[nodiscard]] bool enabled(const Machine& machine, const Task& task) const override {
    return waiting_at(machine, task).first == nullptr;
  }

  void begin_wait(Machine& machine, Task& task) override {
    const auto [at, direction] = waiting_at(machine, task);
    if (at != nullptr) at->waited_for(machine, task, direction);
  }

  Effect perform(Machine& machine, Task& task) override {
    const auto from = from_.description.lock();
    const auto to = to_.description.lock();
    if (from == nullptr || to == nullptr) return Effect::fails(EBADF);
    std::uint64_t size = std::min(count_, kMostAtOnce);
    if (from->available(machine) > 0) {
      const PipeEnd* out = pipe_end(*to);
      if (out != nullptr && out->pipe().readers() == 0) {
        const std::int64_t error = to->write(machine, task, std::array<std::byte, 1>{});
        send_broken_pipe(machine, task);
        return Effect::returns(error);
      }
      // A whole number of pages is put where there is room for it, in pages of its own.
      if (out != nullptr) size = std::min(size, out->pipe().room(out->pipe().capacity()));
      if (size == 0) return Effect::fails(EAGAIN);
    }
    if (short_) {
      const auto there = static_cast<std::uint64_t>(from->available(machine));
      size = std::max<std::uint64_t>(1, std::min(size, there) / 2);
    }
    std::vector<std::byte> bytes(size);
    const std::int64_t taken = from->read(machine, task, bytes);
    if (taken <= 0) return Effect::returns(taken);
    bytes.resize(static_cast<std::size_t>(taken));
    const std::int64_t moved = to->write(machine, task, bytes);
    machine.moves(Direction::kIn, bytes);
    machine.moves(Direction::kOut, bytes);
    return Effect::returns(moved);
  }

  [[nodiscard]] std::string text(const Machine&, const Task&) const override {
    return fmt::format("splice({}, {}, {}) [{}] to [{}]", from_.number, to_.number, count_,
                       from_.name, to_.name);
  }
  [[nodiscard]] std::string waits_for(const Machine& machine, const Task& task) const override {
    const auto [at, direction] = waiting_at(machine, task);
    if (at == nullptr) return "";
    const std::string why = at->why_waiting(machine, task, direction);
    return fmt::format("{} {}{}{}", direction == Direction::kIn ? "reads from" : "writes to",
                       at->name(machine), why.empty() ? "" : ", ", why);
  }
  [[nodiscard]] std::vector<TaskId> suppliers(const Machine& machine,
                                              const Task& task) const override {
    const auto [at, direction] = waiting_at(machine, task);
    return at == nullptr ? std::vector<TaskId>{} : at->suppliers(machine, task, direction);
  }

  [[nodiscard]] bool may_wait_unseen(const Machine&, const Task&) const override {
    const auto from = from_.description.lock();
    const auto to = to_.description.lock();
    return (from != nullptr && from->may_wait_unseen()) || (to != nullptr && to->may_wait_unseen());
  }
  [[nodiscard]] Interruption interruption() const override {
    return waits_for_nothing_ ? Interruption::kNever : Interruption::kRestarts;
  }
  [[nodiscard]] std::vector<Failure> failures(const Machine&, const Task&) const override {
    return {{EIO}, {0}};
  }
  void shorten() override { short_ = true; }

 private:
  /// Where it would have to wait, and for what; nullptr: it can go on, or fail.
  [[nodiscard]] std::pair<std::shared_ptr<Description>, Direction> waiting_at(
      const Machine& machine, const Task& task) const {
    auto from = from_.description.lock();
    auto to = to_.description.lock();
    if (waits_for_nothing_ || from == nullptr || to == nullptr) return {};
    const auto waits = [](const Description& one) { return (one.flags() & O_NONBLOCK) == 0; };
    if (from->would_wait(machine, task, Direction::kIn, 1)) {
      return waits(*from) ? std::pair{std::move(from), Direction::kIn}
                          : std::pair{nullptr, Direction::kIn};
    }
    const PipeEnd* out = pipe_end(*to);
    const bool is_end = from->available(machine) == 0;
    const bool full = out != nullptr && out->pipe().full() && out->pipe().readers() > 0;
    if (full && !is_end && waits(*to)) return {std::move(to), Direction::kOut};
    return {};
  }

  Side from_, to_;
  std::uint64_t count_;
  bool waits_for_nothing_;
  bool short_ = false;
  std::vector<Touch> touches_;
};

std::unique_ptr<Operation> decode_splice(Machine& machine, Task& task, const Call& call) {
  const int in = int_at(call, 0);
  const int out = int_at(call, 2);
  const std::string words = fmt::format("splice({}, {})", in, out);
  const auto from = machine.descriptors(task).find(in);
  const auto to = machine.descriptors(task).find(out);
  if (from == nullptr || to == nullptr) return done_at_once(words, -EBADF);
  const PipeEnd* source = pipe_end(*from);
  const PipeEnd* target = pipe_end(*to);
  const bool modelled =
      (source != nullptr || is_stream(*from)) && (target != nullptr || is_stream(*to));
  if (!modelled) return unmodelled(words);
  if ((from->flags() & O_ACCMODE) == O_WRONLY || (to->flags() & O_ACCMODE) == O_RDONLY) {
    return done_at_once(words, -EBADF);
  }
  if (source == nullptr && target == nullptr) return done_at_once(words, -EINVAL);
  if (source != nullptr && target != nullptr && &source->pipe() == &target->pipe()) {
    return done_at_once(words, -EINVAL);
  }
  // Neither a pipe nor a stream can be sought in.
  if (call.arguments[1] != 0 || call.arguments[3] != 0) return done_at_once(words, -ESPIPE);
  if (call.arguments[4] == 0) return done_at_once(words, 0);
  auto touches = use_touches(machine, task, in, from, Direction::kIn);
  append(touches, use_touches(machine, task, out, to, Direction::kOut));
  const bool waits_for_nothing = (call.arguments[5] & SPLICE_F_NONBLOCK) != 0;
  return std::make_unique<Splice>(Splice::Side{in, from, from->name(machine)},
                                  Splice::Side{out, to, to->name(machine)}, call.arguments[4],
                                  waits_for_nothing, std::move(touches));
}

std::unique_ptr<Operation> decode_sendfile(Machine& machine, Task& task, const Call& call) {
  const int out = int_at(call, 0);
  const int in = int_at(call, 1);
  const std::string words = fmt::format("sendfile({}, {})", out, in);
  const auto from = machine.descriptors(task).find(in);
  const auto to = machine.descriptors(task).find(out);
  if (from == nullptr || to == nullptr) return done_at_once(words, -EBADF);
  if (pipe_end(*from) != nullptr || is_stream(*from)) return done_at_once(words, -EINVAL);
  if (from->passes() && to->passes()) return nullptr;
  return unmodelled(words);
}

std::unique_ptr<Operation> decode(Machine& machine, Task& task, const Call& call) {
  return call.number == SYS_splice ? decode_splice(machine, task, call)
                                   : decode_sendfile(machine, task, call);
}

constexpr std::array kCalls{long{SYS_splice}, long{SYS_sendfile}};

}  // namespace

const Mechanism kSpliceMechanism{"splice", kCalls, decode};

}  // namespace ipcgrade
