#include "supervise/holder.h"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <string>

#include "runtime/runtime.h"
#include "sandbox/fd.h"
#include "sandbox/files.h"
#include "supervise/arena.h"
#include "supervise/held_run.h"
#include "supervise/stop_filter.h"

namespace ipcgrade {
namespace {

bool fails(const Assignment& assignment, std::string_view call) {
  return std::ranges::find(assignment.fails, call) != assignment.fails.end();
}

using namespace std::chrono_literals;
using sandbox::Expected;

/// Names of the processor features without which the C library takes its plainest string
/// functions: the same on every machine, and of instructions that are emulated. Source: glibc
/// manual, tunables.
constexpr const char* kTunables =
    "GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX512F,-AVX512VL,-AVX512BW,-AVX2,-AVX,-AVX_Fast_Unaligned_"
    "Load,"
    "-ERMS,-FSRM,-SSE4_2,-SSE4_1,-SSSE3,-Fast_Unaligned_Copy";

std::vector<std::string> environment(const std::string& language) {
  return {"PATH=/usr/local/bin:/usr/bin:/bin",
          "HOME=/work",
          "LANG=" + language,
          "ASAN_OPTIONS=detect_leaks=0",
          "LSAN_OPTIONS=detect_leaks=0",
          kTunables,
          "LD_BIND_NOW=1",
          "LD_PRELOAD=/programs/" + std::string(kRuntimeName)};
}

std::vector<StartCommand> start_commands(const Scenario& scenario) {
  std::vector<StartCommand> commands;
  for (const Start& start : scenario.starts) {
    StartCommand command{start.program, "/programs/" + start.program, {}};
    command.words = {command.path};
    command.words.insert(command.words.end(), start.arguments.begin(), start.arguments.end());
    commands.push_back(std::move(command));
  }
  return commands;
}

/// What the current folder begins a run with.
Expected<void> place(const HoldSpec& spec, sandbox::Box& box) {
  if (spec.folder == nullptr) return {};
  auto placed = place_folder(*spec.folder, box.work(), box.owner());
  if (!placed) return std::unexpected(placed.error().within("copy the folder into the box"));
  return placed;
}

bool out_of_memory(const Trace& trace) {
  if (!trace.stopped) return false;
  const auto* limit = std::get_if<sandbox::LimitReached>(&trace.stopped->what);
  return limit != nullptr && limit->kind == sandbox::LimitKind::kMemory;
}

/// The thread runs on one core while it lives, and where it ran before afterwards.
class OnCore {
 public:
  explicit OnCore(int core) {
    ::sched_getaffinity(0, sizeof before_, &before_);
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(static_cast<std::size_t>(core), &one);
    ::sched_setaffinity(0, sizeof one, &one);
  }
  ~OnCore() { ::sched_setaffinity(0, sizeof before_, &before_); }
  OnCore(const OnCore&) = delete;
  OnCore& operator=(const OnCore&) = delete;

 private:
  cpu_set_t before_{};
};

}  // namespace

struct Holder::Hold {
  Hold(const HoldSpec& given, const Scenario& of, sandbox::Box made, Arena memory)
      : scenario(of),
        policy(given.policy),
        limits(given.assignment.limits),
        box(std::move(made)),
        arena(std::move(memory)),
        on_core(given.core),
        // Beyond what the program may open, its descriptor is in nobody's way.
        stage{
            .scenario = scenario,
            .policy = policy,
            .limits = limits,
            .box = box,
            .arena = arena,
            .arena_descriptor = static_cast<int>(limits.open_files),
            .signals_fail = {fails(given.assignment, "kill"), fails(given.assignment, "sigaction"),
                             fails(given.assignment, "wait")},
            .start_window = given.start_window,
            .stall_bound = given.stall_bound} {}

  ~Hold() {
    for (const auto& zygote : stage.zygotes) {
      if (zygote) zygote->destroy();
    }
  }
  Hold(const Hold&) = delete;
  Hold& operator=(const Hold&) = delete;

