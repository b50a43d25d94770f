// What the runtime says to a supervisor, and what it makes of the answers: under one that answers
// by a table and takes the log.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <iterator>
#include <string>
#include <vector>

#include "runtime/hypercall.h"
#include "sandbox/fd.h"

namespace ipcgrade {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::Field;
using testing::Ge;
using testing::SizeIs;

struct Call {
  IpcgradeHypercall what;
  std::array<std::uint64_t, 4> arguments;
};

class SmallSupervisor {
 public:
  /// Holds the guest from start to end. False where the kernel lets nobody hold anybody.
  bool run() {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) return false;
    pid_ = ::fork();
    if (pid_ == 0) {
      ::dup2(ends[1], 1);
      if (::ptrace(PTRACE_TRACEME, 0, 0, 0) != 0) ::_exit(77);
      ::setenv("LD_PRELOAD", IPCGRADE_RUNTIME, 1);
      ::execl(IPCGRADE_HELD_GUEST, "held_guest", nullptr);
      ::_exit(78);
    }
    ::close(ends[1]);
    const sandbox::Fd output(ends[0]);
    int status = 0;
    ::waitpid(pid_, &status, 0);
    if (!WIFSTOPPED(status)) return false;
    ::ptrace(PTRACE_SETOPTIONS, pid_, 0, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
    for (bool entry = true;; entry = !entry) {
      ::ptrace(PTRACE_SYSCALL, pid_, 0, 0);
      ::waitpid(pid_, &status, 0);
      if (!WIFSTOPPED(status)) break;
      user_regs_struct registers{};
      ::ptrace(PTRACE_GETREGS, pid_, 0, &registers);
      if (entry) {
        at_stop(registers);
        continue;
      }
      if (registers.orig_rax != SYS_getppid || registers.rdi != IPCGRADE_MAGIC) continue;
      registers.rax = static_cast<std::uint64_t>(answer(calls_.back()));
      ::ptrace(PTRACE_SETREGS, pid_, 0, &registers);
    }
    status_ = status;
    std::array<char, 4096> piece{};
    while (true) {
      const ssize_t got = ::read(output.get(), piece.data(), piece.size());
      if (got <= 0) break;
      printed_.append(piece.data(), static_cast<std::size_t>(got));
    }
    return true;
  }

  template <class T>
  T read_from(std::uint64_t address) const {
    T value{};
    iovec local{&value, sizeof value};
    iovec remote{reinterpret_cast<void*>(address), sizeof value};
    EXPECT_EQ(::process_vm_readv(pid_, &local, 1, &remote, 1, 0), ssize_t{sizeof value});
    return value;
  }

  template <class T>
  void write_to(std::uint64_t address, const T& value) const {
    iovec local{const_cast<T*>(&value), sizeof value};
    iovec remote{reinterpret_cast<void*>(address), sizeof value};
    EXPECT_EQ(::process_vm_writev(pid_, &local, 1, &remote, 1, 0), ssize_t{sizeof value});
  }

  std::vector<Call> calls_;
  std::vector<IpcgradeLogEntry> log_;
  IpcgradeHello hello_{};
  std::vector<timespec> untils_;
  std::string printed_;
  int status_ = 0;
  pid_t pid_ = -1;

 private:
  static std::int64_t answer(const Call& call) {
    switch (call.what) {
      case IPCGRADE_HELLO:
        return IPCGRADE_HELD;
      case IPCGRADE_SEM_WAIT:
        return call.arguments[1] != 0 ? -ETIMEDOUT : 0;
      case IPCGRADE_SEM_TRYWAIT:
        return -EAGAIN;
      case IPCGRADE_SEM_GETVALUE:
        return 42;
      case IPCGRADE_MUTEX_LOCK:
        return -EOWNERDEAD;
      case IPCGRADE_COND_WAIT:
        return -ETIMEDOUT;
      case IPCGRADE_BARRIER_WAIT:
        return IPCGRADE_BARRIER_SERIAL;
      default:
        return 0;
    }
  }

