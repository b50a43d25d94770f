// What exploring costs, beside running the same programs natively: an order of the reference, the
// first failing order of a racy counter, and a loop that touches nothing shared; with two workers
// beside one; and the memory of a long run. In turn, in one run; medians, ratios.
#include <fcntl.h>
#include <sched.h>
#include <spawn.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "assignment/parse.h"
#include "compile/build.h"
#include "compile/submission.h"
#include "detect/detect.h"
#include "explore/dependence_order.h"
#include "explore/plan.h"
#include "measure.h"
#include "sandbox/host.h"
#include "sandbox/policy.h"
#include "supervise/holder.h"

namespace {

using namespace ipcgrade;
namespace fs = std::filesystem;

constexpr int kCore = 0;

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "explore_orders: %s\n", why.c_str());
  std::exit(1);
}

template <typename Value>
Value need(sandbox::Expected<Value> value) {
  if (!value) give_up(value.error().text());
  return std::move(*value);
}

/// The usual order: no switch without need.
class Usual : public Chooser {
 public:
  [[nodiscard]] std::size_t choose(const Trace&, const Decision& decision) override {
    return decision.usual;
  }
};

/// Programs of a folder, built as a hand-in of a lab, for running natively and held.
struct Built {
  Built(const sandbox::Host& host, Assignment of, const fs::path& folder)
      : assignment(std::move(of)),
        policy(need(sandbox::Policy::of(assignment.policy, assignment.refused))) {
    auto built = need(build(host, assignment, need(read_submission(folder)), -1, Instrument::kYes));
    if (!built.findings.empty()) give_up(built.findings.front().message);
    native = std::move(built.programs);
    for (HeldProgram& one : built.held) held.push_back(std::move(one.program));
  }

  Assignment assignment;
  sandbox::Policy policy;
  std::vector<Program> native, held;
};

/// While it lives, the thread and what it starts may run on all cores again, as natively, and not
/// on the one where tasks are held.
class OnAllCores {
 public:
  OnAllCores() {
    ::sched_getaffinity(0, sizeof before_, &before_);
    cpu_set_t all;
    std::fill_n(reinterpret_cast<unsigned char*>(&all), sizeof all, 0xff);
    ::sched_setaffinity(0, sizeof all, &all);
  }
  ~OnAllCores() { ::sched_setaffinity(0, sizeof before_, &before_); }
  OnAllCores(const OnAllCores&) = delete;
  OnAllCores& operator=(const OnAllCores&) = delete;

 private:
  cpu_set_t before_{};
};

/// A lab of one program, which is started once.
Assignment lab_of(const std::string& program, const Assignment& like) {
  Assignment lab = like;
  lab.programs = {program};
  Scenario scenario = like.scenarios.front();
  scenario.starts = {{program, {}, "", {}}};
  scenario.results.clear();
  lab.scenarios = {scenario};
  return lab;
}

std::string write_program(const fs::path& folder, const Program& program) {
  const fs::path path = folder / program.name;
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
  if (file < 0 || ::write(file, program.bytes.data(), program.bytes.size()) !=
                      static_cast<ssize_t>(program.bytes.size())) {
    give_up("can't write " + path.string());
  }
  ::close(file);
  return path.string();
}

pid_t start(const std::string& path) {
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  std::string name = path;
  char* arguments[] = {name.data(), nullptr};
  pid_t child = 0;
  if (::posix_spawn(&child, path.c_str(), &actions, nullptr, arguments, environ) != 0) {
    give_up("can't start " + path);
  }
  ::posix_spawn_file_actions_destroy(&actions);
  return child;
}

int wait_for(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) != child) {
    if (errno != EINTR) give_up("can't wait");  // the supervisor has a timer
  }
  return status;
}

void row(const char* name, double ours, double native) {
  std::printf("  %-44s %10.3f %10.3f %8.4f\n", name, ours, native, ours / native);
}

void reference_order(const sandbox::Host& host, const Assignment& lab, const fs::path& source,
                     const fs::path& scratch) {
  constexpr int kRounds = 200;
  const Built built(host, lab, source / "reference/shared-memory");
  const std::string server = write_program(scratch, built.native[0]);
  const std::string client = write_program(scratch, built.native[1]);
  const HoldSpec spec{host, built.assignment, built.policy, built.held, -1, kCore};
  const auto holder = need(Holder::open(spec, built.assignment.scenarios.front()));
  std::vector<double> held, native;
  const auto natively = [&] {
    const OnAllCores all;
    native.push_back(milliseconds_of([&] {
      const pid_t first = start(server);
      while (::shmget(5678, 0, 0) < 0) ::sched_yield();
      wait_for(start(client));
      wait_for(first);
    }));
  };
  for (int round = 0; round < kRounds; ++round) {
    natively();
    held.push_back(milliseconds_of([&] {
      Usual usual;
      (void)need(holder->run(usual, {}));
    }));
  }
  row("one order of the reference, ms", median(held), median(native));
}

