#include "grade/held_commands.h"

#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <string_view>

#include "runtime/runtime.h"
#include "sandbox/box.h"
#include "supervise/arena.h"
#include "supervise/held_run.h"
#include "supervise/stop_filter.h"

namespace ipcgrade {
namespace {

using namespace std::chrono_literals;
using sandbox::Expected;

/// Programs that are started together are each started within this time of each other.
constexpr VirtualTime kStartWindow = 5s;

/// Everything in a folder of the box goes. Links are not followed.
void empty_folder(int parent, const char* name) {
  const int folder = ::openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (folder < 0) return;
  DIR* entries = ::fdopendir(folder);
  if (entries == nullptr) return;
  while (const dirent* entry = ::readdir(entries)) {
    const std::string_view one = entry->d_name;
    if (one == "." || one == "..") continue;
    if (::unlinkat(folder, entry->d_name, 0) == 0) continue;
    empty_folder(folder, entry->d_name);
    ::unlinkat(folder, entry->d_name, AT_REMOVEDIR);
  }
  ::closedir(entries);
}

/// As in supervise/holder.cc: the plainest string functions of the C library, the same everywhere.
constexpr const char* kTunables =
    "GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX512F,-AVX512VL,-AVX512BW,-AVX2,-AVX,-AVX_Fast_Unaligned_Load,"
    "-ERMS,-FSRM,-SSE4_2,-SSE4_1,-SSSE3,-Fast_Unaligned_Copy";

/// LANG: for other languages the C library of each program maps a table of its own shared, and
/// every look into it would be held.
std::vector<std::string> environment() {
  return {"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/work", "LANG=C",
          "ASAN_OPTIONS=detect_leaks=0", "LSAN_OPTIONS=detect_leaks=0", kTunables, "LD_BIND_NOW=1",
          "LD_PRELOAD=/programs/" + std::string(kRuntimeName)};
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

struct HeldCommands::Hold {
  Hold(const CommandsSpec& spec, const Scenario& scenario, sandbox::Box made, Arena memory)
      : folder(spec.folder),
        limits(spec.limits),
        box(std::move(made)),
        arena(std::move(memory)),
        on_core(spec.core),
        stage{.scenario = scenario,
              .policy = policy,
              .limits = limits,
              .box = box,
              .arena = arena,
              // Beyond what the programs may open: there it is in nobody's way.
              .arena_descriptor = static_cast<int>(limits.open_files),
              .zygotes = {},
              .start_window = kStartWindow,
              .stall_bound = spec.stall,
              .spins = {},
              .places = {}} {}

  ~Hold() {
    for (const auto& zygote : stage.zygotes) {
      if (zygote) zygote->destroy();
    }
  }
  Hold(const Hold&) = delete;
  Hold& operator=(const Hold&) = delete;

  const FolderCopy& folder;
  const sandbox::Policy policy = sandbox::Policy::widest();
  const sandbox::Limits limits;
  sandbox::Box box;
  Arena arena;
  OnCore on_core;
  WaitTimer timer;
  HeldScenario stage;
};

HeldCommands::HeldCommands(std::unique_ptr<Hold> hold) : hold_(std::move(hold)) {}
HeldCommands::~HeldCommands() = default;

Expected<std::unique_ptr<HeldCommands>> HeldCommands::open(const CommandsSpec& spec,
                                                           const Scenario& scenario) {
  sandbox::Limits limits = spec.limits;
  // A held run is bounded by its events; the box lives through thousands.
  limits.wall = limits.cpu = 24h;
  limits.processes += static_cast<std::uint32_t>(spec.commands.size());
  auto box = sandbox::Box::open(spec.host, {sandbox::Policy::widest(), limits, -1});
  if (!box) return std::unexpected(box.error());
  auto placed = box->place_program(std::string(kRuntimeName), runtime_library());
  for (const Program& program : spec.programs) {
    if (placed) placed = box->place_program(program.name, program.bytes);
  }
  if (placed) placed = place_folder(spec.folder, box->work(), box->owner());
  if (!placed) return std::unexpected(placed.error().within("copy the folder into the box"));
  auto arena = Arena::make(limits.memory);
  if (!arena) return std::unexpected(arena.error());
  auto hold = std::make_unique<Hold>(spec, scenario, std::move(*box), std::move(*arena));
  const auto filter = stop_filter(hold->policy);
  for (const FoundCommand& found : spec.commands) {
    sandbox::Command command;
    command.path = found.path;
    command.arguments = found.words;
    command.environment = environment();
    auto zygote =
        Zygote::make(hold->box, std::move(command),
                     {filter, hold->arena.descriptor(), hold->stage.arena_descriptor}, spec.core);
    if (!zygote) return std::unexpected(zygote.error().within("hold " + found.name));
    hold->stage.zygotes.push_back(*zygote);
  }
  return std::unique_ptr<HeldCommands>(new HeldCommands(std::move(hold)));
}

int HeldCommands::unloadable() const {
  for (std::size_t i = 0; i < hold_->stage.zygotes.size(); ++i) {
    if (!hold_->stage.zygotes[i]) return static_cast<int>(i);
  }
  return -1;
}

Expected<Trace> HeldCommands::run(Chooser& chooser, const RunOptions& options) {
  auto trace = [&] {
    HeldRun run(hold_->stage, options);
    return run.go(chooser);
  }();
  hold_->arena.reset();
  const int root = hold_->box.root();
  for (const char* folder : {"work", "tmp", "dev/shm", "dev/mqueue"}) empty_folder(root, folder);
  if (auto placed = place_folder(hold_->folder, hold_->box.work(), hold_->box.owner()); !placed) {
    return std::unexpected(placed.error().within("copy the folder into the box"));
  }
  return trace;
}

sandbox::Isolation HeldCommands::isolation() const { return hold_->box.isolation(); }

}  // namespace ipcgrade
