#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assignment/did_you_mean.h"
#include "cli/commands.h"
#include "cli/open_lab.h"
#include "cli/progress.h"
#include "cli/reports.h"
#include "report/escape.h"
#include "report/text.h"
#include "sandbox/host.h"
#include "verify/cases.h"
#include "verify/verify_case.h"

namespace ipcgrade {
namespace {

struct VerifyOptions {
  std::string lab;
  std::vector<std::string> names;
  std::size_t repeat = 2;  // what is not the same every time is seen the second time, or never
  SearchOptions search;
};

/// The hand-ins that are named, "wrong/lecture" or "lecture"; all where none is. Nothing where
/// there is no such one, which is said.
std::optional<std::vector<Case>> chosen(const Context& context, std::vector<Case> all,
                                        const std::vector<std::string>& names) {
  if (names.empty()) return all;
  const auto is_called = [](const Case& one, std::string_view name) {
    return one.name == name || one.folder.filename() == name;
  };
  std::vector<std::string_view> known;
  for (const Case& one : all) known.emplace_back(one.name);
  bool sound = true;
  for (const std::string& name : names) {
    if (std::ranges::any_of(all, [&](const Case& one) { return is_called(one, name); })) continue;
    context.console.error(fmt::format("there is no hand-in \"{}\" in the corpus", name));
    if (std::string meant = did_you_mean(name, known); !meant.empty()) context.console.hint(meant);
    sound = false;
  }
  if (!sound) return std::nullopt;
  std::erase_if(all, [&](const Case& one) {
    return std::ranges::none_of(names, [&](const auto& name) { return is_called(one, name); });
  });
  return all;
}

std::optional<std::vector<Case>> cases_of(const Context& context, const Assignment& assignment,
                                          const VerifyOptions& options) {
  if (assignment.corpus.empty()) {
    context.console.error("the lab " + assignment.name + " names no corpus");
    context.console.hint("a line of its assignment.toml does: corpus = \"FOLDER\"");
    return std::nullopt;
  }
  auto cases = read_cases(assignment);
  if (!cases) {
    context.console.error("the corpus has mistakes\n" + cases.error().text());
    return std::nullopt;
  }
  return chosen(context, std::move(*cases), options.names);
}

/// How many hand-ins came out in which way; one that is missed may be invented and unstable, too.
struct Tally {
  std::size_t graded = 0;
  std::size_t as_expected = 0;
  std::size_t missed = 0;
  std::size_t invented = 0;
  std::size_t unstable = 0;
  std::size_t ungraded = 0;

  void add(const CaseReport& report) {
    graded += 1;
    as_expected += report.as_expected() ? 1 : 0;
    missed += report.differences.missed.empty() ? 0 : 1;
    invented += report.differences.invented.empty() ? 0 : 1;
    unstable += report.unstable.empty() ? 0 : 1;
    ungraded += report.is_ungraded() ? 1 : 0;
  }

  [[nodiscard]] std::string text() const {
    std::string text = fmt::format("{} of {} as expected", as_expected, counted(graded, "hand-in"));
    std::string_view before = ": ";
    const auto add = [&](std::size_t count, std::string_view word) {
      if (count == 0) return;
      text += fmt::format("{}{} {}", before, count, word);
      before = ", ";
    };
    add(missed, "missed");
    add(invented, "invented");
    add(unstable, "unstable");
    add(ungraded, "not graded");
    return text;
  }

  [[nodiscard]] int status() const {
    if (ungraded > 0) return kExitUngraded;
    return as_expected == graded ? kExitPassed : kExitFailed;
  }
};

/// What there is to say of one, on one line; empty where it is as expected.
std::string trouble(const CaseReport& report) {
  if (report.is_ungraded()) return "not graded: " + report.verdict.ungraded_reason;
  std::vector<std::string> parts;
  const auto add = [&parts](std::string_view word, const std::vector<std::string>& what) {
    if (!what.empty()) parts.push_back(fmt::format("{} {}", word, fmt::join(what, ", ")));
  };
  add("missed", report.differences.missed);
  add("invented", report.differences.invented);
  if (!report.unstable.empty()) parts.push_back("unstable, " + report.unstable);
  return fmt::format("{}", fmt::join(parts, "; "));
}

class Verifier {
 public:
  Verifier(Context& context, const VerifyOptions& options, const Assignment& assignment,
           const std::vector<Case>& cases)
      : context_(context), options_(options), assignment_(assignment), cases_(cases) {}

