#include "reference_programs.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

#include "measure.h"
#include "partner.h"

namespace {

/// A file in memory, of lines of lower-case letters.
class Input {
 public:
  explicit Input(std::size_t size) : file_(check(::memfd_create("input", MFD_CLOEXEC), "memfd")) {
    std::string text;
    while (text.size() < size) text += "abcdefghijklmnopqrstuvwxyz\n";
    if (::write(file_, text.data(), size) != static_cast<ssize_t>(size)) fail("write");
  }
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;
  ~Input() { ::close(file_); }

  void rewind() const { ::lseek(file_, 0, SEEK_SET); }
  [[nodiscard]] int file() const { return file_; }

 private:
  int file_;
};

/// A program and its arguments.
using Words = std::vector<std::string>;

pid_t start(const Words& words, const Input& input) {
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, input.file(), STDIN_FILENO);
  ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t child = 0;
  const int error =
      ::posix_spawn(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) throw std::runtime_error("can't start " + words[0]);
  return child;
}

/// Of programs that are started together, till the last has ended. They share the input: one may
/// read it.
double seconds_of(const std::vector<Words>& programs, const Input& input) {
  input.rewind();
  ::alarm(kLongestWait);
  return milliseconds_of([&] {
           std::vector<pid_t> children;
           for (const Words& words : programs) children.push_back(start(words, input));
           for (const pid_t child : children) {
             int status = 0;
             check(::waitpid(child, &status, 0), "waitpid");
             if (status != 0) throw std::runtime_error(programs[0][0] + " failed");
           }
         }) /
         1000;
}

constexpr std::size_t kMebibyte = 1 << 20;
constexpr std::size_t kInput = 16;      // MiB
constexpr const char* kMost = "20000";  // rounds of `signals`

/// Programs with much to do, and with nothing to do, which is their start-up.
struct Run {
  std::string name;
  std::vector<Words> much, nothing;
  double amount;     // of what they have to do
  const char* unit;  // of what they do in a second
  std::vector<double> start_up = {}, one_core = {}, any_core = {};
};

std::vector<Run> all_runs() {
  const std::string folder = IPCGRADE_REFERENCE_PROGRAMS "/";
  const std::vector<Words> pipes{{folder + "pipes"}};
  const std::vector<Words> messages{{folder + "sender"}, {folder + "receiver"}};
  const std::string signals = folder + "signals";
  return {
      {"pipes", pipes, pipes, kInput, "MiB/s"},
      {"sender and receiver", messages, messages, kInput, "MiB/s"},
      {"signals", {{signals, kMost}}, {{signals, "0"}}, std::stod(kMost), "rounds/s"},
  };
}

}  // namespace

Table reference_programs(int rounds) {
  std::vector<Run> runs = all_runs();
  const Input much(kInput * kMebibyte), nothing(0);
  const cpu_set_t any = affinity();
  for (int round = 0; round < rounds; ++round) {
    for (Run& run : runs) {
      run.start_up.push_back(seconds_of(run.nothing, nothing));
      run.any_core.push_back(seconds_of(run.much, much));
      pin_to(usable_cores().front());
      run.one_core.push_back(seconds_of(run.much, much));
      set_affinity(any);
    }
  }
  Table table("The reference programs: start-up in milliseconds, and what they do without it",
              {"", "start-up", "one core", "any core", ""});
  for (const Run& run : runs) {
    const double start_up = lower_quartile(run.start_up);
    const auto rate = [&](const std::vector<double>& took) {
      return figure(run.amount / (lower_quartile(took) - start_up));
    };
    table.add(
        {run.name, figure(start_up * 1000), rate(run.one_core), rate(run.any_core), run.unit});
  }
  return table;
}