void racy_counter(const sandbox::Host& host, const Assignment& lab, const fs::path& source,
                  const fs::path& scratch) {
  constexpr int kMostNative = 20'000;
  const Built built(host, lab_of("racy_counter", lab), source / "tests/explore/programs");
  const std::string program = write_program(scratch, built.native[0]);
  const HoldSpec spec{host, built.assignment, built.policy, built.held, -1, kCore};
  const auto holder = need(Holder::open(spec, built.assignment.scenarios.front()));
  const auto fails = [](const Trace& trace) {
    const auto* exited = std::get_if<sandbox::Exited>(&*trace.processes.front().end);
    return exited != nullptr && exited->status != 0;
  };
  bool found = false;
  const double held = milliseconds_of([&] {
    const Runner runner = [&](Chooser& chooser, const RunOptions& options) {
      return holder->run(chooser, options);
    };
    ExploreOptions options;
    options.stop = [&] { return found; };
    WorkerPool pool([&](std::size_t) -> sandbox::Expected<Runner> { return runner; });
    (void)need(explore(
        pool,
        [&](const SharedTrace& run) -> std::vector<FindingKey> {
          found = found || fails(*run);
          return {};
        },
        options));
  });
  int runs = 0;
  bool seen = false;
  const OnAllCores all;
  const double native = milliseconds_of([&] {
    while (!seen && runs < kMostNative) {
      ++runs;
      seen = wait_for(start(program)) != 0;
    }
  });
  row("first failing order of a racy counter, ms", held, native);
  std::printf("    natively %s after %d runs; held: %s\n", seen ? "seen" : "not seen", runs,
              found ? "found" : "not found");
}

void pure_loop(const sandbox::Host& host, const Assignment& lab, const fs::path& source,
               const fs::path& scratch) {
  constexpr int kRounds = 5;
  const Built built(host, lab_of("computes", lab), source / "tests/explore/programs");
  const std::string program = write_program(scratch, built.native[0]);
  const HoldSpec spec{host, built.assignment, built.policy, built.held, -1, kCore};
  const auto holder = need(Holder::open(spec, built.assignment.scenarios.front()));
  std::vector<double> held, native;
  for (int round = 0; round < kRounds; ++round) {
    native.push_back(milliseconds_of([&] { wait_for(start(program)); }));
    held.push_back(milliseconds_of([&] {
      Usual usual;
      (void)need(holder->run(usual, {}));
    }));
  }
  row("a loop that touches nothing shared, ms", median(held), median(native));
}

/// All orders of the philosophers, with as many workers, in milliseconds.
double explore_all(const HoldSpec& spec, std::size_t workers) {
  WorkerPool pool(
      [&](std::size_t worker) -> sandbox::Expected<Runner> {
        HoldSpec own = spec;
        own.core = kCore + static_cast<int>(worker);
        std::shared_ptr<Holder> holder = need(Holder::open(own, spec.assignment.scenarios.front()));
        return [holder](Chooser& chooser, const RunOptions& options) {
          return holder->run(chooser, options);
        };
      },
      workers);
  return milliseconds_of([&] {
    (void)need(explore(
        pool, [](const SharedTrace&) { return std::vector<FindingKey>{}; }, ExploreOptions{}));
  });
}

void two_workers(const sandbox::Host& host, const Assignment& lab, const fs::path& source) {
  constexpr int kRounds = 5;
  const Built built(host, lab_of("philosophers", lab), source / "tests/explore/programs");
  const HoldSpec spec{host, built.assignment, built.policy, built.held, -1, kCore};
  const OnAllCores all;
  std::vector<double> one, two;
  for (int round = 0; round < kRounds; ++round) {
    one.push_back(explore_all(spec, 1));
    two.push_back(explore_all(spec, 2));
  }
  std::printf("\n  %-44s %10s %10s %8s\n", "", "two", "one", "ratio");
  row("workers explore all orders of philosophers, ms", median(two), median(one));
}

/// The most memory that this process has had so far, in MB. Source: proc(5), VmHWM.
double most_memory() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    double kilobytes = 0;
    if (word == "VmHWM:" && status >> kilobytes) return kilobytes / 1024;
  }
  give_up("no VmHWM in /proc/self/status");
}

void long_run(const sandbox::Host& host, const Assignment& lab, const fs::path& source) {
  const Built built(host, lab_of("million", lab), source / "tests/explore/programs");
  const HoldSpec spec{host, built.assignment, built.policy, built.held, -1, kCore};
  const auto holder = need(Holder::open(spec, built.assignment.scenarios.front()));
  const double before = most_memory();
  Usual usual;
  std::size_t events = 0;
  {
    const Trace trace = need(holder->run(usual, {}));
    events = trace.events.size();
    (void)hash_of_order(trace);
    (void)detect_all(built.assignment.scenarios.front(), nullptr, trace);
  }
  std::printf("\n  a run of %zu events, judged: %.0f MB at most, %.0f of them before it\n", events,
              most_memory(), before);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: explore_orders SOURCE\n");
    return 2;
  }
  // Natively, too, the programs' keys are nobody else's.
  if (::unshare(CLONE_NEWIPC) != 0) give_up("it needs an IPC namespace of its own: run it as root");
  const fs::path source = argv[1];
  std::string scratch = "/tmp/ipcgrade-bench-XXXXXX";
  if (::mkdtemp(scratch.data()) == nullptr) give_up("no folder in /tmp");
  std::vector<std::string_view> groups;
  for (const sandbox::PolicyGroup& group : sandbox::kPolicyGroups) groups.push_back(group.name);
  const auto lab = parse_assignment(source / "assignments/shared-memory", groups);
  if (!lab) give_up(lab.error().text());
  const sandbox::Host host = sandbox::Host::find();
  std::printf("  %-44s %10s %10s %8s\n", "", "held", "natively", "ratio");
  reference_order(host, *lab, source, scratch);
  racy_counter(host, *lab, source, scratch);
  pure_loop(host, *lab, source, scratch);
  two_workers(host, *lab, source);
  long_run(host, *lab, source);
  fs::remove_all(scratch);
  return 0;
}