  const Scenario scenario;
  const sandbox::Policy policy;
  const sandbox::Limits limits;
  sandbox::Box box;
  Arena arena;
  OnCore on_core;
  WaitTimer timer;
  HeldScenario stage;
};

Holder::Holder(const HoldSpec& spec, const Scenario& scenario, std::unique_ptr<Hold> hold)
    : spec_(spec),
      scenario_(scenario),
      hold_(std::move(hold)),
      isolation_(hold_->box.isolation()) {}
Holder::~Holder() = default;

Expected<std::unique_ptr<Holder::Hold>> Holder::make(const HoldSpec& spec,
                                                     const Scenario& scenario) {
  sandbox::Limits limits = spec.assignment.limits;
  // A held run is bounded by its events; the box lives through thousands.
  limits.wall = limits.cpu = 24h;
  // Held programs, and a few that end while others begin: a run counts its own.
  constexpr std::uint32_t kSpare = 8;
  limits.processes += static_cast<std::uint32_t>(spec.commands.size()) + kSpare;
  auto box = sandbox::Box::open(spec.host, {spec.policy, limits, spec.stop});
  if (!box) return std::unexpected(box.error());
  if (auto placed = box->place_program(std::string(kRuntimeName), runtime_library()); !placed) {
    return std::unexpected(placed.error());
  }
  for (const Program& program : spec.programs) {
    if (auto placed = box->place_program(program.name, program.bytes); !placed) {
      return std::unexpected(placed.error());
    }
  }
  if (auto placed = place(spec, *box); !placed) return std::unexpected(placed.error());
  auto arena = Arena::make(limits.memory);
  if (!arena) return std::unexpected(arena.error());
  auto hold = std::make_unique<Hold>(spec, scenario, std::move(*box), std::move(*arena));
  const auto filter = stop_filter(spec.policy, limits.open_files);
  for (const StartCommand& start : spec.commands) {
    sandbox::Command command;
    command.path = start.path;
    command.arguments = start.words;
    command.environment = environment(spec.language);
    auto zygote =
        Zygote::make(hold->box, std::move(command),
                     {filter, hold->arena.descriptor(), hold->stage.arena_descriptor}, spec.core);
    if (!zygote) return std::unexpected(zygote.error().within("hold " + start.name));
    hold->stage.zygotes.push_back(*zygote);
  }
  return hold;
}

Expected<std::unique_ptr<Holder>> Holder::open(const HoldSpec& given, const Scenario& scenario) {
  HoldSpec spec = given;
  if (spec.commands.empty()) spec.commands = start_commands(scenario);
  auto hold = make(spec, scenario);
  if (!hold) return std::unexpected(hold.error());
  return std::unique_ptr<Holder>(new Holder(spec, scenario, std::move(*hold)));
}

int Holder::unloadable() const {
  const auto& zygotes = hold_->stage.zygotes;
  const auto found = std::ranges::find_if(zygotes, [](const auto& one) { return !one; });
  return found == zygotes.end() ? -1 : static_cast<int>(found - zygotes.begin());
}

Expected<Trace> Holder::run(Chooser& chooser, const RunOptions& options) {
  if (!hold_) {
    auto hold = make(spec_, scenario_);
    if (!hold) return std::unexpected(hold.error());
    hold_ = std::move(*hold);
  }
  auto trace = [&] {
    HeldRun run(hold_->stage, options);
    return run.go(chooser);
  }();
  hold_->arena.reset();
  const int root = hold_->box.root();
  for (const char* name : {"work", "tmp", "dev/shm", "dev/mqueue"}) {
    const sandbox::Fd folder(::openat(root, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!folder && !sandbox::is_of_the_machine(errno)) continue;
    const auto emptied = folder ? sandbox::empty_folder(folder.get()) : sandbox::from_errno(name);
    if (!emptied) return std::unexpected(emptied.error().within("empty the box's folders"));
  }
  // For lack of memory the kernel may have ended more of the box than the run.
  if (trace && out_of_memory(*trace)) {
    hold_.reset();
  } else if (auto placed = place(spec_, hold_->box); !placed) {
    return std::unexpected(placed.error());
  }
  return trace;
}

sandbox::Isolation Holder::isolation() const { return isolation_; }

}  // namespace ipcgrade
