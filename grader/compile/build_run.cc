#include "compile/build_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <regex>

#include "compile/instrument.h"
#include "sandbox/bare_root.h"
#include "sandbox/describe.h"

namespace ipcgrade {

using namespace std::chrono_literals;
using sandbox::Expected;

namespace {

constexpr std::size_t kMostErrors = 3;
constexpr std::size_t kMostWarnings = 50;

}  // namespace

sandbox::Limits build_limits() {
  sandbox::Limits limits;
  limits.wall = 120s;
  limits.cpu = 60s;
  limits.memory = 1ULL << 30;
  limits.processes = 64;
  limits.open_files = 1024;
  limits.file_size = kMostOfProgram;
  limits.output = 1ULL << 20;
  limits.storage = 256ULL << 20;
  return limits;
}

bool BuildRun::succeeded() const {
  const auto* exited = std::get_if<sandbox::Exited>(&end);
  return exited != nullptr && exited->status == 0;
}

bool BuildRun::was_stopped() const {
  return cause && std::holds_alternative<sandbox::Interrupted>(cause->what);
}

bool BuildRun::was_killed_from_outside() const {
  if (cause || succeeded()) return false;
  const auto* signalled = std::get_if<sandbox::Signalled>(&end);
  if (signalled != nullptr) return signalled->signal == SIGKILL;
  // The driver tells of the processes that it started, at the beginning of a line.
  static const std::regex told(
      "(^|\n)(gcc|g\\+\\+): (fatal )?error: Killed signal terminated program ");
  return std::regex_search(printed, told);
}

Expected<BuildRun> run_build(sandbox::Box& box, const std::string& path,
                             std::vector<std::string> words, Instrument instrument) {
  if (instrument == Instrument::kYes) {
    if (auto placed = place_instrumentation(box); !placed) return std::unexpected(placed.error());
  }
  BuildRun run;
  box.set_output_sink(
      [&run](int, sandbox::Stream, std::string_view bytes) { run.printed += bytes; });
  sandbox::Command command;
  command.path = path;
  command.arguments = std::move(words);
  const std::string tool = command.arguments.front();
  // LC_ALL: the messages are read by us.
  command.environment = {"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/work", "LC_ALL=C",
                         "TMPDIR=/tmp"};
  if (instrument == Instrument::kYes) add_instrumentation(command.environment);
  auto started = box.start(std::move(command));
  if (!started) return std::unexpected(started.error());
  while (box.running()) {
    if (auto waited = box.wait(1s); !waited) return std::unexpected(waited.error());
  }
  run.printed = sandbox::text_inside(box.moved_to(), std::move(run.printed));
  run.end = *box.command(*started).end;
  run.cause = box.cause();
  if (const auto* not_started = std::get_if<sandbox::NotStarted>(&run.end)) {
    return std::unexpected(
        sandbox::Error{tool + " can't be started in the box", not_started->error_number});
  }
  // What still runs must not change what was built while it is read.
  if (auto ended = box.end_all(); !ended) return std::unexpected(ended.error());
  box.set_output_sink({});
  return run;
}

Finding build_error(std::string message, std::string hint) {
  Finding finding;
  finding.kind = Kind::kBuildError;
  finding.stage = Stage::kBuild;
  finding.message = std::move(message);
  finding.hint = std::move(hint);
  return finding;
}

std::optional<Finding> cut_short(const std::string& what, const BuildRun& run) {
  if (run.cause) {
    if (const auto* limit = std::get_if<sandbox::LimitReached>(&run.cause->what)) {
      return build_error(fmt::format("{} {}", what, sandbox::limit_text(*limit)),
                         "a build of this lab takes seconds: look for something endless in it");
    }
    if (const auto* refused = std::get_if<sandbox::RefusedCall>(&run.cause->what)) {
      return build_error(fmt::format("{} called {}, which no build may", what, refused->call));
    }
  }
  if (const auto* signalled = std::get_if<sandbox::Signalled>(&run.end)) {
    return build_error(
        fmt::format("{} was ended by {}", what, sandbox::signal_text(signalled->signal)));
  }
  // It struck a process of the compiler or of make, who only print the words of its signal.
  if (!run.succeeded() && run.printed.find("File size limit exceeded") != std::string::npos) {
    return build_error(
        fmt::format("{} wrote a file of more than {}", what, sandbox::size_text(kMostOfProgram)),
        "a program of this lab is a thousand times smaller: is there a large array "
        "with a first value?");
  }
  return std::nullopt;
}

Finding compile_error(const std::string& what, const std::string& program,
                      const std::string& printed, const std::vector<CompilerMessage>& messages) {
  Finding finding = build_error(what);
  std::size_t shown = 0;
  std::size_t errors = 0;
  for (const CompilerMessage& message : messages) {
    if (!message.error || ++errors > kMostErrors) continue;
    if (++shown == 1 && message.message.starts_with("undefined reference")) {
      finding.message = program + " does not link";
      finding.hint =
          "a name that is used is defined nowhere: is it spelled right, and in a file "
          "that is compiled?";
    }
    finding.details.push_back(message.text());
    finding.details.insert(finding.details.end(), message.excerpt.begin(), message.excerpt.end());
    if (message.line > 0 && !message.file.empty()) {
      finding.locations.push_back({program, "", message.file, message.line, ""});
    }
  }
  if (errors > kMostErrors) {
    finding.details.push_back(
        fmt::format("… and {} more; the first one is the one to mend first", errors - kMostErrors));
  }
  if (shown == 0) finding.details = last_lines(printed, 10);
  return finding;
}

void add_warnings(std::vector<std::string>& warnings,
                  const std::vector<CompilerMessage>& messages) {
  for (const CompilerMessage& message : messages) {
    if (message.error || warnings.size() == kMostWarnings) continue;
    const std::string text = message.text();
    if (std::ranges::find(warnings, text) == warnings.end()) warnings.push_back(text);
  }
}

}  // namespace ipcgrade
