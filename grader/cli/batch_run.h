// What the subcommands about many hand-ins share: how a batch is run, told, and looked into.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "batch/batch.h"
#include "cli/commands.h"
#include "grade/held_scenario.h"

namespace ipcgrade {

/// For the file that Canvas or Moodle import.
struct GradebookOptions {
  std::string file;        ///< what they exported; empty: none
  std::string column;      ///< of it, or a part of its name
  std::string exported{};  ///< the file's bytes: read_gradebook()
};
void add_gradebook_options(CLI::App& command, GradebookOptions& options);
/// Reads the file, if there is one to be read.
[[nodiscard]] sandbox::Expected<void> read_gradebook(GradebookOptions& options);
/// An error where it is none of the batch's platform, or the column can't be told.
[[nodiscard]] sandbox::Expected<void> check_gradebook(const Batch& batch,
                                                      const GradebookOptions& options);

struct BatchOptions {
  std::string lab;
  std::string input;
  std::string out;
  std::string shard;  ///< "2/5"; empty: all
  std::string engine = "local";
  std::size_t shards = 8;  ///< of an engine that has several machines
  std::string compare;     ///< the folder of another batch; empty: none
  bool anonymous = false;
  std::vector<std::string> again{};  ///< keys: see BatchSpec
  GradebookOptions gradebook;
  SearchOptions search;
};

/// Grades, writes all that there is to write, and says what came of it. The exit status.
[[nodiscard]] int batch(Context& context, BatchOptions options);

/// Hash of what grades depend on beside the hand-in: the lab, this program, the search.
[[nodiscard]] sandbox::Expected<std::string> identity_of(const Assignment& assignment,
                                                         const SearchOptions& search);

/// The class's reports, and the file that the platform imports, into `out`. False where that
/// failed, which is said.
[[nodiscard]] bool write_outputs(Context& context, const std::string& out,
                                 const GradebookOptions& options, const Batch& batch);

/// Says who was not graded or not matched, how many passed, and where the rest stands: `see`, if
/// it is anywhere. The exit status.
[[nodiscard]] int tell(Context& context, const std::string& see, const Batch& batch);

/// Says it, and gives the exit status.
[[nodiscard]] int wrong(Context& context, const sandbox::Error& error);

/// "7/10", "not graded: …"
[[nodiscard]] std::string grade_text(const Grade& grade);

/// Of regrade and show.
struct StudentOptions {
  std::string folder;
  std::vector<std::string> students;
};
void add_student_options(CLI::App& command, Context& context, StudentOptions& options);

/// Who is meant by a key, an id, a mail address, or a part of a name. nullptr, which is said, where
/// that is nobody or several.
[[nodiscard]] const Graded* the_one(Context& context, const Batch& batch, const std::string& name);

}  // namespace ipcgrade