  void at_stop(const user_regs_struct& registers) {
    if (registers.orig_rax == SYS_getpgrp) {
      take_log();
      write_to(hello_.log_switch, std::uint32_t{switched_on_ ? 0U : 3U});
      switched_on_ = !switched_on_;
    }
    if (registers.orig_rax != SYS_getppid || registers.rdi != IPCGRADE_MAGIC) return;
    calls_.push_back({static_cast<IpcgradeHypercall>(registers.rsi),
                      {registers.rdx, registers.r10, registers.r8, registers.r9}});
    switch (calls_.back().what) {
      case IPCGRADE_HELLO:
        hello_ = read_from<IpcgradeHello>(registers.rdx);
        break;
      case IPCGRADE_SEM_WAIT:
        if (registers.r10 != 0) untils_.push_back(read_from<timespec>(registers.r10));
        break;
      case IPCGRADE_COND_WAIT:
        untils_.push_back(read_from<timespec>(registers.r8));
        break;
      case IPCGRADE_LOG_FULL:
        take_log();
        break;
      default:
        break;
    }
  }

  void take_log() {
    const auto log = read_from<IpcgradeLog>(hello_.log);
    log_.insert(log_.end(), log.entries, log.entries + log.count);
    write_to(hello_.log, std::uint64_t{0});
  }

  bool switched_on_ = false;
};

class RuntimeHeldTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!held_.run()) GTEST_SKIP() << "no process can be traced here";
    EXPECT_EQ(held_.printed_, "ok\n") << "what the answers came to, see the guest";
    EXPECT_TRUE(WIFEXITED(held_.status_) && WEXITSTATUS(held_.status_) == 0);
  }

  [[nodiscard]] std::vector<IpcgradeHypercall> order_of_calls() const {
    std::vector<IpcgradeHypercall> order;
    for (const Call& call : held_.calls_) order.push_back(call.what);
    return order;
  }

  [[nodiscard]] std::vector<Call> calls_of(IpcgradeHypercall what) const {
    std::vector<Call> found;
    std::ranges::copy_if(held_.calls_, std::back_inserter(found),
                         [what](const Call& call) { return call.what == what; });
    return found;
  }

  [[nodiscard]] std::vector<IpcgradeLogEntry> logged(int access, int order) const {
    std::vector<IpcgradeLogEntry> found;
    std::ranges::copy_if(held_.log_, std::back_inserter(found), [=](const IpcgradeLogEntry& entry) {
      return entry.access == access && entry.order == order;
    });
    return found;
  }

  SmallSupervisor held_;
};

constexpr int kPlain = 0;
constexpr int kVolatile = 1;
constexpr int kAtomic = 2;  // and the order of C11
constexpr int kAcquire = 2;
constexpr int kAcqRel = 4;
constexpr int kSeqCst = 5;

TEST_F(RuntimeHeldTest, SaysHelloFirst) {
  ASSERT_FALSE(held_.calls_.empty());
  EXPECT_EQ(held_.calls_[0].what, IPCGRADE_HELLO);
  EXPECT_THAT(calls_of(IPCGRADE_HELLO), SizeIs(1));
  const IpcgradeHello& hello = held_.hello_;
  EXPECT_EQ(hello.instrumented, 1U);
  EXPECT_LT(hello.atomics_begin, hello.atomics_end);
  EXPECT_LT(hello.text_begin, hello.atomics_begin);
  EXPECT_LE(hello.atomics_end, hello.text_end);
}

