#include "cli/batch_run.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "batch/batch.h"
#include "batch/class_report.h"
#include "batch/compare.h"
#include "batch/gradebook.h"
#include "batch/rows.h"
#include "batch/slurm.h"
#include "cli/commands.h"
#include "cli/open_lab.h"
#include "cli/progress.h"
#include "cli/reports.h"
#include "compile/lower_case.h"
#include "compile/submission.h"
#include "grade/grade.h"
#include "report/escape.h"
#include "report/html.h"
#include "report/json.h"
#include "report/junit.h"
#include "report/terminal.h"
#include "report/text.h"
#include "sandbox/files.h"
#include "sandbox/host.h"

namespace ipcgrade {
namespace {

namespace fs = std::filesystem;
using sandbox::Expected;

constexpr std::uint64_t kMostOfFile = 1ULL << 30;  // of this program, of a gradebook

/// "2/5"; nothing: all. A CI matrix of GitLab's says it by variables.
std::optional<Shard> shard_of(const std::string& text) {
  if (text.empty()) return Shard{};
  const std::size_t slash = text.find('/');
  if (slash == std::string::npos) return std::nullopt;
  Shard shard;
  const char* const end = text.data() + text.size();
  const auto number = std::from_chars(text.data(), text.data() + slash, shard.number);
  const auto of = std::from_chars(text.data() + slash + 1, end, shard.of);
  const bool read = number.ec == std::errc() && number.ptr == text.data() + slash &&
                    of.ec == std::errc() && of.ptr == end;
  if (!read || shard.number < 1 || shard.number > shard.of) return std::nullopt;
  return shard;
}

std::string shard_of_ci() {
  const char* number = std::getenv("CI_NODE_INDEX");
  const char* of = std::getenv("CI_NODE_TOTAL");
  return number == nullptr || of == nullptr ? "" : fmt::format("{}/{}", number, of);
}

Grade grade_of(const Verdict& verdict, const SourceText& source) {
  const TerminalOptions terminal{
      .width = 100, .verbose = true, .source_line = source_lines(source)};
  return {.outcome = std::string(name_of(verdict.outcome)),
          .ungraded_reason = verdict.ungraded_reason,
          .is_final = verdict.ungraded == Ungraded::kNever,
          .score = verdict.score,
          .max_score = verdict.max_score,
          .seconds = verdict.seconds,
          .json = json_report(verdict, tool_name()),
          .junit = junit_report(verdict, {JunitFlavor::kExtended, now_text()}),
          .html = html_report(verdict, tool_name(), source_lines(source)),
          .text = terminal_report(verdict, terminal)};
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
  const Imported& first = *same.front();
  auto submission = read_whole_submission(first.folder);
  Verdict verdict;
  if (!submission) {
    verdict = not_graded(assignment, submission.error().text(), Ungraded::kHere);
    submission = Submission{};
  } else if (digest_of(*submission, first.doubt) != first.digest) {
    // It lies where it was found, and the grade would be kept as that of other files.
    verdict = not_graded(assignment, "its files changed after the batch began", Ungraded::kHere);
  } else {
    auto host = sandbox::Host::find();
    // Other people's programs, with nobody looking: not as whoever runs the batch, unless he says
    // so.
    if (!host.is_demanded()) host.demand(sandbox::Tier::kOwnId, "a batch");
    verdict = grade(host, assignment, *submission, how);
  }
  if (verdict.ungraded == Ungraded::kStopped && verdict.outcome == VerdictOutcome::kUngraded) {
    return {};
  }
  const bool is_built =
      std::ranges::count(verdict.findings, Kind::kBuildError, &Finding::kind) == 0;
  if (verdict.outcome == VerdictOutcome::kFailed && !is_built && !first.doubt.empty()) {
    const bool is_named = first.handin.named_key.empty();  // names of files name students, too
    verdict =
        not_graded(assignment, is_named ? first.doubt : "it may not be all that was handed in",
                   Ungraded::kNever);
  }
  const SourceText source = source_of_submission(std::move(*submission));
  std::vector<Grade> grades;
  for (const Imported* one : same) {
    verdict.submission = one->handin.key;
    grades.push_back(grade_of(verdict, source));
  }
  return grades;
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
    constexpr int kCells = 20;
    const double share =
        progress.all == 0 ? 0
                          : static_cast<double>(progress.done) / static_cast<double>(progress.all);
    std::string text = bar_text(share, kCells) + fmt::format("{}/{}", progress.done, progress.all);
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

/// What changes against an earlier batch, one line each.
std::string changes_text(const Batch& before, const Batch& after) {
  const auto shown = [](const std::optional<double>& score) {
    return score ? points(*score) : std::string("no grade");
  };
  std::string text;
  std::size_t up = 0;
  std::size_t down = 0;
  for (const Change& one : compare(before, after)) {
    text += fmt::format("{}: {} -> {} ({})\n", one.key, shown(one.before), shown(one.after),
                        fmt::join(one.why, "; "));
    up += one.after > one.before ? 1 : 0;
    down += one.after < one.before ? 1 : 0;
  }
  return text + fmt::format("points change for {} of {}: {} up, {} down\n", up + down,
                            counted(after.handins.size(), "hand-in"), up, down);
}

/// Whether it is one of those of a group, which have ", " between.
bool is_among(const std::string& all, const std::string& one) {
  return !one.empty() && (", " + all + ", ").contains(", " + one + ", ");
}

/// Those hand-ins of a batch that are meant by that: by key, id or mail address, or by a part of
/// the name.
std::vector<const Graded*> named(const Batch& batch, const std::string& name) {
  std::vector<const Graded*> exact;
  std::vector<const Graded*> parts;
  if (name.empty()) return {};
  for (const Graded& one : batch.handins) {
    const Handin& handin = one.imported.handin;
    if (handin.key == name || handin.student == name || is_among(handin.id, name) ||
        is_among(handin.email, name)) {
      exact.push_back(&one);
    } else if (lower_case(handin.student).contains(lower_case(name)) ||
               lower_case(handin.key).contains(lower_case(name))) {
      parts.push_back(&one);
    }
  }
  return exact.empty() ? parts : exact;
}

/// What was noted of its files, a line each; who hands in many odd ones does not hide the others.
std::string notes_text(const Handin& handin) {
  constexpr std::size_t kMost = 5;
  std::string text;
  for (std::size_t i = 0; i < handin.notes.size(); ++i) {
    if (i == kMost) return text + fmt::format("{}: and more of that\n", handin.key);
    text += fmt::format("{}: {}\n", handin.key, sentence(handin.notes[i]));
  }
  return text;
}

}  // namespace

void add_gradebook_options(CLI::App& command, GradebookOptions& options) {
  command
      .add_option("--gradebook", options.file,
                  "What Canvas or Moodle exported, for the file that they import")
      ->check(CLI::ExistingFile)
      ->option_text("FILE");
  command
      .add_option("--column", options.column, "The column of that gradebook, or a part of its name")
      ->option_text("NAME");
}

Expected<void> read_gradebook(GradebookOptions& options) {
  if (options.file.empty()) return {};
  auto bytes = sandbox::read_regular_file(AT_FDCWD, options.file, kMostOfFile);
  if (!bytes) return sandbox::failure(bytes.error().within(options.file).text());
  options.exported = std::move(*bytes);
  if (options.exported.empty()) return sandbox::failure(options.file + ": it is empty");
  return {};
}

Expected<void> check_gradebook(const Batch& batch, const GradebookOptions& options) {
  if (options.file.empty()) return {};
  const auto book = gradebook_for_import(batch, options.exported, options.column, batch.origin.lab);
  if (!book) return std::unexpected(book.error().within(options.file));
  return {};
}

Expected<std::string> identity_of(const Assignment& assignment, const SearchOptions& search) {
  const auto lab = read_submission(assignment.folder);
  if (!lab) return std::unexpected(lab.error().within(assignment.folder.string()));
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  auto bytes = sandbox::read_regular_file(AT_FDCWD, program.string(), kMostOfFile);
  if (!bytes) return std::unexpected(bytes.error().within(program.string()));
  Submission all = *lab;
  all.files.push_back({"ipcgrade", std::move(*bytes), true});
  all.folders.push_back(fmt::format("seed {}, schedules {}, budget {}", search.seed,
                                    search.most_schedules, search.budget.value_or(0)));
  return digest_of(all);
}

std::string grade_text(const Grade& grade) {
  if (!is_graded(grade)) return "not graded: " + sentence(grade.ungraded_reason);
  return fmt::format("{}/{}", points(grade.score), points(grade.max_score));
}

bool write_outputs(Context& context, const std::string& out, const GradebookOptions& options,
                   const Batch& batch) {
  bool written = true;
  if (auto done = write_class_reports(batch, out, tool_name()); !done) {
    context.console.error(done.error().text());
    written = false;
  }
  const Platform platform = batch.origin.platform;
  const bool takes = platform == Platform::kCanvas || platform == Platform::kMoodle;
  if (!takes && options.file.empty()) return written;
  const auto book = gradebook_for_import(batch, options.exported, options.column, batch.origin.lab);
  if (!book) {
    context.console.error(book.error().within(options.file).text());
    return false;
  }
  for (const std::string& note : book->notes) context.console.error(note);
  if (!book->unknown.empty()) {
    context.console.error(fmt::format("not in the gradebook: {}", fmt::join(book->unknown, ", ")));
  }
  const char* name = platform == Platform::kCanvas ? "canvas.csv" : "moodle.csv";
  return write_to(context, (fs::path(out) / name).string(), book->csv) && written;
}

int tell(Context& context, const std::string& see, const Batch& batch) {
  std::size_t passed = 0;
  std::size_t failed = 0;
  std::string text;
  for (const Graded& one : batch.handins) {
    const std::string& key = one.imported.handin.key;
    if (!batch.origin.anonymous) text += notes_text(one.imported.handin);
    if (!one.grade) continue;
    passed += one.grade->outcome == "passed" ? 1 : 0;
    failed += one.grade->outcome == "failed" ? 1 : 0;
    if (!is_graded(*one.grade)) text += fmt::format("{}: {}\n", key, grade_text(*one.grade));
  }
  for (const Unmatched& one : shown_unmatched(batch)) {
    text +=
        fmt::format("not matched with anybody: {} {}\n", sentence(one.name), sentence(one.reason));
  }
  if (!batch.gone.empty()) {
    constexpr std::size_t kMost = 5;
    const std::size_t shown = std::min(kMost, batch.gone.size());
    text += fmt::format("{} of the last run not there any more: {}{}\n",
                        counted(batch.gone.size(), "hand-in"),
                        fmt::join(batch.gone.begin(), batch.gone.begin() + shown, ", "),
                        shown < batch.gone.size() ? ", …" : "");
  }
  if (!batch.missing_shards.empty()) {
    text += fmt::format("parts that are missing: {}\n", fmt::join(batch.missing_shards, ", "));
  }
  const std::size_t ungraded = batch.handins.size() - passed - failed;
  text += fmt::format("{}: {} passed, {} failed", counted(batch.handins.size(), "hand-in"), passed,
                      failed);
  if (ungraded > 0) text += fmt::format(", {} not graded", ungraded);
  text += fmt::format(" ({} graded now)\n", batch.graded_now);
  if (!see.empty()) text += fmt::format("see {}\n", see);
  if (!context.console.result(defuse(text)) || ungraded > 0) return kExitUngraded;
  return failed > 0 ? kExitFailed : kExitPassed;
}

int wrong(Context& context, const sandbox::Error& error) {
  context.console.error(error.text());
  return error.error_number == 0 ? kExitWrongInput : kExitUngraded;
}

/// By array jobs, whose parts are then merged. The parts that are lost are said.
Expected<Batch> batch_on_slurm(Context& context, const BatchOptions& options,
                               const Assignment& assignment) {
  std::error_code error;
  const fs::path out = fs::absolute(options.out, error);
  if (auto begun = begin_batch(out); !begun) return std::unexpected(begun.error());
  SlurmSpec spec{.folder = out / "parts",
                 .shards = options.shards,
                 .cores = options.search.jobs,
                 .command = {},
                 .stop = context.stop.fd()};
  spec.command = [&](std::size_t number) {
    std::vector<std::string> words{fs::read_symlink("/proc/self/exe", error).string(),
                                   "batch",
                                   assignment.folder.string(),
                                   fs::absolute(options.input, error).string(),
                                   "--out",
                                   (spec.folder / std::to_string(number)).string(),
                                   "--shard",
                                   fmt::format("{}/{}", number, options.shards),
                                   "--jobs",
                                   std::to_string(options.search.jobs),
                                   "--schedules",
                                   std::to_string(options.search.most_schedules),
                                   "--seed",
                                   std::to_string(options.search.seed)};
    if (options.search.budget) {
      words.insert(words.end(), {"--budget", fmt::format("{}", *options.search.budget)});
    }
    return words;
  };
  std::string last;
  spec.progress = [&](const SlurmProgress& progress) {
    std::string text = fmt::format("{} of {} parts are done, {} run", progress.finished,
                                   progress.all, progress.running);
    if (context.console.quiet || text == last) return;
    if (context.console.animates()) {
      context.console.progress(text);
    } else {
      context.console.note(text + "\n");
    }
    last = std::move(text);
  };
  const auto lost = run_on_slurm(spec);
  context.console.progress("");
  if (!lost) return std::unexpected(lost.error());
  if (!lost->empty()) {
    context.console.error(fmt::format("parts that are not finished: {}; see {}",
                                      fmt::join(*lost, ", "), spec.folder.string()));
  }
  std::vector<fs::path> parts;
  for (std::size_t number = 1; number <= options.shards; ++number) {
    const fs::path part = spec.folder / std::to_string(number);
    const bool was_begun = is_finished(part).has_value();
    if (was_begun) parts.push_back(part);
  }
  auto whole = merge_batches(parts, out);
  if (!whole) return whole;
  if (auto good = check_gradebook(*whole, options.gradebook); !good) {
    return std::unexpected(good.error());
  }
  return whole;
}

int batch(Context& context, BatchOptions options) {
  if (auto read = read_gradebook(options.gradebook); !read) return wrong(context, read.error());
  const auto assignment = open_lab(context, options.lab);
  if (!assignment) return kExitWrongInput;
  const auto grading = identity_of(*assignment, options.search);
  if (!grading) return wrong(context, grading.error());
  const std::string part = options.shard.empty() ? shard_of_ci() : options.shard;
  const auto shard = shard_of(part);
  if (!shard) {
    context.console.error(
        fmt::format("{} {}: is not as 2/5: the second part of five",
                    options.shard.empty() ? "CI_NODE_INDEX/CI_NODE_TOTAL" : "--shard", part));
    return kExitWrongInput;
  }
  const bool in_parts = shard->of > 1 || options.engine == "slurm";
  if (in_parts && options.anonymous) {
    context.console.error("a shard can't be anonymous: what it calls them no other shard knows");
    return kExitWrongInput;
  }
  std::optional<Batch> before;
  if (!options.compare.empty()) {
    std::error_code error;
    if (fs::equivalent(options.compare, options.out, error)) {
      context.console.error("--compare and --out are the same folder: it would be overwritten");
      return kExitWrongInput;
    }
    auto kept = kept_batch(options.compare);
    if (!kept) return wrong(context, kept.error());
    before = std::move(*kept);
  }
  BatchSpec spec{.out = options.out,
                 .programs = assignment->programs,
                 .again = options.again,
                 .stop = context.stop.fd()};
  std::error_code error;
  spec.origin = {.lab = assignment->name,
                 .lab_path = options.lab,
                 .input = fs::absolute(options.input, error),
                 .grading = *grading,
                 .anonymous = options.anonymous,
                 .seed = options.search.seed,
                 .schedules = options.search.most_schedules,
                 .budget = options.search.budget,
                 .shard = *shard};
  for (const Check& check : assignment->checks) spec.origin.max_score += check.points;
  const std::vector<int> cores = usable_cores();
  for (std::size_t i = 0; i < options.search.jobs; ++i) {
    spec.cores.push_back(cores[i % cores.size()]);
  }
  spec.grade = [&](const std::vector<const Imported*>& same) {
    return grade_same(context, *assignment, options.search, same);
  };
  spec.not_graded = [&](const Imported& imported, const std::string& reason) {
    Verdict verdict = not_graded(*assignment, reason, Ungraded::kHere);
    verdict.submission = imported.handin.key;
    return grade_of(verdict, source_of_submission(Submission{}));
  };
  spec.ready = [&](const Batch& batch) { return check_gradebook(batch, options.gradebook); };
  const auto done = [&] {
    if (options.engine == "slurm") return batch_on_slurm(context, options, *assignment);
    BatchView view(context.console);
    spec.progress = [&](const BatchProgress& progress) { view.show(progress); };
    return run_batch(spec);
  }();
  if (!done) return wrong(context, done.error());
  if (shard->of > 1) {
    remove_class_reports(options.out);
    return tell(context, fmt::format("ipcgrade merge, when all {} parts are there", shard->of),
                *done);
  }
  const bool written = write_outputs(context, options.out, options.gradebook, *done);
  if (before && !context.console.result(defuse(changes_text(*before, *done)))) {
    return kExitUngraded;
  }
  const int status =
      tell(context, written ? (fs::path(options.out) / "index.html").string() : "", *done);
  return written ? status : kExitUngraded;
}

void add_student_options(CLI::App& command, Context& context, StudentOptions& options) {
  command.add_option("DIR", options.folder, "What 'batch' was given as --out")
      ->required()
      ->option_text(" ");
  command
      .add_option("STUDENT", options.students,
                  "Who: as the reports are called, or an id, a mail address, a part of the name")
      ->required()
      ->option_text(" ");
  add_common_options(command, context);
}

const Graded* the_one(Context& context, const Batch& batch, const std::string& name) {
  const auto found = named(batch, name);
  if (found.size() == 1) return found.front();
  if (found.empty()) {
    context.console.error(fmt::format("nobody in this batch is called \"{}\"", name));
    return nullptr;
  }
  std::string keys;
  for (const Graded* one : found) keys += " " + one->imported.handin.key;
  context.console.error(fmt::format("\"{}\" can be several:{}", name, keys));
  return nullptr;
}

}  // namespace ipcgrade
