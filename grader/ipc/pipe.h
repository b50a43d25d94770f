// Pipes and FIFOs: what lies in them, and their ends. Source: pipe(7), fifo(7); how bytes are put
// into pages is the kernel's (fs/pipe.c), since it decides when a writer has to wait: sixteen
// writes of 3,000 bytes fill a pipe of 65,536.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ipc/description.h"
#include "ipc/object.h"

namespace ipcgrade {

class Machine;
class PipeEnd;

class Pipe : public Object {
 public:
  static constexpr std::size_t kPage = 4096;  ///< PIPE_BUF, too
  static constexpr std::size_t kUsualSlots = 16;

  // What operations do to it.
  static constexpr std::uint16_t kTakes = 1;
  static constexpr std::uint16_t kPuts = 2;
  static constexpr std::uint16_t kClosesReadEnd = 4;
  static constexpr std::uint16_t kClosesWriteEnd = 8;
  static constexpr std::uint16_t kLooks = 16;
  static constexpr std::uint16_t kOpensReadEnd = 32;
  static constexpr std::uint16_t kOpensWriteEnd = 64;

  Pipe(ObjectId id, std::string name) : Object(id, ObjectKind::kPipe, std::move(name)) {}

  /// As much as there is; -EAGAIN where a reader would have to wait, 0 at the end.
  std::int64_t take(Machine& machine, std::span<std::byte> into);
  /// As much as there is room for; -EAGAIN where that is nothing, -EPIPE without readers.
  std::int64_t put(Machine& machine, std::span<const std::byte> bytes, bool packet);

  [[nodiscard]] bool empty() const { return slots_.empty(); }
  [[nodiscard]] bool full() const { return slots_.size() >= most_slots_; }
  [[nodiscard]] std::size_t available() const;
  /// Of a read of `size` bytes now: PIPE_BUF bytes and fewer, written at once, come at once.
  [[nodiscard]] Cut cut_of_read(std::size_t size) const;
  /// The part of a write of `size` bytes that would be taken now.
  [[nodiscard]] std::size_t room(std::size_t size) const;
  [[nodiscard]] std::size_t capacity() const { return most_slots_ * kPage; }
  /// F_SETPIPE_SZ: the new capacity, or -errno.
  std::int64_t set_capacity(std::size_t size);

  // Its ends: open file descriptions, and openers of a FIFO that wait for the other side.
  void add_end(PipeEnd* end, bool reads, bool writes);
  /// Somebody closes a descriptor of a write (read) end, the last one of it or not.
  void closing(Machine& machine, bool reads, bool writes);
  void remove_end(PipeEnd* end, bool reads, bool writes);
  [[nodiscard]] std::size_t readers() const { return readers_; }
  [[nodiscard]] std::size_t writers() const { return writers_; }
  /// How many have ever been opened.
  [[nodiscard]] std::uint64_t readers_ever() const { return readers_ever_; }
  [[nodiscard]] std::uint64_t writers_ever() const { return writers_ever_; }
  /// The tasks that hold an end for that direction, and under which numbers.
  [[nodiscard]] std::vector<std::pair<TaskId, int>> holders(const Machine& machine,
                                                            Direction direction) const;

  /// The current event comes after what made it ready so, as poll(2) says it.
  void seen(Machine& machine, short events);
  /// After the openers for reading (for writing) so far: a FIFO's other side has come.
  void comes_after_openers(Machine& machine, bool readers) const;
  void note_opener(Machine& machine, bool reader);

  [[nodiscard]] std::uint64_t times_readable() const { return times_readable_; }
  [[nodiscard]] std::uint64_t times_writable() const { return times_writable_; }

 private:
  /// Bytes that one event wrote, up to an offset in the page.
  struct Part {
    EventId written_by = kNoEvent;
    std::size_t end = 0;
    bool whole = false;  ///< of a write that was taken at once: PIPE_BUF bytes or fewer
  };
  struct Slot {
    std::vector<std::byte> bytes;
    std::size_t begin = 0;  ///< what lies before it has been read
    std::vector<Part> parts;
    bool packet = false;
  };

  [[nodiscard]] bool merges(std::size_t size) const;
  void take_slot(Machine& machine);

  std::deque<Slot> slots_;
  std::size_t most_slots_ = kUsualSlots;
  /// The reads that made room, oldest first: the next page that is begun takes the first.
  std::deque<EventId> freed_by_;
  std::size_t readers_ = 0, writers_ = 0;
  std::uint64_t readers_ever_ = 0, writers_ever_ = 0;
  std::vector<PipeEnd*> ends_;
  HandOver readers_closed_, writers_closed_, readers_opened_, writers_opened_;
  std::uint64_t times_readable_ = 0, times_writable_ = 0;
};

/// An open file description of one end, or of both (a FIFO opened O_RDWR).
class PipeEnd : public Description {
 public:
  PipeEnd(Pipe& pipe, int flags, bool waited_for_nobody = false);
  ~PipeEnd() override;

  [[nodiscard]] Pipe& pipe() const { return pipe_; }
  [[nodiscard]] bool reads() const { return reads_; }
  [[nodiscard]] bool writes() const { return writes_; }

  [[nodiscard]] short ready(const Machine&) const override;
  [[nodiscard]] std::vector<Touch> touches(Direction direction) const override;
  [[nodiscard]] std::vector<Touch> looks() const override;
  [[nodiscard]] std::vector<Touch> closing() const override;
  [[nodiscard]] bool would_wait(const Machine&, const Task&, Direction direction,
                                std::size_t size) const override;
  [[nodiscard]] std::int64_t available(const Machine&) const override;
  [[nodiscard]] std::size_t room(const Machine&, std::size_t size) const override;
  void waited_for(Machine& machine, Task& task, Direction direction) override;
  std::int64_t read(Machine& machine, Task& task, std::span<std::byte> into) override;
  std::int64_t write(Machine& machine, Task& task, std::span<const std::byte> bytes) override;
  void closed(Machine& machine, TaskId task, bool last) override;
  void seen(Machine& machine, short events) override { pipe_.seen(machine, events); }
  [[nodiscard]] std::optional<std::uint64_t> wakes(Direction direction) const override;
  [[nodiscard]] std::string name(const Machine&) const override { return pipe_.name(); }
  [[nodiscard]] std::string why_waiting(const Machine& machine, const Task& task,
                                        Direction direction) const override;
  [[nodiscard]] std::vector<TaskId> suppliers(const Machine& machine, const Task& task,
                                              Direction direction) const override;
  [[nodiscard]] std::vector<Failure> failures(Direction) const override { return {{EIO}, {0}}; }
  [[nodiscard]] Cut cut(Direction direction, std::size_t size) const override;

 private:
  Pipe& pipe_;
  bool reads_, writes_;
  bool open_ = true;
  /// A reader of a FIFO that did not wait for a writer sees no hang-up until there was one.
  std::optional<std::uint64_t> quiet_since_;
};

/// Notes in the current event which ends of pipes the task's process holds: see Event::held_ends.
void note_held_ends(Machine& machine, const Task& task, bool reads);

/// "pipe 3": the next number of the run.
[[nodiscard]] std::string next_pipe_name(Machine& machine);

}  // namespace ipcgrade