  int go() {
    const auto host = sandbox::Host::find();
    for (const Case& one : cases_) {
      const auto report = [&] {
        ProgressView view(context_.console,
                          fmt::format("{}/{} {}: ", tally_.graded + 1, cases_.size(), one.name));
        GradeOptions how = how_to_grade(one);
        // Elsewhere the result of each is its line.
        if (context_.console.animates()) {
          how.progress = [&view](const Progress& progress) { view.show(progress); };
        }
        return verify_case(host, assignment_, one, how, options_.repeat);
      }();
      if (context_.stop.signal() != 0) return kExitUngraded;
      if (!report) {
        context_.console.error(report.error().text());
        return kExitWrongInput;
      }
      tally_.add(*report);
      if (!tell(one, *report)) return kExitUngraded;
    }
    if (!context_.console.result(tally_.text() + "\n")) return kExitUngraded;
    if (tally_.ungraded > 0) {
      context_.console.hint("ipcgrade doctor tells what this machine offers and lacks");
    }
    return tally_.status();
  }

 private:
  /// "shared-memory tests/corpus/shared-memory/wrong/lecture"
  [[nodiscard]] std::string subject(const Case& one) const {
    return quoted(options_.lab) + " " + quoted(std::filesystem::proximate(one.folder).string());
  }

  GradeOptions how_to_grade(const Case& one) {
    GradeOptions how;
    how.stop = context_.stop.fd();
    how.command = context_.program + " check " + subject(one);
    how.replay = replay_command(context_, subject(one));
    how.search = options_.search;
    how.search.stop = how.stop;
    return how;
  }

  bool tell(const Case& one, const CaseReport& report) {
    const bool passed = report.as_expected();
    if (passed && context_.console.quiet) return true;
    const char* color = passed ? "\x1b[32m" : report.is_ungraded() ? "\x1b[33m" : "\x1b[31m";
    const bool colored = context_.console.colored(STDOUT_FILENO);
    std::string text = fmt::format("  {}{}{}  {}", colored ? color : "",
                                   passed                 ? "PASS"
                                   : report.is_ungraded() ? "ERR "
                                                          : "FAIL",
                                   colored ? "\x1b[0m" : "", visible(one.name, Newlines::kEscape));
    if (!passed) text += ": " + visible_capped(trouble(report), Newlines::kEscape);
    text += "\n";
    if (!passed || context_.console.verbose) add_evidence(text, one, report);
    return context_.console.result(defuse(text));
  }

  /// What the hand-in is there for, what was found in it, and the command that shows more.
  void add_evidence(std::string& text, const Case& one, const CaseReport& report) const {
    std::vector<std::string> lines;
    if (!one.expectation.about.empty()) lines.push_back("it is: " + one.expectation.about);
    for (const std::string& finding : findings_told(report.verdict)) {
      lines.push_back("found: " + finding);
    }
    lines.push_back("all of it: ipcgrade check " + subject(one));
    for (const std::string& line : lines) {
      text += "        " + visible_capped(line, Newlines::kEscape) + "\n";
    }
  }

  Context& context_;
  const VerifyOptions& options_;
  const Assignment& assignment_;
  const std::vector<Case>& cases_;
  Tally tally_;
};

int verify(Context& context, const VerifyOptions& options) {
  const auto assignment = open_lab(context, options.lab);
  if (!assignment) return kExitWrongInput;
  const auto cases = cases_of(context, *assignment, options);
  if (!cases) return kExitWrongInput;
  return Verifier(context, options, *assignment, *cases).go();
}

}  // namespace

void add_verify(CLI::App& app, Context& context) {
  auto options = std::make_shared<VerifyOptions>();
  CLI::App* command = app.add_subcommand("verify",
                                         "Grade the grader: are a lab's reference and its corpus "
                                         "graded as they must be? Says what was "
                                         "missed, what was invented, and what is unstable");
  command->add_option("LAB", options->lab, "A name that 'list' shows, or an assignment folder")
      ->required()
      ->option_text(" ");
  command
      ->add_option("NAME", options->names,
                   "Only these: reference, correct/NAME, wrong/NAME, or the NAME alone")
      ->option_text(" ");
  command
      ->add_option("--repeat", options->repeat,
                   "How often each is graded (2): from two on, reports that differ are unstable")
      ->check(CLI::Range(1, 1000))
      ->option_text("N");
  add_search_options(*command, options->search);
  add_common_options(*command, context);
  command->callback([&context, options] {
    context.action = [&context, options] { return verify(context, *options); };
  });
}

}  // namespace ipcgrade
