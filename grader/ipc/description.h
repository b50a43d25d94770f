// Open file descriptions and the tables of numbers that name them. The kernel keeps a table of its
// own, with real descriptors as placeholders under the same numbers; what is read from and written
// to modelled ones never reaches it.
#pragma once

#include <poll.h>

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ipc/object.h"
#include "ipc/operation.h"

namespace ipcgrade {

enum class Direction : std::uint8_t { kIn, kOut };

/// Whether a transfer may come out shorter than it could.
enum class Cut : std::uint8_t {
  kMay,
  kOfWhole,  ///< the kernel passes it on as a whole, which not everybody knows
  kNever,    ///< what is cut off would be lost
};

/// An open file description (open(2)): what several descriptors, by dup and fork, may name.
class Description {
 public:
  explicit Description(int flags) : flags_(flags) {}
  Description(const Description&) = delete;
  Description& operator=(const Description&) = delete;
  virtual ~Description() = default;

  /// POLLIN, POLLOUT, POLLHUP, POLLERR… as poll(2) would say now.
  [[nodiscard]] virtual short ready(const Machine&) const = 0;
  /// What an operation in that direction touches; none where no other task can see it.
  [[nodiscard]] virtual std::vector<Touch> touches(Direction) const = 0;
  /// What looking at its readiness touches.
  [[nodiscard]] virtual std::vector<Touch> looks() const { return touches(Direction::kIn); }
  /// What closing a descriptor of it touches: by a call, and by a process's end or exec.
  [[nodiscard]] virtual std::vector<Touch> closing() const { return {}; }
  /// The same for a task where it matters which one asks: signals are its own.
  [[nodiscard]] virtual short ready_for(const Machine& machine, const Task&) const {
    return ready(machine);
  }
  [[nodiscard]] virtual std::vector<Touch> touches_for(const Machine&, const Task&,
                                                       Direction direction) const {
    return touches(direction);
  }
  [[nodiscard]] virtual std::vector<Touch> looks_for(const Machine&, const Task&) const {
    return looks();
  }
  /// Whether a transfer of that size would have to wait now.
  [[nodiscard]] virtual bool would_wait(const Machine&, const Task&, Direction,
                                        std::size_t size) const;
  /// Bytes that a read would get now, for FIONREAD and short counts; -1: it does not say.
  [[nodiscard]] virtual std::int64_t available(const Machine&) const { return -1; }
  /// The most of a write of `size` bytes that is taken at once.
  [[nodiscard]] virtual std::size_t room(const Machine&, std::size_t size) const { return size; }
  /// Whether a transfer of `size` bytes may be cut short now, where failures() has a short count.
  [[nodiscard]] virtual Cut cut(Direction, std::size_t /*size*/) const { return Cut::kMay; }
  /// The most that one call transfers, however much it asks for.
  [[nodiscard]] virtual std::uint64_t most(Direction) const { return ~std::uint64_t{0}; }
  /// The kernel has done a transfer of one that passes, with that result.
  virtual void transferred(Machine&, Task&, Direction, std::int64_t /*result*/) {}
  /// Somebody has seen by poll that it is ready so: the current event comes after what made it.
  virtual void seen(Machine&, short /*events*/) {}
  /// How often it has become readable or writable anew, for EPOLLET; nothing: it does not say.
  [[nodiscard]] virtual std::optional<std::uint64_t> wakes(Direction) const { return std::nullopt; }
  /// Whether a transfer may have to wait for somebody whom the model does not know.
  [[nodiscard]] virtual bool may_wait_unseen() const { return false; }
  /// Transfers what can be now: a count, or -errno. -EAGAIN: nothing can, it would wait. Never
  /// called for those that pass.
  virtual std::int64_t read(Machine&, Task&, std::span<std::byte> into);
  virtual std::int64_t write(Machine&, Task&, std::span<const std::byte> bytes);
  /// A read or write of it begins to wait: adds to that event what it would add to the transfer's.
  virtual void waited_for(Machine&, Task&, Direction) {}
  /// Whether reads and writes are the kernel's (regular files, /dev/null).
  [[nodiscard]] virtual bool passes() const { return false; }
  /// A descriptor of it is closed, by a call or a process's end; `last` where no other is left.
  virtual void closed(Machine&, TaskId, bool /*last*/) {}
  /// "pipe 1": as told to a student.
  [[nodiscard]] virtual std::string name(const Machine&) const = 0;
  /// "whose last write end is held by itself, as descriptor 4"; empty where there is nothing.
  [[nodiscard]] virtual std::string why_waiting(const Machine&, const Task&, Direction) const {
    return "";
  }
  [[nodiscard]] virtual std::vector<TaskId> suppliers(const Machine&, const Task&,
                                                      Direction) const {
    return {};
  }
  /// The failures of reads and writes that may be injected: of data of the student's own.
  [[nodiscard]] virtual std::vector<Failure> failures(Direction) const { return {{EIO}}; }
  /// Whether what it does concerns nobody while one process of one task holds all of it, so that
  /// its touches can be left out.
  [[nodiscard]] virtual bool private_when_alone() const { return false; }

  [[nodiscard]] int flags() const { return flags_; }  ///< O_NONBLOCK, O_APPEND, access mode
  void set_flags(int flags) { flags_ = flags; }

 private:
  int flags_;
};

/// The descriptors of a process; threads share one, fork copies it.
class DescriptorTable {
 public:
  struct Slot {
    std::shared_ptr<Description> description;
    bool close_on_exec = false;
  };

  [[nodiscard]] std::shared_ptr<Description> find(int number) const;  ///< nullptr: not open
  void put(int number, std::shared_ptr<Description> description, bool close_on_exec);
  void set_close_on_exec(int number, bool value);
  [[nodiscard]] bool close_on_exec(int number) const;
  /// Tells the description. Nothing where it is not open.
  void close(Machine&, TaskId, int number);
  void close_range(Machine&, TaskId, unsigned first, unsigned last);
  void close_for_exec(Machine&, TaskId);
  void close_all(Machine&, TaskId);
  [[nodiscard]] const std::map<int, Slot>& slots() const { return slots_; }

 private:
  std::map<int, Slot> slots_;
};

}  // namespace ipcgrade
