#include "verify/cases.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <system_error>
#include <utility>

#include "assignment/syntax.h"
#include "sandbox/files.h"

namespace ipcgrade {
namespace {

namespace fs = std::filesystem;

using Diagnostics = std::vector<Diagnostic>;

Diagnostic about_file(const fs::path& file, std::string message, std::string expected = "") {
  return {file.string(), 0, 0, std::move(message), std::move(expected), ""};
}

bool is_folder(const fs::path& path) {
  std::error_code error;
  return fs::is_directory(path, error);
}

/// The entries of a folder in the order of their names. None where there is no such folder.
std::vector<fs::path> entries_of(const fs::path& folder) {
  std::vector<fs::path> entries;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (!entry->path().filename().string().starts_with('.')) entries.push_back(entry->path());
  }
  std::ranges::sort(entries);
  return entries;
}

class Reader {
 public:
  explicit Reader(const Assignment& assignment) : assignment_(assignment) {}

  std::expected<std::vector<Case>, AssignmentError> read() {
    if (!assignment_.reference.empty()) {
      cases_.push_back({"reference", folder("reference", assignment_.reference), {}});
    }
    if (!assignment_.corpus.empty()) read_corpus(folder("corpus", assignment_.corpus));
    if (!mistakes_.empty()) return std::unexpected(AssignmentError{std::move(mistakes_)});
    return std::move(cases_);
  }

 private:
  /// The folder that a key of the assignment names, which must be there.
  fs::path folder(std::string_view key, const fs::path& path) {
    fs::path whole = (assignment_.folder / path).lexically_normal();
    if (!is_folder(whole)) {
      mistakes_.push_back(about_file(
          assignment_.folder / "assignment.toml",
          fmt::format("\"{}\" is \"{}\", and there is no such folder", key, path.string()),
          "a path from the lab's folder"));
    }
    return whole;
  }

  void read_corpus(const fs::path& corpus) {
    const std::size_t before = cases_.size();
    read_sort(corpus / "correct", Sort::kCorrect);
    read_sort(corpus / "wrong", Sort::kWrong);
    if (cases_.size() == before && mistakes_.empty()) {
      mistakes_.push_back(about_file(corpus, "there is no hand-in in this corpus",
                                     "folders correct/NAME or wrong/NAME, each with a NAME.toml "
                                     "beside it"));
    }
  }

  void read_sort(const fs::path& folder, Sort sort) {
    for (const fs::path& entry : entries_of(folder)) {
      if (is_folder(entry)) {
        read_case(entry, sort);
      } else if (entry.extension() == ".toml" && !is_folder(fs::path(entry).replace_extension())) {
        mistakes_.push_back(about_file(entry, "there is no hand-in beside it",
                                       fmt::format("a folder {}", entry.stem().string())));
      }
    }
  }

  void read_case(const fs::path& folder, Sort sort) {
    fs::path file = folder;
    file += ".toml";
    const auto text = sandbox::read_regular_file(AT_FDCWD, file.string(), kLargestAssignment);
    if (!text) {
      mistakes_.push_back(about_file(file, "cannot be read: " + text.error().text(),
                                     "what the grader must say of the hand-in beside it"));
      return;
    }
    auto expectation = parse_expectation(*text, file.string(), assignment_, sort);
    if (!expectation) {
      std::ranges::move(expectation.error().diagnostics, std::back_inserter(mistakes_));
      return;
    }
    const std::string name = (folder.parent_path().filename() / folder.filename()).string();
    cases_.push_back({name, folder, std::move(*expectation)});
  }

  const Assignment& assignment_;
  std::vector<Case> cases_;
  Diagnostics mistakes_;
};

}  // namespace

std::expected<std::vector<Case>, AssignmentError> read_cases(const Assignment& assignment) {
  return Reader(assignment).read();
}

}  // namespace ipcgrade
