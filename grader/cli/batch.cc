#include "batch/batch.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "batch/class_report.h"
#include "batch/gradebook.h"
#include "cli/commands.h"
#include "cli/open_lab.h"
#include "cli/progress.h"
#include "cli/reports.h"
#include "compile/submission.h"
#include "grade/grade.h"
#include "report/escape.h"
#include "report/html.h"
#include "report/json.h"
#include "report/junit.h"
#include "report/text.h"
#include "report/write_file.h"
#include "sandbox/host.h"

namespace ipcgrade {
namespace {

namespace fs = std::filesystem;
using sandbox::Expected;

struct BatchOptions {
  std::string lab;
  std::string input;
  std::string out;
  std::string gradebook;
  std::string column;
  SearchOptions search;
};

std::string contents_of(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << stream.rdbuf();
  return bytes.str();
}

/// What a grade depends on beside the hand-in.
Expected<std::string> identity_of(const Assignment& assignment, const SearchOptions& search) {
  const auto lab = read_submission(assignment.folder);
  if (!lab) return std::unexpected(lab.error().within(assignment.folder.string()));
  Submission all = *lab;
  all.files.push_back({"/proc/self/exe", contents_of("/proc/self/exe"), true});
  all.folders.push_back(fmt::format("seed {}, schedules {}, budget {}", search.seed,
                                    search.most_schedules, search.budget.value_or(0)));
  return digest_of(all);
}

Grade grade_of(const Verdict& verdict, const SourceText& source) {
  return {.outcome = verdict.outcome == VerdictOutcome::kPassed   ? "passed"
                     : verdict.outcome == VerdictOutcome::kFailed ? "failed"
                                                                  : "ungraded",
          .ungraded_reason = verdict.ungraded_reason,
          .is_final = verdict.ungraded == Ungraded::kNever,
          .score = verdict.score,
          .max_score = verdict.max_score,
          .seconds = verdict.seconds,
          .json = json_report(verdict, tool_name()),
          .junit = junit_report(verdict, {JunitFlavor::kExtended, now_text()}),
          .html = html_report(verdict, tool_name(), source_lines(source))};
}

/// In a process of its own, on one core.
std::vector<Grade> grade_same(const Context& context, const Assignment& assignment,
                              const SearchOptions& search,
                              const std::vector<const Imported*>& same) {
  GradeOptions how;
  how.stop = context.stop.fd();
  // As who handed it in would call it at home.
  const std::string subject = quoted(assignment.name) + " .";
  how.command = "ipcgrade check " + subject;
  how.replay = [&](const std::string& token) {
    return fmt::format("ipcgrade replay {} {}", token, subject);
  };
  how.search = search;
  how.search.jobs = 1;
  how.search.stop = context.stop.fd();
  const fs::path& folder = same.front()->folder;
  auto verdict = grade(sandbox::Host::find(), assignment, folder, how);
  if (!verdict) {
    return std::vector<Grade>(same.size(),
                              {.outcome = "ungraded", .ungraded_reason = verdict.error().text()});
  }
  if (verdict->ungraded == Ungraded::kStopped && verdict->outcome == VerdictOutcome::kUngraded) {
    return {};
  }
  const SourceText source = source_of_submission(folder);
  std::vector<Grade> grades;
  for (const Imported* one : same) {
    verdict->submission = one->handin.key;
    grades.push_back(grade_of(*verdict, source));
  }
  return grades;
}

std::string grade_text(const Grade& grade) {
  if (!is_graded(grade)) return "not graded: " + sentence(grade.ungraded_reason);
  return fmt::format("{}/{}", points(grade.score), points(grade.max_score));
}

/// How far it is, on stderr.
class BatchView {
 public:
  explicit BatchView(Console& console) : console_(console) {}
  BatchView(const BatchView&) = delete;
  BatchView& operator=(const BatchView&) = delete;
  ~BatchView() { console_.progress(""); }

