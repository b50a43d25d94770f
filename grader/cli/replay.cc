#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "cli/commands.h"
#include "cli/keys.h"
#include "cli/open_lab.h"
#include "cli/programs.h"
#include "cli/reports.h"
#include "grade/explore_programs.h"
#include "grade/grade.h"
#include "report/chrome_trace.h"
#include "report/escape.h"
#include "report/replay_view.h"
#include "report/run_steps.h"
#include "report/text.h"
#include "sandbox/host.h"

namespace ipcgrade {
namespace {

struct ReplayOptions {
  std::string token;
  std::string lab;
  std::string folder;
  ProgramOptions programs;  ///< in place of a lab and a folder
  bool plain = false;
  std::string chrome_trace;
};

/// One step as a line.
std::string line_of(const Trace& trace, const RunStep& step, TaskId before) {
  constexpr std::size_t kMost = 4096;
  const Event& event = trace.events[step.event];
  return shown_step(
             fmt::format("{:5} {} {:16} {:20} {}", step.event + 1, event.task == before ? ' ' : '>',
                         who(trace, event), where(trace, event.place), step.text),
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

/// All steps, a line each, and what it came to. False where stdout failed.
bool list(Context& context, const Trace& trace) {
  TaskId before = kNoTask;
  for (const RunStep& step : run_steps(trace)) {
    if (!context.console.result(defuse(line_of(trace, step, before)))) return false;
    before = trace.events[step.event].task;
  }
  return context.console.result(defuse(end_of(trace)));
}

/// What it was made of.
FindSourceLine sources_of(const Context& context, const ReplayOptions& options) {
  if (!options.folder.empty()) return source_lines(source_of_submission(options.folder));
  const auto programs = programs_of(context, options.programs);
  return programs ? source_lines(source_of_folder(programs->folder)) : FindSourceLine{};
}

/// One step at a time, as the keys say. False where stdout failed.
bool walk(Context& context, const ReplayOptions& options, const Trace& trace) {
  const auto [width, height] = context.console.size();
  const ReplayView view(
      trace, {context.console.colored(STDOUT_FILENO), width, height, sources_of(context, options)});
  if (view.steps() == 0) return list(context, trace);
  Keys keys(context.stop.fd());
  std::size_t step = 0;
  for (;;) {
    if (!context.console.result("\x1b[H\x1b[2J" + view.screen(step))) return false;
    switch (keys.read()) {
      case Key::kNext:
        step = std::min(step + 1, view.steps() - 1);
        break;
      case Key::kBack:
        step -= step > 0 ? 1 : 0;
        break;
      case Key::kSwitch:
        step = view.next_switch(step);
        break;
      case Key::kFirst:
        step = 0;
        break;
      case Key::kLast:
        step = view.steps() - 1;
        break;
      case Key::kQuit:
        return context.console.result(defuse(end_of(trace)));
      case Key::kOther:
        break;
    }
  }
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
  if (!options.chrome_trace.empty() &&
      !write_to(context, options.chrome_trace, chrome_trace(trace))) {
    return kExitUngraded;
  }
  if (options.chrome_trace == "-") return kExitPassed;
  const bool told = context.console.converses() && !options.plain ? walk(context, options, trace)
                                                                  : list(context, trace);
  return told ? kExitPassed : kExitUngraded;
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
  command->add_flag("--plain", options->plain,
                    "A line a step, as where it does not go to a terminal, in place of one step at "
                    "a time");
  command
      ->add_option("--chrome-trace", options->chrome_trace,
                   "Write the run in Chrome's trace event format, too, as Perfetto shows it; - is "
                   "stdout, and nothing else")
      ->option_text("FILE");
  add_common_options(*command, context);
  command->callback([&context, options] {
    context.action = [&context, options] { return replay(context, *options); };
  });
}

}  // namespace ipcgrade
