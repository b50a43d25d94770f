#include "export/autograder.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>

#include <algorithm>
#include <memory>
#include <set>
#include <system_error>
#include <utility>
#include <vector>

#include "assignment/parse.h"
#include "export/templates.h"
#include "export/workflow.h"
#include "sandbox/files.h"

namespace ipcgrade {
namespace {

namespace fs = std::filesystem;
using sandbox::Expected;

class Zip {
 public:
  Zip() {
    ::archive_write_set_format_zip(archive_.get());
    ::archive_write_set_bytes_in_last_block(archive_.get(), 1);
    ::archive_write_open2(archive_.get(), &bytes_, nullptr, take, nullptr, nullptr);
  }

  Expected<void> add(const std::string& name, const std::string& bytes, bool executable) {
    const std::unique_ptr<archive_entry, void (*)(archive_entry*)> entry(::archive_entry_new(),
                                                                         ::archive_entry_free);
    ::archive_entry_set_pathname_utf8(entry.get(), name.c_str());
    ::archive_entry_set_size(entry.get(), static_cast<la_int64_t>(bytes.size()));
    ::archive_entry_set_filetype(entry.get(), AE_IFREG);
    ::archive_entry_set_perm(entry.get(), executable ? 0755 : 0644);
    // The same sources give the same zip.
    ::archive_entry_set_mtime(entry.get(), 946'684'800, 0);
    if (::archive_write_header(archive_.get(), entry.get()) != ARCHIVE_OK ||
        ::archive_write_data(archive_.get(), bytes.data(), bytes.size()) !=
            static_cast<la_ssize_t>(bytes.size())) {
      return trouble();
    }
    return {};
  }

  Expected<std::string> finish() {
    if (::archive_write_close(archive_.get()) != ARCHIVE_OK) {
      return std::unexpected(trouble().error());
    }
    return std::move(bytes_);
  }

 private:
  static la_ssize_t take(archive*, void* bytes, const void* data, std::size_t count) {
    static_cast<std::string*>(bytes)->append(static_cast<const char*>(data), count);
    return static_cast<la_ssize_t>(count);
  }

  [[nodiscard]] Expected<void> trouble() const {
    const char* why = ::archive_error_string(archive_.get());
    return sandbox::failure(why == nullptr ? "the zip could not be made" : why);
  }

  std::string bytes_;
  std::unique_ptr<archive, int (*)(archive*)> archive_{::archive_write_new(), ::archive_write_free};
};

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
Expected<void> add_tree(Zip& zip, const fs::path& path, const fs::path& as,
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
  Zip zip;
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