  void show(const BatchProgress& progress) {
    if (console_.quiet) return;
    if (!console_.animates()) {
      if (progress.just_done == nullptr) return;
      console_.note(defuse(fmt::format("[{}/{}] {}: {}\n", progress.done, progress.all,
                                       progress.just_done->imported.handin.key,
                                       grade_text(*progress.just_done->grade))));
      return;
    }
    console_.progress(bar(progress));
  }

 private:
  [[nodiscard]] std::string bar(const BatchProgress& progress) const {
    using Seconds = std::chrono::duration<double>;
    constexpr std::size_t kCells = 20;
    const std::size_t full = progress.all == 0 ? 0 : kCells * progress.done / progress.all;
    std::string text = fmt::format("[{:#<{}}{:-<{}}] {}/{}", "", full, "", kCells - full,
                                   progress.done, progress.all);
    const double minutes = Seconds(std::chrono::steady_clock::now() - begun_).count() / 60;
    if (progress.graded_now > 0 && minutes > 0) {
      const double rate = static_cast<double>(progress.graded_now) / minutes;
      text += fmt::format(", {:.1f} a minute, {:.0f} min left", rate,
                          std::ceil(static_cast<double>(progress.all - progress.done) / rate));
    }
    if (!progress.grading.empty()) {
      text += fmt::format(": {}", fmt::join(progress.grading, ", "));
    }
    return chopped(text, static_cast<std::size_t>(std::max(console_.width() - 1, 20))).front();
  }

