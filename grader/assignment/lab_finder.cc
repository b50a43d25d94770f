#include "assignment/lab_finder.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <system_error>

#include "assignment/did_you_mean.h"
#include "assignment/syntax.h"
#include "sandbox/files.h"

namespace ipcgrade {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFile = "assignment.toml";

bool is_there(const fs::path& path) {
  std::error_code error;
  return fs::exists(path, error);
}

bool is_folder(const fs::path& path) {
  std::error_code error;
  return fs::is_directory(path, error);
}

/// A list of labs must not fail for one whose file has a mistake, so this is no full reading.
std::string title_of(const fs::path& folder) {
  std::error_code error;
  const fs::path file = fs::canonical(folder / kFile, error);
  if (error) return {};
  const auto text = sandbox::read_regular_file(AT_FDCWD, file.string(), kLargestAssignment);
  if (!text) return {};
  Mistakes ignored(file.string());
  const auto root = parse_toml(*text, ignored);
  return root ? (*root)["title"].value_or(std::string{}) : std::string{};
}

/// What there is instead of `name`, in lines that follow a first one.
std::string alternatives(std::string_view name, const std::vector<LabEntry>& labs,
                         const fs::path& assignments_dir) {
  std::vector<std::string_view> names;
  for (const LabEntry& lab : labs) names.emplace_back(lab.name);
  std::string text;
  if (const std::string meant = did_you_mean(name, names); !meant.empty()) {
    text += "\n  hint: " + meant;
  }
  if (names.empty()) {
    text += fmt::format("\n  no labs are installed in {}", assignments_dir.string());
  } else {
    text += fmt::format("\n  installed labs: {}", fmt::join(names, ", "));
  }
  return text + "\n  a lab of your own is named by the path of its folder, such as ./my-lab";
}

}  // namespace

std::vector<LabEntry> installed_labs(const fs::path& assignments_dir) {
  std::vector<LabEntry> labs;
  std::error_code error;
  for (fs::directory_iterator entry(assignments_dir, error), end; !error && entry != end;
       entry.increment(error)) {
    const fs::path& folder = entry->path();
    if (!is_there(folder / kFile)) continue;
    labs.push_back({folder.filename().string(), title_of(folder), folder});
  }
  std::ranges::sort(labs, {}, &LabEntry::name);
  return labs;
}

std::expected<fs::path, std::string> find_lab(std::string_view name_or_path,
                                              const fs::path& assignments_dir) {
  const std::vector<LabEntry> labs = installed_labs(assignments_dir);
  const auto lab = std::ranges::find(labs, name_or_path, &LabEntry::name);
  if (lab != labs.end()) return lab->folder;

  const auto refuse = [&](std::string_view why) {
    return std::unexpected(std::string(why) + alternatives(name_or_path, labs, assignments_dir));
  };
  const std::string no_lab = fmt::format("no lab \"{}\"", name_or_path);
  // An empty name would be the current folder, and the system ends a path at a null character.
  if (name_or_path.empty() || name_or_path.contains('\0')) return refuse(no_lab);

  fs::path path(name_or_path);
  if (is_there(path / kFile)) return path;
  if (is_folder(path)) {
    return refuse(fmt::format("the folder \"{}\" is no lab: it has no {}", name_or_path, kFile));
  }
  if (!is_there(path)) return refuse(no_lab);
  std::string why =
      fmt::format("\"{}\" is a file; a lab is a folder that holds {}", name_or_path, kFile);
  if (path.filename() == kFile) {
    const std::string folder = path.has_parent_path() ? path.parent_path().string() : ".";
    return std::unexpected(why + fmt::format("\n  hint: did you mean \"{}\"?", folder));
  }
  return refuse(why);
}

}  // namespace ipcgrade
