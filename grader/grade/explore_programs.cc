#include "grade/explore_programs.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "compile/folder_build.h"
#include "compile/folder_copy.h"
#include "detect/identity.h"
#include "explore/token.h"
#include "grade/find_commands.h"
#include "grade/held_scenario.h"
#include "sandbox/fd.h"
#include "supervise/holder.h"
#include "supervise/zygote.h"
#include "verdict/judge.h"

namespace ipcgrade {
namespace {

using sandbox::Expected;

/// What `--run` names is started within this time of each other.
constexpr std::chrono::seconds kStartWindow{5};

/// For other languages the C library of each program maps a table of its own shared, and every look
/// into it would be held.
constexpr const char* kLanguage = "C";

/// The rules of `explore` as if they were a lab's: no results, no points.
Assignment rules_of(const ProgramsToExplore& programs) {
  Assignment rules;
  rules.name = "explore";
  if (!programs.build.empty()) {
    rules.checks.push_back(
        {"build", "the programs build", 0, Stage::kBuild, {Kind::kBuildError}, false});
  }
  rules.checks.push_back(
      {"every-order",
       "they end well in every order",
       0,
       Stage::kOrders,
       {Kind::kOrderDependentResult, Kind::kTimingAssumption, Kind::kWrongExit, Kind::kCrash,
        Kind::kDeadlock, Kind::kLostWakeup, Kind::kLivelock, Kind::kForbiddenCall, Kind::kTimeLimit,
        Kind::kCpuLimit, Kind::kMemoryLimit, Kind::kProcessLimit, Kind::kOutputLimit,
        Kind::kFileLimit},
       false});
  rules.checks.push_back({"data-races",
                          "no two of them touch the same bytes unsynchronised",
                          0,
                          Stage::kOrders,
                          {Kind::kDataRace},
                          false});
  rules.checks.push_back({"clean-up",
                          "nothing is left behind",
                          0,
                          Stage::kOrders,
                          {Kind::kLeakedObject, Kind::kLeakedProcess, Kind::kUnreapedChild},
                          false});
  return rules;
}

Origin origin_of(const ProgramsToExplore& programs, const FolderCopy& folder) {
  Fingerprint source;
  for (const FolderEntry& entry : folder.entries) {
    source.add(entry.path);
    source.add(entry.bytes);
  }
  Fingerprint commands;
  for (const std::string& command : programs.commands) commands.add(command);
  commands.add(programs.build);
  commands.add(programs.input);
  commands.add(fmt::format("{}", programs.stall.count()));
  Fingerprint tool;
  tool.add(IPCGRADE_VERSION);
  return make_origin(source.value(), commands.value(), tool.value());
}

/// Why a token is of no use here; empty where it is.
std::string why_not(const Origin& there, const Origin& here) {
  if (there.tool == here.tool && there.lab != here.lab) {
    return "the token belongs to other --run, --build, --stdin or --stall than these";
  }
  return origin_mismatch(there, here);
}

/// Everything that a run needs. Stays where it is: what is held refers to it.
struct Prepared {
  Assignment rules;
  Origin origin;
  std::string prefix;  ///< the full name of the folder, with the last '/'
  FolderCopy folder;
  std::string wrong;  ///< what is wrong with the input, a sentence; then there is no more
  Results results{};  ///< of the build; with findings, there is no more
  FoundCommands found;
  sandbox::Policy policy = sandbox::Policy::widest();
  std::vector<int> cores = usable_cores();  ///< before one of them holds the thread
  std::shared_ptr<Holder> held{};           ///< by the thread that made it

  [[nodiscard]] Expected<std::shared_ptr<Holder>> hold(const sandbox::Host& host,
                                                       std::chrono::nanoseconds stall,
                                                       std::size_t worker) const {
    auto made = Holder::open({.host = host,
                              .assignment = rules,
                              .policy = policy,
                              .programs = found.programs,
                              .core = cores[worker % cores.size()],
                              .commands = found.commands,
                              .folder = &folder,
                              .start_window = kStartWindow,
                              .stall_bound = stall,
                              .language = kLanguage},
                             rules.scenarios.front());
    if (!made) return std::unexpected(made.error());
    return std::shared_ptr<Holder>(std::move(*made));
  }