TEST_F(RuntimeHeldTest, SynchronisationIsCalls) {
  auto order = order_of_calls();
  const auto fence = std::ranges::find(order, IPCGRADE_FENCE);
  ASSERT_NE(fence, order.end());
  order.erase(fence + 1, order.end());
  EXPECT_THAT(order,
              ElementsAre(IPCGRADE_HELLO,                                                      //
                          IPCGRADE_LIBRARY_BEGIN, IPCGRADE_LIBRARY_END, IPCGRADE_OBJECT_MADE,  //
                          IPCGRADE_SEM_WAIT, IPCGRADE_SEM_TRYWAIT, IPCGRADE_SEM_WAIT,          //
                          IPCGRADE_SEM_GETVALUE, IPCGRADE_SEM_POST,                            //
                          IPCGRADE_MUTEX_LOCK, IPCGRADE_COND_WAIT, IPCGRADE_MUTEX_UNLOCK,      //
                          IPCGRADE_LIBRARY_BEGIN, IPCGRADE_LIBRARY_END, IPCGRADE_OBJECT_MADE,  //
                          IPCGRADE_BARRIER_INIT, IPCGRADE_BARRIER_WAIT,                        //
                          IPCGRADE_LIBRARY_BEGIN, IPCGRADE_LIBRARY_END,                        //
                          IPCGRADE_LIBRARY_BEGIN, IPCGRADE_LIBRARY_END, IPCGRADE_OBJECT_GONE,  //
                          IPCGRADE_FENCE));
  const Call made = calls_of(IPCGRADE_OBJECT_MADE)[0];
  const Call gone = calls_of(IPCGRADE_OBJECT_GONE)[0];
  EXPECT_EQ(made.arguments[1], sizeof(sem_t));
  EXPECT_EQ(made.arguments[0], gone.arguments[0]);
  EXPECT_EQ(calls_of(IPCGRADE_SEM_WAIT)[1].arguments[2], std::uint64_t{CLOCK_MONOTONIC});
  EXPECT_EQ(calls_of(IPCGRADE_COND_WAIT)[0].arguments[3], ~std::uint64_t{0});
  EXPECT_EQ(calls_of(IPCGRADE_COND_WAIT)[0].arguments[1],
            calls_of(IPCGRADE_MUTEX_LOCK)[0].arguments[0]);
  EXPECT_EQ(calls_of(IPCGRADE_BARRIER_INIT)[0].arguments[1], 3U);
  EXPECT_EQ(calls_of(IPCGRADE_FENCE)[0].arguments[0], 3U) << "release";
  ASSERT_THAT(held_.untils_, SizeIs(2));
  EXPECT_THAT(held_.untils_,
              Each(AllOf(Field(&timespec::tv_sec, 12), Field(&timespec::tv_nsec, 34))));
}

TEST_F(RuntimeHeldTest, AtomicsStopBeforeAndAreLoggedAfter) {
  const auto stops = calls_of(IPCGRADE_ACCESS);
  ASSERT_THAT(stops, SizeIs(2));
  const auto meaning = [](int access, int order) {
    return 4 | static_cast<std::uint64_t>(access) << 32 | static_cast<std::uint64_t>(order) << 40;
  };
  EXPECT_EQ(stops[0].arguments[1], meaning(IPCGRADE_UPDATES, kAtomic + kAcqRel));
  EXPECT_EQ(stops[1].arguments[1], meaning(IPCGRADE_UPDATES, kAtomic + kSeqCst));
  const auto added = logged(IPCGRADE_UPDATES, kAtomic + kAcqRel);
  ASSERT_THAT(added, SizeIs(1));
  EXPECT_EQ(added[0].address, stops[0].arguments[0]);
  EXPECT_EQ(added[0].instruction, stops[0].arguments[2]);
  EXPECT_THAT(logged(IPCGRADE_READS, kAtomic + kAcquire), SizeIs(1)) << "the failed exchange";
}

TEST_F(RuntimeHeldTest, PlainAccessesOfOneInstructionAreOneRange) {
  const auto writes = logged(IPCGRADE_WRITES, kPlain);
  EXPECT_THAT(writes, Contains(Field(&IpcgradeLogEntry::size, 4)).Times(Ge(1)));
  EXPECT_THAT(writes, Contains(Field(&IpcgradeLogEntry::size, 400)).Times(1)) << "the loop";
}

TEST_F(RuntimeHeldTest, LibraryFunctionsAreLoggedForTheirCaller) {
  EXPECT_THAT(logged(IPCGRADE_READS, kPlain), Contains(Field(&IpcgradeLogEntry::size, 5)));
  const auto fresh = logged(IPCGRADE_ALLOCATES, kPlain);
  ASSERT_THAT(fresh, SizeIs(1));
  EXPECT_EQ(fresh[0].size, 1000U);
  for (const IpcgradeLogEntry& entry : held_.log_) {
    EXPECT_FALSE(entry.instruction >= held_.hello_.text_begin &&
                 entry.instruction < held_.hello_.text_end);
  }
}

TEST_F(RuntimeHeldTest, VolatileOnesFillTheLog) {
  EXPECT_THAT(logged(IPCGRADE_WRITES, kVolatile), SizeIs(1501));
  EXPECT_THAT(calls_of(IPCGRADE_LOG_FULL), SizeIs(Ge(2U)));
}

}  // namespace
}  // namespace ipcgrade