  Console& console_;
  std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

/// Writes what is not there like that already. False where that failed, which is said.
bool put(Context& context, const fs::path& path, const std::string& text) {
  std::error_code error;
  if (fs::file_size(path, error) == text.size() && !error && contents_of(path) == text) return true;
  return write_to(context, path.string(), text);
}

bool write_outputs(Context& context, const BatchOptions& options, const Assignment& assignment,
                   const Batch& batch) {
  const fs::path out = options.out;
  std::error_code error;
  fs::create_directories(out / "reports", error);
  if (error) {
    context.console.error((out / "reports").string() + ": " + error.message());
    return false;
  }
  bool written = true;
  for (const Graded& one : batch.handins) {
    if (!one.grade) continue;
    const fs::path report = out / "reports" / one.imported.handin.key;
    written &= put(context, report.string() + ".json", one.grade->json);
    written &= put(context, report.string() + ".xml", one.grade->junit);
    written &= put(context, report.string() + ".html", one.grade->html);
  }
  ClassOptions about{.lab = assignment.name, .tool = tool_name(), .reports = "reports/"};
  for (const Check& check : assignment.checks) about.max_score += check.points;
  written &= put(context, out / "grades.csv", grades_csv(batch));
  written &= put(context, out / "index.html", class_page(batch, about));
  written &= put(context, out / "class.xml", class_junit(batch, about));
  const auto zip = feedback_zip(batch);
  if (!zip) {
    context.console.error("feedback.zip: " + zip.error().text());
    return false;
  }
  return put(context, out / "feedback.zip", *zip) && written;
}

/// The file that the platform imports. False where that failed, which is said.
bool write_gradebook(Context& context, const BatchOptions& options, const Assignment& assignment,
                     const Batch& batch) {
  const bool takes = batch.platform == Platform::kCanvas || batch.platform == Platform::kMoodle;
  if (!takes && options.gradebook.empty()) return true;
  const std::string exported = options.gradebook.empty() ? "" : contents_of(options.gradebook);
  const auto book = gradebook_for_import(batch, exported, options.column, assignment.name);
  if (!book) {
    context.console.error(options.gradebook + ": " + book.error().text());
    context.console.hint("name the column with --column");
    return false;
  }
  if (!book->unknown.empty()) {
    context.console.error(fmt::format("not in the gradebook: {}", fmt::join(book->unknown, ", ")));
  }
  const bool is_canvas = batch.platform == Platform::kCanvas;
  return put(context, fs::path(options.out) / (is_canvas ? "canvas.csv" : "moodle.csv"), book->csv);
}

int tell(Context& context, const BatchOptions& options, const Batch& batch) {
  std::size_t passed = 0;
  std::size_t failed = 0;
  std::string text;
  for (const Graded& one : batch.handins) {
    if (!one.grade) continue;
    passed += one.grade->outcome == "passed" ? 1 : 0;
    failed += one.grade->outcome == "failed" ? 1 : 0;
    if (!is_graded(*one.grade)) {
      text += fmt::format("{}: {}\n", one.imported.handin.key, grade_text(*one.grade));
    }
    for (const std::string& note : one.imported.handin.notes) {
      text += fmt::format("{}: {}\n", one.imported.handin.key, sentence(note));
    }
  }
  for (const Unmatched& one : batch.unmatched) {
    text += fmt::format("not matched with anybody: {} {}\n", sentence(one.name), one.reason);
  }
  const std::size_t ungraded = batch.handins.size() - passed - failed;
  text += fmt::format("{}: {} passed, {} failed", counted(batch.handins.size(), "hand-in"), passed,
                      failed);
  if (ungraded > 0) text += fmt::format(", {} not graded", ungraded);
  text += fmt::format(" ({} graded now)\nsee {}\n", batch.graded_now,
                      (fs::path(options.out) / "index.html").string());
  if (!context.console.result(defuse(text)) || ungraded > 0) return kExitUngraded;
  return failed > 0 ? kExitFailed : kExitPassed;
}

int batch(Context& context, const BatchOptions& options) {
  const auto assignment = open_lab(context, options.lab);
  if (!assignment) return kExitWrongInput;
  const auto grading = identity_of(*assignment, options.search);
  if (!grading) {
    context.console.error(grading.error().text());
    return kExitWrongInput;
  }
  BatchSpec spec{
      .input = options.input, .out = options.out, .grading = *grading, .stop = context.stop.fd()};
  spec.programs = assignment->programs;
  const std::vector<int> cores = usable_cores();
  for (std::size_t i = 0; i < options.search.jobs; ++i) {
    spec.cores.push_back(cores[i % cores.size()]);
  }
  spec.grade = [&](const std::vector<const Imported*>& same) {
    return grade_same(context, *assignment, options.search, same);
  };
  BatchView view(context.console);
  spec.progress = [&](const BatchProgress& progress) { view.show(progress); };
  const auto done = run_batch(spec);
  context.console.progress("");
  if (!done) {
    context.console.error(done.error().text());
    return done.error().error_number == 0 ? kExitWrongInput : kExitUngraded;
  }
  const bool written = write_outputs(context, options, *assignment, *done) &&
                       write_gradebook(context, options, *assignment, *done);
  const int status = tell(context, options, *done);
  return written ? status : kExitUngraded;
}

}  // namespace

void add_batch(CLI::App& app, Context& context) {
  auto options = std::make_shared<BatchOptions>();
  CLI::App* command = app.add_subcommand(
      "batch",
      "Grade a folder of hand-ins, or what Canvas, Moodle or Gradescope hand out. A second run "
      "grades only what changed");
  command->add_option("LAB", options->lab, "A name that 'list' shows, or an assignment folder")
      ->required()
      ->option_text(" ");
  command
      ->add_option("INPUT", options->input,
                   "A folder of folders or of archives, or an archive of them")
      ->required()
      ->option_text(" ");
  command
      ->add_option(
          "--out", options->out,
          "The folder for results, grades, reports and feedback; new, or of an earlier run")
      ->required()
      ->option_text("DIR");
  command
      ->add_option("--gradebook", options->gradebook,
                   "What Canvas or Moodle exported, for the file that they import")
      ->check(CLI::ExistingFile)
      ->option_text("FILE");
  command
      ->add_option("--column", options->column,
                   "The column of that gradebook, or a part of its name")
      ->option_text("NAME");
  add_search_options(*command, options->search);
  add_common_options(*command, context);
  command->callback([&context, options] {
    context.action = [&context, options] { return batch(context, *options); };
  });
}

}  // namespace ipcgrade
