#include "compile/build.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <future>
#include <optional>

#include "compile/instrument.h"
#include "compile/messages.h"
#include "sandbox/box.h"
#include "sandbox/describe.h"

namespace ipcgrade {
namespace {

using namespace std::chrono_literals;
using sandbox::Expected;

constexpr std::uint64_t kMostOfProgram = 64ULL << 20;
constexpr std::size_t kMostErrors = 3;
constexpr std::size_t kMostLeftOut = 5;  ///< that are told
constexpr std::size_t kMostWarnings = 50;
constexpr std::array kMakefiles{"GNUmakefile", "makefile", "Makefile"};  // make's own order
constexpr std::array kEndings{".c", ".cc", ".cpp"};

/// Generous to an honest build on a slow machine; an endless one is over in a minute.
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

/// How one program is made.
struct Recipe {
  std::string tool;                    ///< "gcc", "g++", "make"
  std::string source;                  ///< "server.c"; empty with make
  std::vector<std::string> arguments;  ///< after the tool's name
  std::string result;                  ///< the file that it makes, in the work folder
};

Finding build_error(std::string message, std::string hint = "") {
  Finding finding;
  finding.kind = Kind::kBuildError;
  finding.stage = Stage::kBuild;
  finding.message = std::move(message);
  finding.hint = std::move(hint);
  return finding;
}

std::string folded(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

/// A file that may have been meant: of another case, or in a folder below.
std::string nearly(const Submission& submission, const std::string& program) {
  for (const SourceFile& file : submission.files) {
    const std::filesystem::path path(file.path);
    const std::string ending = folded(path.extension().string());
    const bool is_source =
        ending == ".c" || ending == ".cc" || ending == ".cpp" || ending == ".cxx";
    if (is_source && folded(path.stem().string()) == folded(program)) return file.path;
  }
  return "";
}

Recipe recipe_of_make(const std::string& program) { return {"make", "", {program}, program}; }

Recipe recipe_of_source(const std::string& program, const std::string& source) {
  const bool is_c = source.ends_with(".c");
  // Not the program's own name: the student may have a folder of that name.
  const std::string result = "." + program + ".built";
  return {is_c ? "gcc" : "g++",
          source,
          {is_c ? "-std=gnu17" : "-std=gnu++20", "-g", "-O1", "-Wall", "-Wextra", "-pthread",
           source, "-o", result},
          result};
}

/// Why there is something of this name that is not used; nothing where there is no such thing.
std::string why_unusable(const Submission& submission, const std::string& name) {
  if (const LeftOut* left = submission.missing(name)) return left->reason;
  return submission.has_folder(name) ? "is a folder" : "";
}

/// How to build `program`, or why it can't be.
std::expected<Recipe, Finding> find_recipe(const Submission& submission,
                                           const std::string& program) {
  for (const char* makefile : kMakefiles) {
    if (submission.file(makefile) != nullptr) return recipe_of_make(program);
    if (const std::string why = why_unusable(submission, makefile); !why.empty()) {
      return std::unexpected(
          build_error(fmt::format("{} {}", makefile, why), "hand in the file itself"));
    }
  }
  std::vector<std::string> sources;
  for (const char* ending : kEndings) {
    const std::string source = program + ending;
    if (const std::string why = why_unusable(submission, source); !why.empty()) {
      return std::unexpected(
          build_error(fmt::format("{} {}", source, why), "hand in the source file itself"));
    }
    if (submission.file(source) != nullptr) sources.push_back(source);
  }
  if (sources.size() == 1) return recipe_of_source(program, sources.front());
  if (sources.empty()) {
    const std::string near = nearly(submission, program);
    const bool empty = submission.files.empty() && submission.left_out.empty();
    return std::unexpected(build_error(
        fmt::format("{1}there is no source for {0}: {0}.c, {0}.cc or {0}.cpp", program,
                    empty ? "the folder is empty: " : ""),
        near.empty() ? "hand in one of these files, or a Makefile with a target of that name"
                     : fmt::format("there is {}: it has to be called {}.c, .cc or .cpp, at the top "
                                   "of the folder",
                                   near, program)));
  }
  return std::unexpected(build_error(fmt::format("there are {} sources for {}: {}", sources.size(),
                                                 program, fmt::join(sources, ", ")),
                                     "leave the one that counts, or add a Makefile"));
}

std::string tool_path(const std::string& tool) { return "/usr/bin/" + tool; }

Expected<void> check_tools(const Recipe& recipe) {
  std::vector<std::string> tools{recipe.tool};
  if (recipe.tool == "make") tools = {"make", "gcc", "g++"};
  for (const std::string& tool : tools) {
    if (::access(tool_path(tool).c_str(), X_OK) != 0) {
      return sandbox::failure(
          fmt::format("{} is not installed on this machine: apt-get install {}", tool, tool));
    }
  }
  return {};
}

/// What the build of one program came to, before anything is concluded from it.
struct Attempt {
  sandbox::Isolation isolation;
  std::string printed;
  sandbox::CommandEnd end;
  std::optional<sandbox::Cause> cause;
  std::optional<std::string> executable;
  std::string no_executable;  ///< why there is none
};

Expected<Attempt> attempt(const sandbox::Host& host, const Submission& submission,
                          const Recipe& recipe, Instrument instrument, int stop) {
  auto box = sandbox::Box::open(host, {sandbox::Policy::widest(), build_limits(), stop});
  if (!box) return std::unexpected(box.error());
  for (const SourceFile& file : submission.files) {
    if (auto placed = box->place_file(file.path, file.bytes, file.executable); !placed) {
      return std::unexpected(placed.error().within("copy the hand-in into the box"));
    }
  }
  if (instrument == Instrument::kYes) {
    if (auto placed = place_instrumentation(*box); !placed) return std::unexpected(placed.error());
  }
  Attempt attempt;
  attempt.isolation = box->isolation();
  box->set_output_sink(
      [&attempt](int, sandbox::Stream, std::string_view bytes) { attempt.printed += bytes; });
  sandbox::Command command;
  command.path =
      instrument == Instrument::kYes ? instrumented_tool_path(recipe.tool) : tool_path(recipe.tool);
  command.arguments = {recipe.tool};
  command.arguments.insert(command.arguments.end(), recipe.arguments.begin(),
                           recipe.arguments.end());
  // LC_ALL: the messages are read by us.
  command.environment = {"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/work", "LC_ALL=C",
                         "TMPDIR=/tmp"};
  if (instrument == Instrument::kYes) add_instrumentation(command.environment);
  auto started = box->start(std::move(command));
  if (!started) return std::unexpected(started.error());
  while (box->running()) {
    if (auto waited = box->wait(1s); !waited) return std::unexpected(waited.error());
  }
  attempt.end = *box->command(*started).end;
  attempt.cause = box->cause();
  if (const auto* not_started = std::get_if<sandbox::NotStarted>(&attempt.end)) {
    return std::unexpected(
        sandbox::Error{recipe.tool + " can't be started in the box", not_started->error_number});
  }
  if (const auto* exited = std::get_if<sandbox::Exited>(&attempt.end);
      exited != nullptr && exited->status == 0) {
    // What still runs must not change the file while it is read.
    if (auto ended = box->end_all(); !ended) return std::unexpected(ended.error());
    auto bytes = box->fetch_file(recipe.result, kMostOfProgram);
    if (bytes) {
      attempt.executable = std::move(*bytes);
    } else {
      attempt.no_executable = bytes.error().error_number == ENOENT
                                  ? "made no file of that name"
                                  : "made a file that " + bytes.error().text();
    }
  }
  return attempt;
}

/// An attempt under way, in a thread of its own: a box ends with the thread that made it.
std::future<Expected<Attempt>> attempt_instrumented(const sandbox::Host& host,
                                                    const Submission& submission,
                                                    const Recipe& recipe, int stop) {
  return std::async(std::launch::async, [&host, &submission, &recipe, stop] {
    return attempt(host, submission, recipe, Instrument::kYes, stop);
  });
}

/// What was not taken along may be just what the build looked for.
void add_left_out(Finding& finding, const Submission& submission) {
  for (std::size_t i = 0; i < submission.left_out.size() && i < kMostLeftOut; ++i) {
    const LeftOut& left = submission.left_out[i];
    finding.details.push_back("left out: " + left.path + " " + left.reason);
  }
}

/// Why the attempt failed; nothing where it did not.
std::optional<Finding> judge(const Submission& submission, const Recipe& recipe,
                             const std::string& program, const Attempt& attempt,
                             const std::vector<CompilerMessage>& messages) {
  const std::string what =
      recipe.source.empty() ? "make " + program : recipe.tool + " on " + recipe.source;
  if (attempt.cause) {
    if (const auto* limit = std::get_if<sandbox::LimitReached>(&attempt.cause->what)) {
      return build_error(fmt::format("{} {}", what, sandbox::limit_text(*limit)),
                         "a build of this lab takes seconds: look for something endless in it");
    }
    if (const auto* refused = std::get_if<sandbox::RefusedCall>(&attempt.cause->what)) {
      return build_error(fmt::format("{} called {}, which no build may", what, refused->call));
    }
  }
  if (const auto* signalled = std::get_if<sandbox::Signalled>(&attempt.end)) {
    return build_error(
        fmt::format("{} was ended by {}", what, sandbox::signal_text(signalled->signal)));
  }
  const auto* exited = std::get_if<sandbox::Exited>(&attempt.end);
  if (exited != nullptr && exited->status == 0) {
    if (!attempt.executable) {
      return build_error(fmt::format("{} succeeded, but {}", what, attempt.no_executable));
    }
    if (!attempt.executable->starts_with("\x7f"
                                         "ELF")) {
      return build_error(fmt::format("{} made a file that is not an executable program", what));
    }
    return std::nullopt;
  }
  // It struck a process of the compiler or of make, who only print the words of its signal.
  if (attempt.printed.find("File size limit exceeded") != std::string::npos) {
    return build_error(
        fmt::format("{} wrote a file of more than {}", what, sandbox::size_text(kMostOfProgram)),
        "a program of this lab is a thousand times smaller: is there a large array "
        "with a first value?");
  }
  const std::string where = recipe.source.empty() ? program : recipe.source;
  Finding finding = build_error(where + " does not compile");
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
  if (shown == 0) finding.details = last_lines(attempt.printed, 10);
  add_left_out(finding, submission);
  return finding;
}

bool was_stopped(const Attempt& attempt) {
  return attempt.cause && std::holds_alternative<sandbox::Interrupted>(attempt.cause->what);
}

HeldProgram held_program(const Submission& submission, const Recipe& recipe, const Program& plain,
                         Expected<Attempt> attempt) {
  HeldProgram held{plain, false, ""};
  if (!attempt) {
    held.why_not = "the instrumented build could not be tried: " + attempt.error().text();
    return held;
  }
  const auto messages = parse_messages(attempt->printed);
  if (const auto finding = judge(submission, recipe, plain.name, *attempt, messages)) {
    held.why_not = "the instrumented build failed: " + finding->message;
    if (!finding->details.empty()) held.why_not += ": " + finding->details.front();
    return held;
  }
  if (!is_instrumented(*attempt->executable)) {
    held.why_not = "the build does not go through the compiler in the usual way";
    return held;
  }
  held.program.bytes = std::move(*attempt->executable);
  held.instrumented = true;
  return held;
}

/// The same Makefile rule or header warns in each program: a line is told once.
void add_warnings(std::vector<std::string>& warnings,
                  const std::vector<CompilerMessage>& messages) {
  for (const CompilerMessage& message : messages) {
    if (message.error || warnings.size() == kMostWarnings) continue;
    const std::string text = message.text();
    if (std::ranges::find(warnings, text) == warnings.end()) warnings.push_back(text);
  }
}

}  // namespace

Expected<Build> build(const sandbox::Host& host, const Assignment& assignment,
                      const Submission& submission, int stop, Instrument instrument) {
  Build result;
  for (const std::string& program : assignment.programs) {
    const auto recipe = find_recipe(submission, program);
    if (!recipe) {
      result.findings.push_back(recipe.error());
      continue;
    }
    if (auto there = check_tools(*recipe); !there) return std::unexpected(there.error());
    std::future<Expected<Attempt>> second;
    if (instrument == Instrument::kYes) {
      second = attempt_instrumented(host, submission, *recipe, stop);
    }
    auto tried = attempt(host, submission, *recipe, Instrument::kNo, stop);
    if (!tried) return std::unexpected(tried.error().within("build " + program));
    result.isolation = tried->isolation;
    if (was_stopped(*tried)) {
      result.stopped = true;
      return result;
    }
    const auto messages = parse_messages(tried->printed);
    add_warnings(result.warnings, messages);
    if (auto finding = judge(submission, *recipe, program, *tried, messages)) {
      result.findings.push_back(std::move(*finding));
    } else {
      result.programs.push_back({program, std::move(*tried->executable)});
      if (!second.valid()) continue;
      auto instrumented = second.get();
      if (instrumented && was_stopped(*instrumented)) {
        result.stopped = true;
        return result;
      }
      result.held.push_back(
          held_program(submission, *recipe, result.programs.back(), std::move(instrumented)));
    }
  }
  return result;
}

}  // namespace ipcgrade
