#include "batch/slurm.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <set>
#include <sstream>
#include <string_view>
#include <utility>

#include "batch/batch.h"
#include "report/escape.h"
#include "report/write_file.h"
#include "sandbox/fd.h"

namespace ipcgrade {
namespace {

namespace fs = std::filesystem;
using sandbox::Expected;
using sandbox::Fd;

constexpr int kMostTries = 3;
constexpr int kTick = 2000;  // milliseconds: squeue is work for the controller

/// What it writes to stdout and stderr. An error where it can't be started, or fails.
Expected<std::string> output_of(std::vector<std::string> words) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return sandbox::from_errno("pipe2");
  const Fd reading(ends[0]);
  Fd writing(ends[1]);
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, writing.get(), STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, writing.get(), STDERR_FILENO);
  pid_t pid = -1;
  const int failed =
      ::posix_spawnp(&pid, arguments[0], &actions, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) return std::unexpected(sandbox::Error{words[0], failed});
  writing.reset();
  std::string output;
  std::array<char, 4096> block{};
  for (ssize_t count = 0; (count = ::read(reading.get(), block.data(), block.size())) != 0;) {
    if (count < 0 && errno != EINTR) break;
    if (count > 0) output.append(block.data(), static_cast<std::size_t>(count));
  }
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (status == 0) return output;
  return std::unexpected(
      sandbox::Error{fmt::format("{}: {}", words[0],
                                 visible(output.substr(0, output.find('\n')), Newlines::kEscape)),
                     EIO});
}

/// For sh, which may not know $'…'.
std::string in_shell(const std::string& word) { return "'" + replaced(word, "'", "'\\''") + "'"; }

class Jobs {
 public:
  explicit Jobs(const SlurmSpec& spec) : spec_(spec) {
    for (std::size_t number = 1; number <= spec.shards; ++number) left_.insert(number);
  }
  Jobs(const Jobs&) = delete;
  Jobs& operator=(const Jobs&) = delete;
  ~Jobs() { cancel(); }

  Expected<std::vector<std::size_t>> run() {
    if (auto written = write_script(); !written) return std::unexpected(written.error());
    drop_finished();
    for (int time = 0; time < kMostTries && !left_.empty(); ++time) {
      if (auto submitted = submit(); !submitted) return std::unexpected(submitted.error());
      while (watch()) {
        pollfd wait{spec_.stop, POLLIN, 0};
        if (::poll(&wait, 1, kTick) > 0) {
          cancel();
          return std::vector(left_.begin(), left_.end());
        }
      }
      job_.clear();
      drop_finished();
    }
    return std::vector(left_.begin(), left_.end());
  }

 private:
  [[nodiscard]] Expected<void> write_script() const {
    std::error_code error;
    fs::create_directories(spec_.folder, error);
    if (error) return std::unexpected(sandbox::Error{spec_.folder.string(), error.value()});
    std::string script = "#!/bin/sh\ncase $SLURM_ARRAY_TASK_ID in\n";
    for (std::size_t number = 1; number <= spec_.shards; ++number) {
      script += fmt::format("{}) exec", number);
      for (const std::string& word : spec_.command(number)) script += " " + in_shell(word);
      script += " ;;\n";
    }
    return write_report(spec_.folder / "job.sh", script + "esac\n");
  }

  void drop_finished() {
    std::erase_if(left_, [&](std::size_t number) {
      return is_finished(spec_.folder / std::to_string(number)).value_or(false);
    });
  }

  Expected<void> submit() {
    std::vector<std::string> numbers;
    for (const std::size_t one : left_) numbers.push_back(std::to_string(one));
    const auto answer =
        output_of({"sbatch", "--parsable", "--job-name=ipcgrade", "--requeue", "--open-mode=append",
                   fmt::format("--array={}", fmt::join(numbers, ",")),
                   fmt::format("--cpus-per-task={}", spec_.cores),
                   "--output=" + (spec_.folder / "part-%a.log").string(),
                   (spec_.folder / "job.sh").string()});
    if (!answer) return std::unexpected(answer.error());
    // "17" or "17;cluster"
    job_ = answer->substr(0, answer->find_first_of(";\n"));
    return {};
  }

  /// False: none of the job is to come to an end any more.
  bool watch() {
    // A job that the controller has forgotten is an error to it.
    const auto answer = output_of(
        {"squeue", "--noheader", "--array", "--states=all", "--jobs=" + job_, "--format=%T"});
    std::size_t active = 0;
    std::size_t running = 0;
    std::istringstream lines(answer ? *answer : "");
    for (std::string state; lines >> state;) {
      constexpr std::array kOver{"COMPLETED", "FAILED",   "CANCELLED",     "NODE_FAIL", "TIMEOUT",
                                 "BOOT_FAIL", "DEADLINE", "OUT_OF_MEMORY", "PREEMPTED", "REVOKED"};
      if (std::ranges::find(kOver, state) != kOver.end()) continue;
      ++active;
      running += state == "RUNNING" ? 1 : 0;
    }
    if (spec_.progress) spec_.progress({spec_.shards - active, running, spec_.shards});
    if (running == 0) {
      // What ran on a node that was lost may have come to its end all the same, and waits for a
      // second time.
      drop_finished();
      if (left_.empty()) {
        cancel();
        return false;
      }
    }
    const bool controller_is_away = !answer && !answer.error().what.contains("Invalid job id");
    return active > 0 || controller_is_away;
  }

  void cancel() {
    if (!job_.empty()) (void)output_of({"scancel", std::exchange(job_, "")});
  }

  const SlurmSpec& spec_;
  std::set<std::size_t> left_;
  std::string job_;
};

}  // namespace

Expected<std::vector<std::size_t>> run_on_slurm(const SlurmSpec& spec) { return Jobs(spec).run(); }

}  // namespace ipcgrade
