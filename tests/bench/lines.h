// Ways for bytes from one process to its child. Each has send(), which waits while the way is full,
// and receive(), which waits while it is empty; both move a block of the size that was agreed on,
// from the memory of the one process to that of the other.
#pragma once

#include <fcntl.h>
#include <mqueue.h>
#include <semaphore.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstring>
#include <span>

#include "reference/shared-memory/ipc.h"

/// Memory that a process shares with the children it will have.
class SharedPages {
 public:
  explicit SharedPages(std::size_t size)
      : size_(size),
        memory_(::mmap(nullptr, size, PROT_READ | PROT_WRITE,
                       MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0)) {
    if (memory_ == MAP_FAILED) fail("mmap");
  }
  SharedPages(const SharedPages&) = delete;
  SharedPages& operator=(const SharedPages&) = delete;
  ~SharedPages() { ::munmap(memory_, size_); }

  [[nodiscard]] char* bytes() const { return static_cast<char*>(memory_); }

 private:
  std::size_t size_;
  void* memory_;
};

/// The semaphores of the reference, with sem_t in place of System V's: no system call where nobody
/// has to wait or be woken.
class PosixSemaphores {
 public:
  using Event = Semaphores::Event;

  explicit PosixSemaphores(Role) {
    for (const auto event : {Semaphores::kWritten, Semaphores::kRead}) {
      check(::sem_init(at(event), /*pshared=*/1, 0), "sem_init");
    }
  }

  void tell(Event event) { check(::sem_post(at(event)), "sem_post"); }
  void wait_for(Event event) { check(::sem_wait(at(event)), "sem_wait"); }

 private:
  [[nodiscard]] sem_t* at(Event event) const {
    return reinterpret_cast<sem_t*>(pages_.bytes() + event * kApart);
  }

  static constexpr std::size_t kApart = 128;  // bytes: no two of them in one cache line
  SharedPages pages_{2 * kApart};
};

/// The room of a line on which the kernel sets no limit, in bytes: that of a pipe (pipe(7)), but 16
/// blocks at least.
constexpr std::size_t room_for(std::size_t block) {
  return std::max<std::size_t>(65536, 16 * block);
}

/// Blocks of shared memory, used one after another.
template <typename SomeSemaphores>
class Ring {
 public:
  explicit Ring(std::size_t block)
      : block_(block), blocks_(room_for(block) / block), pages_(room_for(block)) {
    for (std::size_t free = 0; free < blocks_; ++free) semaphores_.tell(Semaphores::kRead);
  }

  void send(std::span<const char> from) {
    semaphores_.wait_for(Semaphores::kRead);
    std::memcpy(next(), from.data(), from.size());
    semaphores_.tell(Semaphores::kWritten);
  }
  void receive(std::span<char> to) {
    semaphores_.wait_for(Semaphores::kWritten);
    std::memcpy(to.data(), next(), to.size());
    semaphores_.tell(Semaphores::kRead);
  }

 private:
  char* next() { return pages_.bytes() + block_ * (turn_++ % blocks_); }

  std::size_t block_, blocks_;
  std::size_t turn_ = 0;  // each process has its own
  SharedPages pages_;
  SomeSemaphores semaphores_{Role::kServer};
};

/// One block in shared memory, and a number in the same cache line that says that it is there. Who
/// waits looks at it without a pause: what the hardware takes, without the kernel. The owner must
/// see that no block is sent before the last one was received.
class SpinLine {
 public:
  explicit SpinLine(std::size_t) {}

  void send(std::span<const char> from) {
    std::memcpy(line().bytes, from.data(), from.size());
    line().sent.store(++turn_, std::memory_order_release);
  }
  void receive(std::span<char> to) {
    ++turn_;
    while (line().sent.load(std::memory_order_acquire) != turn_) continue;
    std::memcpy(to.data(), line().bytes, to.size());
  }

 private:
  struct Line {
    std::atomic<unsigned> sent;
    char bytes[60];
  };
  [[nodiscard]] Line& line() const { return *reinterpret_cast<Line*>(pages_.bytes()); }

