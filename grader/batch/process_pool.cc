#include "batch/process_pool.h"

#include <fmt/format.h>
#include <poll.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <deque>
#include <exception>
#include <new>
#include <optional>
#include <thread>
#include <utility>

#include "sandbox/describe.h"
#include "sandbox/fd.h"
#include "sandbox/files.h"

namespace ipcgrade {
namespace {

using Clock = std::chrono::steady_clock;
using sandbox::Expected;
using sandbox::Fd;

/// What a worker exits with that ran out of memory; none of stdlib.h's.
constexpr int kNoMemory = 2;

struct Running {
  std::size_t index = 0;
  std::size_t place = 0;  ///< which of the cores
  pid_t pid = -1;
  Fd handle{};  ///< readable when it has ended
  Fd result{};
  Clock::time_point killed_at{};
  bool is_late = false;
};

[[noreturn]] void work_here(const ProcessPoolWork& work, std::size_t index, int core, int result,
                            pid_t parent) {
  // It ends with us, and with it all that it holds.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(EXIT_FAILURE);
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(static_cast<std::size_t>(core), &set);
  ::sched_setaffinity(0, sizeof set, &set);  // where that fails it is slower
  try {
    const std::string bytes = work.work(index);
    ::_exit(sandbox::write_all(result, bytes) ? EXIT_SUCCESS : EXIT_FAILURE);
  } catch (const std::bad_alloc&) {
    ::_exit(kNoMemory);
  } catch (const std::exception&) {
    ::_exit(EXIT_FAILURE);
  }
}

Expected<std::string> bytes_of(int file) {
  std::string bytes;
  std::array<char, 64 * 1024> block{};
  off_t at = 0;
  while (true) {
    const ssize_t count = ::pread(file, block.data(), block.size(), at);
    if (count < 0) return sandbox::from_errno("read what it found");
    if (count == 0) return bytes;
    bytes.append(block.data(), static_cast<std::size_t>(count));
    at += count;
  }
}

class Pool {
 public:
  Pool(const ProcessPoolOptions& options, const ProcessPoolWork& work)
      : options_(options), work_(work), free_(options.cores.size(), true) {}
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  ~Pool() { end_all(); }

  Expected<void> run(std::size_t count) {
    for (std::size_t index = 0; index < count; ++index) waiting_.push_back(index);
    while (!waiting_.empty() || !running_.empty()) {
      if (sandbox::is_readable(options_.stop)) waiting_.clear();
      if (auto begun = begin_what_has_room(); !begun) return begun;
      if (running_.empty()) continue;
      wait();
      if (auto ended = end_what_is_over(); !ended) return ended;
    }
    return {};
  }

 private:
  Expected<void> begin_what_has_room() {
    for (std::size_t place = 0; place < free_.size() && !waiting_.empty(); ++place) {
      if (!free_[place]) continue;
      Running one{.index = waiting_.front(),
                  .place = place,
                  .killed_at = Clock::now() + options_.most_time};
      one.result = Fd(::memfd_create("result", MFD_CLOEXEC));
      if (!one.result) return sandbox::from_errno("memfd_create");
      const pid_t parent = ::getpid();
      one.pid = ::fork();
      if (one.pid < 0) {
        // Later there may be room, once one of them has ended.
        if (!running_.empty()) return {};
        return sandbox::from_errno("fork");
      }
      if (one.pid == 0) {
        work_here(work_, one.index, options_.cores[place], one.result.get(), parent);
      }
      one.handle = Fd(static_cast<int>(::syscall(SYS_pidfd_open, one.pid, 0)));
      waiting_.pop_front();
      free_[place] = false;
      if (work_.begun) work_.begun(one.index);
      running_.push_back(std::move(one));
    }
    return {};
  }

  /// Asks them to end, so that they take away what they made on the machine; in time, kills them.
  void end_all() {
    constexpr std::chrono::seconds kMost{10};
    constexpr std::chrono::milliseconds kNap{10};
    for (const Running& one : running_) ::kill(one.pid, SIGTERM);
    const auto deadline = Clock::now() + kMost;
    while (!running_.empty() && Clock::now() < deadline) {
      std::erase_if(running_, [](const Running& one) {
        return ::waitpid(one.pid, nullptr, WNOHANG) == one.pid;
      });
      if (!running_.empty()) std::this_thread::sleep_for(kNap);
    }
    for (const Running& one : running_) ::kill(one.pid, SIGKILL);
    for (const Running& one : running_) ::waitpid(one.pid, nullptr, 0);
    running_.clear();
  }

  void wait() {
    constexpr int kTick = 500;  // milliseconds: also for those that have to be killed
    std::vector<pollfd> fds;
    for (const Running& one : running_) fds.push_back({one.handle.get(), POLLIN, 0});
    const bool stops = sandbox::is_readable(options_.stop);
    fds.push_back({stops ? -1 : options_.stop, POLLIN, 0});
    ::poll(fds.data(), fds.size(), kTick);
  }

  Expected<void> end_what_is_over() {
    for (std::size_t i = 0; i < running_.size();) {
      Running& one = running_[i];
      if (!one.is_late && Clock::now() > one.killed_at) {
        one.is_late = true;
        ::kill(one.pid, SIGKILL);
      }
      int status = 0;
      if (::waitpid(one.pid, &status, WNOHANG) != one.pid) {
        ++i;
        continue;
      }
      const Running over = std::move(one);
      running_.erase(running_.begin() + static_cast<std::ptrdiff_t>(i));
      free_[over.place] = true;
      switch (work_.done(over.index, result_of(over, status))) {
        case ProcessPoolWork::Next::kGoOn:
          break;
        case ProcessPoolWork::Next::kAgain:
          waiting_.push_back(over.index);
          break;
        case ProcessPoolWork::Next::kEnd:
          waiting_.clear();
          end_all();
          return {};
      }
    }
    return {};
  }

  [[nodiscard]] Expected<std::string> result_of(const Running& over, int status) const {
    if (over.is_late) {
      return sandbox::failure(fmt::format("was not done in {} s", options_.most_time.count()));
    }
    if (WIFSIGNALED(status)) {
      return sandbox::failure("was ended by " + sandbox::signal_text(WTERMSIG(status)));
    }
    if (WEXITSTATUS(status) == kNoMemory) return sandbox::failure("had not enough memory");
    if (WEXITSTATUS(status) != EXIT_SUCCESS) return sandbox::failure("failed");
    return bytes_of(over.result.get());
  }

  const ProcessPoolOptions& options_;
  const ProcessPoolWork& work_;
  std::vector<bool> free_;
  std::deque<std::size_t> waiting_;
  std::vector<Running> running_;
};

}  // namespace

Expected<void> run_processes(std::size_t count, const ProcessPoolOptions& options,
                             const ProcessPoolWork& work) {
  return Pool(options, work).run(count);
}

}  // namespace ipcgrade
