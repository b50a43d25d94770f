#include <fmt/format.h>

#include <iostream>
#include <memory>
#include <optional>
#include <string>

#include "cli/commands.h"
#include "cli/open_lab.h"
#include "cli/programs.h"
#include "detect/tell.h"
#include "grade/explore_programs.h"
#include "grade/grade.h"
#include "report/escape.h"
#include "report/text.h"
#include "sandbox/host.h"

namespace ipcgrade {
namespace {

struct ReplayOptions {
  std::string token;
  std::string lab;
  std::string folder;
  ProgramOptions programs;  ///< in place of a lab and a folder
  bool step = false;
};

std::string place_text(const Trace& trace, const Event& event) {
  const Place& place = trace.places[event.place];
  return place.file.empty() ? "" : fmt::format("{}:{}", place.file, place.line);
}

/// One event as a line; empty where there is nothing to say of it.
std::string line_of(const Trace& trace, std::size_t index, TaskId before) {
  const Event& event = trace.events[index];
  const bool accesses = event.kind == EventKind::kAccess && event.touches != kEmptyList;
  std::string what(text_of(trace, event));
  if (what.empty() && accesses) {
    what = event_text(trace, event);
  } else if (what.empty()) {
    return "";
  } else if (accesses) {
    what += event.writes ? fmt::format(": {} -> {}", event.before, event.result)
                         : fmt::format(": {}", event.result);
  }
  const bool fails = event.injected && event.kind == EventKind::kCall;
  if (fails) what += "   <- made to fail by the grader";
  const std::string name = event.task == kNoTask ? "" : trace.tasks[event.task].name;
  constexpr std::size_t kMost = 4096;
  return shown_step(
             fmt::format("{:5} {} {:16} {:20} {}", index + 1, event.task == before ? ' ' : '>',
                         name, place_text(trace, event), what),
             kMost) +
         "\n";
}

std::string end_of(const Trace& trace) {
  std::string text;
  for (const TaskRecord& task : trace.tasks) {
    if (task.ended || task.waits_for.empty()) continue;
    text += visible(fmt::format("{} {}", task.name, task.waits_for), Newlines::kEscape) + "\n";
  }
  for (const ProcessRecord& process : trace.processes) {
    text += visible(fmt::format("{} printed {} bytes: {}", process.program, process.output.size(),
                                process.output.substr(0, 200)),
                    Newlines::kEscape) +
            "\n";
  }
  return text;
}

/// The run of the token. Nothing where the command line or the lab is wrong, which is said.
std::optional<sandbox::Expected<Replayed>> make_run(const Context& context,
                                                    const ReplayOptions& options) {
  const bool has_lab = !options.lab.empty() || !options.folder.empty();
  if (has_lab != options.programs.commands.empty() ||
      options.lab.empty() != options.folder.empty()) {
    context.console.error("replay takes LAB and DIR, or the options that explore was called with");
    return std::nullopt;
  }
  if (!has_lab) {
    const auto programs = programs_of(context, options.programs);
    if (!programs) return std::nullopt;
    return replay_programs(sandbox::Host::find(), *programs, options.token, context.stop.fd());
  }
  const auto assignment = open_lab(context, options.lab);
  if (!assignment) return std::nullopt;
  return replay_token(sandbox::Host::find(), *assignment, options.folder, options.token,
                      context.stop.fd());
}

int replay(Context& context, const ReplayOptions& options) {
  const auto made = make_run(context, options);
  if (!made) return kExitWrongInput;
  const auto& replayed = *made;
  if (!replayed) {
    context.console.error(replayed.error().text());
    return kExitUngraded;
  }
  if (!replayed->refused.empty()) {
    context.console.error(replayed->refused);
    return kExitWrongInput;
  }
  const Trace& trace = replayed->trace;
  TaskId before = kNoTask;
  for (std::size_t i = 0; i < trace.events.size(); ++i) {
    const std::string line = line_of(trace, i, before);
    before = trace.events[i].task;
    if (line.empty()) continue;
    if (!context.console.result(line)) return kExitUngraded;
    if (options.step && std::cin.good()) std::cin.ignore(1 << 20, '\n');
  }
  return context.console.result(end_of(trace)) ? kExitPassed : kExitUngraded;
}

}  // namespace

void add_replay(CLI::App& app, Context& context) {
  auto options = std::make_shared<ReplayOptions>();
  CLI::App* command =
      app.add_subcommand("replay", "Run exactly one order again and tell it step by step");
  command->add_option("TOKEN", options->token, "The word that a finding names")
      ->required()
      ->option_text(" ");
  command->add_option("LAB", options->lab, "A name that 'list' shows, or an assignment folder")
      ->option_text(" ");
  command->add_option("DIR", options->folder, "The folder that was handed in, unchanged")
      ->option_text(" ");
  add_program_options(*command, options->programs);
  command->add_flag("--step", options->step, "Wait for the return key after each step");
  add_common_options(*command, context);
  command->callback([&context, options] {
    context.action = [&context, options] { return replay(context, *options); };
  });
}

}  // namespace ipcgrade