  unsigned turn_ = 0;  // each process has its own
  SharedPages pages_{sizeof(Line)};
};

class Pipe {
 public:
  explicit Pipe(std::size_t) { check(::pipe(ends_.data()), "pipe"); }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    for (const int end : ends_) ::close(end);
  }

  void send(std::span<const char> from) {
    while (!from.empty()) from = from.subspan(moved(::write(ends_[1], from.data(), from.size())));
  }
  void receive(std::span<char> to) {
    while (!to.empty()) to = to.subspan(moved(::read(ends_[0], to.data(), to.size())));
  }

 protected:
  [[nodiscard]] int write_end() const { return ends_[1]; }

 private:
  static std::size_t moved(ssize_t size) {
    if (size <= 0) fail("a pipe");
    return static_cast<std::size_t>(size);
  }

  std::array<int, 2> ends_{};
};

/// A pipe that has been given the room of a ring.
class WidePipe : public Pipe {
 public:
  explicit WidePipe(std::size_t block) : Pipe(block) {
    check(::fcntl(write_end(), F_SETPIPE_SZ, room_for(block)), "F_SETPIPE_SZ");
  }
};

/// The most that a message of either kind of queue holds where nobody has set another limit, in
/// bytes: msgop(2) MSGMAX, mq_overview(7) msgsize_max. Longer blocks go in parts.
inline constexpr std::size_t kMostInMessage = 8192;

class SysvQueue {
 public:
  explicit SysvQueue(std::size_t) : id_(check(::msgget(IPC_PRIVATE, 0600), "msgget")) {}
  SysvQueue(const SysvQueue&) = delete;
  SysvQueue& operator=(const SysvQueue&) = delete;
  ~SysvQueue() { ::msgctl(id_, IPC_RMID, nullptr); }

  // The kernel wants a message's type right before its text: the copy is part of the price.
  void send(std::span<const char> from) {
    Message message;
    for (; !from.empty(); from = from.subspan(std::min(from.size(), kMostInMessage))) {
      const std::size_t size = std::min(from.size(), kMostInMessage);
      std::memcpy(message.text, from.data(), size);
      check(::msgsnd(id_, &message, size, 0), "msgsnd");
    }
  }
  void receive(std::span<char> to) {
    Message message;
    while (!to.empty()) {
      const ssize_t size = ::msgrcv(id_, &message, sizeof message.text, 0, 0);
      if (size <= 0) fail("msgrcv");
      std::memcpy(to.data(), message.text, static_cast<std::size_t>(size));
      to = to.subspan(static_cast<std::size_t>(size));
    }
  }

 private:
  struct Message {
    Message() : type(1) {}  // text stays as it is: filling it would be measured, too
    long type;
    char text[kMostInMessage];
  };

  int id_;
};

class PosixQueue {
 public:
  explicit PosixQueue(std::size_t block) : part_(std::min(block, kMostInMessage)) {
    mq_attr attributes{};
    attributes.mq_maxmsg = 10;  // the default limit: mq_overview(7)
    attributes.mq_msgsize = static_cast<long>(part_);
    constexpr const char* kName = "/ipcgrade-bench";
    queue_ = check(::mq_open(kName, O_RDWR | O_CREAT | O_EXCL, 0600, &attributes), "mq_open");
    ::mq_unlink(kName);
  }
  PosixQueue(const PosixQueue&) = delete;
  PosixQueue& operator=(const PosixQueue&) = delete;
  ~PosixQueue() { ::mq_close(queue_); }

  void send(std::span<const char> from) {
    for (; !from.empty(); from = from.subspan(part_)) {
      check(::mq_send(queue_, from.data(), part_, 0), "mq_send");
    }
  }
  void receive(std::span<char> to) {
    for (; !to.empty(); to = to.subspan(part_)) {
      if (::mq_receive(queue_, to.data(), part_, nullptr) < 0) fail("mq_receive");
    }
  }

 private:
  std::size_t part_;  // of a block, in bytes: it must divide the block
  mqd_t queue_;
};