  /// Sources that were compiled in the folder itself are named as from there.
  [[nodiscard]] Runner runner(std::shared_ptr<Holder> holder) const {
    return [this, holder = std::move(holder)](Chooser& chooser, const RunOptions& options) {
      auto trace = holder->run(chooser, options);
      if (!trace) return trace;
      for (Place& place : trace->places) {
        if (place.file.starts_with(prefix)) place.file.erase(0, prefix.size());
      }
      return trace;
    };
  }
};

/// Builds, where that is asked for. False where there is nothing to go on with.
Expected<bool> build(const sandbox::Host& host, const ProgramsToExplore& programs, int stop,
                     Prepared& prepared) {
  if (programs.build.empty()) return true;
  auto built = build_folder(host, prepared.folder, programs.build, stop);
  if (!built) return std::unexpected(built.error());
  if (built->stopped) return sandbox::failure(kWasStopped);
  prepared.results.warnings = std::move(built->warnings);
  prepared.results.findings = std::move(built->findings);
  if (!prepared.results.findings.empty()) return false;
  prepared.folder = std::move(built->folder);
  return true;
}

/// The folder, and what tokens of it belong to.
Prepared read(const ProgramsToExplore& programs) {
  Prepared prepared;
  auto folder = copy_folder(programs.folder);
  if (!folder) {
    prepared.wrong = folder.error().within(programs.folder.string()).text();
    return prepared;
  }
  prepared.folder = std::move(*folder);
  std::error_code error;
  prepared.prefix = std::filesystem::canonical(programs.folder, error).string() + "/";
  prepared.rules = rules_of(programs);
  prepared.origin = origin_of(programs, prepared.folder);
  return prepared;
}

/// Builds, and holds what is run. Nothing is held where the build fails or the input is wrong.
Expected<void> make_ready(const sandbox::Host& host, const ProgramsToExplore& programs, int stop,
                          Prepared& prepared) {
  const auto goes_on = build(host, programs, stop, prepared);
  if (!goes_on) return std::unexpected(goes_on.error());
  if (!*goes_on) return {};
  auto found = find_commands(programs.commands, prepared.folder, programs.folder);
  if (!found) {
    prepared.wrong = found.error();
    return {};
  }
  prepared.found = std::move(*found);
  Scenario scenario;
  scenario.id = "run";
  scenario.wall = std::chrono::minutes(10);  // of the virtual clock
  for (const StartCommand& command : prepared.found.commands) {
    scenario.starts.push_back({command.name, {}, programs.input, {}});
  }
  prepared.rules.scenarios.push_back(std::move(scenario));
  auto held = prepared.hold(host, programs.stall, 0);
  if (!held) return std::unexpected(held.error());
  prepared.held = std::move(*held);
  if (const int number = prepared.held->unloadable(); number >= 0) {
    prepared.wrong = fmt::format(
        "--run '{}': it can't be loaded: it is no program for this machine, or a "
        "library that it needs is not there",
        programs.commands[static_cast<std::size_t>(number)]);
  }
  return {};
}

Expected<std::vector<Exploration>> search(const sandbox::Host& host, std::chrono::nanoseconds stall,
                                          const GradeOptions& options, Prepared& prepared) {
  SearchOptions how = options.search;
  how.progress = options.progress;
  const HeldSpec spec{host,
                      prepared.rules,
                      prepared.policy,
                      prepared.found.programs,
                      prepared.origin,
                      options.replay,
                      how};
  auto report = search_scenario(spec, 0, [&](std::size_t worker) -> Expected<Runner> {
    if (worker == 0) return prepared.runner(prepared.held);
    auto another = prepared.hold(host, stall, worker);
    if (!another) return std::unexpected(another.error());
    return prepared.runner(std::move(*another));
  });
  if (!report) return std::unexpected(report.error());
  if (sandbox::is_readable(options.stop)) return sandbox::failure(kWasStopped);
  if (!report->unmodelled.empty()) {
    return sandbox::failure(std::string(kCannotHold) + report->unmodelled);
  }
  for (const std::string& one : report->inconclusive) {
    if (options.log) options.log("inconclusive, and a fault of the grader: " + one);
  }
  for (Finding& finding : report->findings) {
    finding.stage = Stage::kOrders;  // there is but one way to be found
    finding.scenario.clear();        // and one scenario
  }
  drop_repeated(report->findings);
  prepared.results.findings = std::move(report->findings);
  return std::vector{report->exploration};
}

}  // namespace

Expected<Verdict> explore_programs(const sandbox::Host& host, const ProgramsToExplore& programs,
                                   const GradeOptions& options) {
  const auto begin = std::chrono::steady_clock::now();
  Prepared prepared = read(programs);
  if (!prepared.wrong.empty()) return sandbox::failure(std::move(prepared.wrong));
  if (options.progress) options.progress({.what = "build"});
  const auto ready = make_ready(host, programs, options.stop, prepared);
  if (!prepared.wrong.empty()) return sandbox::failure(std::move(prepared.wrong));
  Verdict verdict;
  verdict.lab = prepared.rules.name;
  Expected<std::vector<Exploration>> searched{};
  if (!ready) {
    searched = std::unexpected(ready.error());
  } else if (prepared.held) {
    searched = search(host, programs.stall, options, prepared);
  }
  if (searched) {
    for (Finding& finding : prepared.results.findings) {
      if (finding.replay.empty()) finding.replay = options.command;
    }
    verdict = judge(prepared.rules, std::move(prepared.results));
    verdict.exploration = std::move(*searched);
  } else {
    verdict.ungraded_reason = searched.error().text();
    verdict.ungraded = kind_of(verdict.ungraded_reason);
  }
  verdict.submission = prepared.folder.name;
  if (prepared.held) {
    const sandbox::Isolation isolation = prepared.held->isolation();
    verdict.isolation = {isolation.text(), isolation.missing()};
  }
  verdict.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return verdict;
}

Expected<Replayed> replay_programs(const sandbox::Host& host, const ProgramsToExplore& programs,
                                   const std::string& text, int stop) {
  const auto token = decode(text);
  if (!token) return Replayed{{}, token.error().message};
  Prepared prepared = read(programs);
  if (!prepared.wrong.empty()) return Replayed{{}, std::move(prepared.wrong)};
  if (std::string why = why_not(token->origin, prepared.origin); !why.empty()) {
    return Replayed{{}, std::move(why)};
  }
  const auto ready = make_ready(host, programs, stop, prepared);
  if (!prepared.wrong.empty()) return Replayed{{}, std::move(prepared.wrong)};
  if (!ready) return std::unexpected(ready.error());
  if (!prepared.held) return Replayed{{}, prepared.results.findings.front().message};
  auto trace = replay_schedule(prepared.runner(prepared.held), token->schedule);
  if (!trace) return std::unexpected(trace.error());
  if (!*trace) return Replayed{{}, "the run went another way than the token says"};
  return Replayed{std::move(**trace), ""};
}

}  // namespace ipcgrade
