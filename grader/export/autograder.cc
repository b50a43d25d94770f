#include "export/autograder.h"

#include <fcntl.h>

#include <algorithm>
#include <memory>
#include <set>
#include <system_error>
#include <utility>
#include <vector>

#include "archives/zip.h"
#include "assignment/parse.h"
#include "export/templates.h"
#include "export/workflow.h"
#include "sandbox/files.h"

namespace ipcgrade {
namespace {

namespace fs = std::filesystem;
using sandbox::Expected;

/// All regular files below a folder, or the file itself, sorted.
Expected<std::vector<fs::path>> files_of(const fs::path& path) {
  std::error_code error;
  std::set<fs::path> files;
  if (fs::is_regular_file(path, error)) return std::vector{path};
  for (fs::recursive_directory_iterator at(path, error), end; !error && at != end;
       at.increment(error)) {
    if (at->is_regular_file(error)) files.insert(at->path());
  }
  if (error) return sandbox::failure(path.string() + ": " + error.message());
  return std::vector(files.begin(), files.end());
}

/// A file, or all of a folder but for those of `without`.
Expected<void> add_tree(ZipWriter& zip, const fs::path& path, const fs::path& as,
                        const std::vector<fs::path>& without = {}) {
  const auto files = files_of(path);
  if (!files) return std::unexpected(files.error());
  for (const fs::path& file : *files) {
    if (std::ranges::any_of(without, [&](const auto& one) { return is_below(file, one); }))
      continue;
    auto bytes = sandbox::read_regular_file(AT_FDCWD, file.string(), kLargestLabFile);
    if (!bytes) return std::unexpected(bytes.error().within(file.string()));
    std::error_code error;
    const bool executable =
        (fs::status(file, error).permissions() & fs::perms::owner_exec) != fs::perms::none;
    const fs::path name = file == path ? as : as / file.lexically_relative(path);
    if (auto added = zip.add(name.string(), *bytes, executable); !added) return added;
  }
  return {};
}

}  // namespace

Expected<std::string> autograder_zip(const fs::path& checkout, const Assignment& assignment) {
  const std::string lab = assignment.folder.filename();
  ZipWriter zip;
  for (const char* part : {"CMakeLists.txt", "CMakePresets.json", "LICENSE", "README.md",
                           "ipcgrade", "grader", "sandbox"}) {
    if (auto added = add_tree(zip, checkout / part, fs::path("ipcgrade") / part); !added) {
      return std::unexpected(added.error());
    }
  }
  std::vector<fs::path> without;
  for (const fs::path& secret : {assignment.reference, assignment.corpus}) {
    std::error_code error;
    // Without a slash at its end, which would make it a folder that holds nothing.
    if (!secret.empty()) {
      without.push_back(fs::weakly_canonical(assignment.folder / secret, error));
      if (error) return sandbox::failure(secret.string() + ": " + error.message());
    }
  }
  if (auto added =
          add_tree(zip, assignment.folder, fs::path("ipcgrade/assignments") / lab, without);
      !added) {
    return std::unexpected(added.error());
  }
  for (const auto& [name, text] :
       {std::pair{"setup.sh", kGradescopeSetup}, std::pair{"run_autograder", kGradescopeRun}}) {
    if (auto added = zip.add(name, fill_in(text, lab, ""), true); !added) {
      return std::unexpected(added.error());
    }
  }
  return zip.finish();
}

}  // namespace ipcgrade
