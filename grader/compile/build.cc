#include "compile/build.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <future>
#include <optional>

#include "compile/build_run.h"
#include "compile/flags.h"
#include "compile/instrument.h"
#include "compile/messages.h"
#include "sandbox/box.h"
#include "sandbox/describe.h"
#include "sandbox/files.h"

namespace ipcgrade {
namespace {

using sandbox::Expected;

constexpr std::size_t kMostLeftOut = 5;  ///< that are told

/// How one program is made.
struct Recipe {
  std::string tool;                    ///< "gcc", "g++", "make"
  std::string source;                  ///< "server.c"; empty with make
  std::vector<std::string> arguments;  ///< after the tool's name
  std::string result;                  ///< the file that it makes, in the work folder
};

/// A file that may have been meant: of another case, or in a folder below.
std::string nearly(const Submission& submission, const std::string& program) {
  const auto at = std::ranges::find_if(submission.files, [&](const SourceFile& file) {
    return may_be_source_of(program, file.path);
  });
  return at == submission.files.end() ? "" : at->path;
}

Recipe recipe_of_make(const std::string& program) { return {"make", "", {program}, program}; }

Recipe recipe_of_source(const std::string& program, const std::string& source) {
  const bool is_c = source.ends_with(".c");
  // Not the program's own name: the student may have a folder of that name.
  const std::string result = "." + program + ".built";
  std::vector<std::string> arguments{std::string(is_c ? kCStandard : kCxxStandard)};
  arguments.insert(arguments.end(), kCompilerFlags.begin(), kCompilerFlags.end());
  arguments.insert(arguments.end(), {source, "-o", result});
  return {is_c ? "gcc" : "g++", source, std::move(arguments), result};
}

/// Why there is something of this name that is not used; nothing where there is no such thing.
std::string why_unusable(const Submission& submission, const std::string& name) {
  if (const LeftOut* left = submission.missing(name)) return left->reason;
  return submission.has_folder(name) ? "is a folder" : "";
}

/// How to build `program`, or why it can't be.
std::expected<Recipe, Finding> find_recipe(const Submission& submission,
                                           const std::string& program) {
  for (const std::string_view name : kMakefiles) {
    const std::string makefile(name);
    if (submission.file(makefile) != nullptr) return recipe_of_make(program);
    if (const std::string why = why_unusable(submission, makefile); !why.empty()) {
      return std::unexpected(
          build_error(fmt::format("{} {}", makefile, why), "hand in the file itself"));
    }
  }
  std::vector<std::string> sources;
  for (const std::string_view ending : kSourceEndings) {
    const std::string source = program + std::string(ending);
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
struct BuildAttempt {
  sandbox::Isolation isolation;
  BuildRun run;
  std::optional<std::string> executable;
  std::string no_executable;  ///< why there is none
};

Expected<BuildAttempt> attempt_once(const sandbox::Host& host, const Submission& submission,
                                    const Recipe& recipe, Instrument instrument, int stop) {
  auto box = sandbox::Box::open(host, {sandbox::Policy::widest(), build_limits(), stop});
  if (!box) return std::unexpected(box.error());
  for (const SourceFile& file : submission.files) {
    if (auto placed = box->place_file(file.path, file.bytes, file.executable); !placed) {
      return std::unexpected(placed.error().within("copy the hand-in into the box"));
    }
  }
  const std::string path =
      instrument == Instrument::kYes ? instrumented_tool_path(recipe.tool) : tool_path(recipe.tool);
  std::vector<std::string> words{recipe.tool};
  words.insert(words.end(), recipe.arguments.begin(), recipe.arguments.end());
  auto run = run_build(*box, path, std::move(words), instrument);
  if (!run) return std::unexpected(run.error());
  BuildAttempt attempt;
  attempt.isolation = box->isolation();
  attempt.run = std::move(*run);
  if (attempt.run.succeeded()) {
    auto bytes = box->fetch_file(recipe.result, kMostOfProgram);
    if (bytes) {
      attempt.executable = std::move(*bytes);
    } else if (sandbox::is_of_the_machine(bytes.error().error_number)) {
      return std::unexpected(bytes.error().within("take what was built out of the box"));
    } else {
      attempt.no_executable = bytes.error().error_number == ENOENT
                                  ? "made no file of that name"
                                  : "made a file that " + bytes.error().text();
    }
  }
  return attempt;
}

/// Once more where the machine may be at fault; an error where it is so again.
Expected<BuildAttempt> attempt(const sandbox::Host& host, const Submission& submission,
                               const Recipe& recipe, Instrument instrument, int stop) {
  auto first = attempt_once(host, submission, recipe, instrument, stop);
  // A Makefile may kill what it likes.
  const auto is_the_machines = [&](const Expected<BuildAttempt>& one) {
    return one && !recipe.source.empty() && one->run.was_killed_from_outside();
  };
  if (!is_the_machines(first)) return first;
  auto second = attempt_once(host, submission, recipe, instrument, stop);
  if (!is_the_machines(second)) return second;
  return sandbox::failure(recipe.tool +
                          " was killed twice from outside: is the machine out of memory?");
}

/// An attempt under way, in a thread of its own: a box ends with the thread that made it. Where no
/// thread can be had it is made when it is asked for.
std::future<Expected<BuildAttempt>> attempt_instrumented(const sandbox::Host& host,
                                                         const Submission& submission,
                                                         const Recipe& recipe, int stop) {
  return std::async(std::launch::async | std::launch::deferred,
                    [&host, &submission, &recipe, stop] {
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
                             const std::string& program, const BuildAttempt& attempt,
                             const std::vector<CompilerMessage>& messages) {
  const std::string what =
      recipe.source.empty() ? "make " + program : recipe.tool + " on " + recipe.source;
  if (auto finding = cut_short(what, attempt.run)) return finding;
  if (attempt.run.succeeded()) {
    if (!attempt.executable) {
      return build_error(fmt::format("{} succeeded, but {}", what, attempt.no_executable));
    }
    if (!attempt.executable->starts_with("\x7f"
                                         "ELF")) {
      return build_error(fmt::format("{} made a file that is not an executable program", what));
    }
    return std::nullopt;
  }
  const std::string where = recipe.source.empty() ? program : recipe.source;
  Finding finding =
      compile_error(where + " does not compile", program, attempt.run.printed, messages);
  add_left_out(finding, submission);
  return finding;
}

HeldProgram held_program(const Submission& submission, const Recipe& recipe, const Program& plain,
                         BuildAttempt attempt) {
  HeldProgram held{plain, false, ""};
  const auto messages = parse_messages(attempt.run.printed);
  if (const auto finding = judge(submission, recipe, plain.name, attempt, messages)) {
    held.why_not = "the instrumented build failed: " + finding->message;
    if (!finding->details.empty()) held.why_not += ": " + finding->details.front();
    return held;
  }
  if (!is_instrumented(*attempt.executable)) {
    held.why_not = "the build does not go through the compiler in the usual way";
    return held;
  }
  held.program.bytes = std::move(*attempt.executable);
  held.instrumented = true;
  return held;
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
    std::future<Expected<BuildAttempt>> second;
    if (instrument == Instrument::kYes) {
      second = attempt_instrumented(host, submission, *recipe, stop);
    }
    auto tried = attempt(host, submission, *recipe, Instrument::kNo, stop);
    if (!tried) return std::unexpected(tried.error().within("build " + program));
    result.isolation = tried->isolation;
    if (tried->run.was_stopped()) {
      result.stopped = true;
      return result;
    }
    const auto messages = parse_messages(tried->run.printed);
    add_warnings(result.warnings, messages);
    if (auto finding = judge(submission, *recipe, program, *tried, messages)) {
      result.findings.push_back(std::move(*finding));
    } else {
      result.programs.push_back({program, std::move(*tried->executable)});
      if (!second.valid()) continue;
      auto instrumented = second.get();
      // Without it, atomic accesses would be taken for plain ones, and be accused.
      if (!instrumented) {
        return std::unexpected(instrumented.error().within("build " + program + " once more"));
      }
      if (instrumented->run.was_stopped()) {
        result.stopped = true;
        return result;
      }
      result.held.push_back(
          held_program(submission, *recipe, result.programs.back(), *std::move(instrumented)));
    }
  }
  return result;
}

}  // namespace ipcgrade
