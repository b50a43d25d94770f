#include "batch/class_root.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "archives/read.h"
#include "batch/match.h"
#include "compile/submission.h"

namespace ipcgrade {
namespace {

using Paths = std::vector<std::string>;

/// What programmers call the folders of one program.
constexpr std::array<std::string_view, 18> kOfOneProgram{
    "backup", "bin", "build", "common", "doc",    "docs", "examples", "headers", "include",
    "inc",    "lib", "obj",   "old",    "source", "src",  "test",     "tests",   "util"};

bool is_of_one_program(const std::string& name) {
  return std::ranges::find(kOfOneProgram, name) != kOfOneProgram.end();
}

/// Something at the top of a folder: with what is below, where that is known.
struct Entry {
  bool is_folder = false;            ///< or an archive whose names are known
  std::set<std::string> programs{};  ///< those that it may have a source for
};

class Level {
 public:
  /// What lies in `folder`, "" or ending in '/'.
  Level(const Paths& paths, const std::string& folder, const Paths& programs)
      : programs_(programs) {
    for (const std::string& path : paths) {
      if (!path.starts_with(folder) || path.size() == folder.size()) continue;
      const std::string below = path.substr(folder.size());
      const std::size_t slash = below.find('/');
      const std::string name = below.substr(0, slash);
      const bool is_folder = slash != std::string::npos;
      if (is_litter(name, is_folder)) continue;
      Entry& entry = entries_[name];
      entry.is_folder = entry.is_folder || is_folder;
      for (const std::string& program : programs) {
        if (may_be_source_of(program, path)) entry.programs.insert(program);
      }
    }
  }

  /// Whether a platform's names are here: of Canvas's, which others could have, at least half.
  [[nodiscard]] bool has_platform_names() const {
    std::vector<InputEntry> entries;
    std::size_t of_canvas = 0;
    for (const auto& [name, entry] : entries_) {
      const bool is_folder = entry.is_folder && !is_archive_name(name);
      entries.push_back({name, is_folder});
      of_canvas += !is_folder && parse_canvas_name(name) ? 1 : 0;
    }
    switch (platform_of(entries)) {
      case Platform::kNone:
        return false;
      case Platform::kCanvas:
        return !has_source() && 2 * of_canvas >= entries.size();
      case Platform::kMoodle:
      case Platform::kGradescope:
        return true;
    }
    return false;
  }

  [[nodiscard]] bool has_source() const {
    return std::ranges::any_of(entries_, [](const auto& one) {
      return !one.second.is_folder && !one.second.programs.empty();
    });
  }

  /// Folders and archives that have a source for each program, or may have: it is not known. Not
  /// those that are called as parts of a program are.
  [[nodiscard]] Paths complete() const {
    Paths names;
    for (const auto& [name, entry] : entries_) {
      const bool is_known = entry.is_folder;
      if (is_of_one_program(name)) continue;
      if (is_known ? is_complete(entry.programs) : is_archive_name(name)) names.push_back(name);
    }
    return names;
  }

  [[nodiscard]] std::size_t size() const { return entries_.size(); }

  /// Folders and archives: what may be a hand-in.
  [[nodiscard]] Paths candidates() const {
    Paths names;
    for (const auto& [name, entry] : entries_) {
      if (entry.is_folder || is_archive_name(name)) names.push_back(name);
    }
    return names;
  }

  [[nodiscard]] Paths others(const std::string& name) const {
    Paths names;
    for (const auto& [other, entry] : entries_) {
      if (other != name) names.push_back(other);
    }
    return names;
  }

  /// Whether several hand-ins are here, by the programs' sources.
  [[nodiscard]] bool has_several() const { return !has_source() && complete().size() >= 2; }

  /// The same where nothing else is here: those who handed in something else count, too.
  [[nodiscard]] bool may_have_several() const {
    if (candidates().size() != entries_.size() || entries_.size() < 2) return false;
    std::set<std::string> all;
    for (const auto& [name, entry] : entries_) {
      if (is_of_one_program(name)) return false;
      all.insert(entry.programs.begin(), entry.programs.end());
    }
    // server/ and client/ of one student's?
    return !(complete().empty() && is_complete(all));
  }

 private:
  [[nodiscard]] bool is_complete(const std::set<std::string>& programs) const {
    return !programs_.empty() && programs.size() == programs_.size();
  }

  const Paths& programs_;
  std::map<std::string, Entry> entries_;
};

/// What is found from a folder on, down through what wraps it.
struct Descent {
  std::string folder;
  Paths beside;
  bool found = false;        ///< several hand-ins
  bool by_platform = false;  ///< by names of a platform
  std::size_t size = 0;      ///< how many things are there side by side
  std::string problem;
};

Descent descend(const Paths& paths, const Paths& programs, std::string folder) {
  Descent down{.folder = std::move(folder), .beside = {}, .problem = {}};
  for (bool is_first = true;; is_first = false) {
    const Level level(paths, down.folder, programs);
    down.by_platform = level.has_platform_names();
    down.size = level.size();
    down.found = down.by_platform || level.has_several() || (is_first && level.may_have_several());
    if (level.has_source() && level.complete().size() >= 2) {
      down.problem = fmt::format(
          "{0} may be one hand-in or several: it has a source of the lab, and so have {1} folders "
          "in it, such as {2}. If these are hand-ins, give {0} itself as INPUT; one alone is "
          "graded "
          "by 'check'",
          down.folder, level.complete().size(), level.complete().front());
    }
    if (down.found || level.has_source()) return down;
    const Paths candidates = level.candidates();
    if (candidates.size() != 1) return down;
    const std::string& name = candidates.front();
    for (const std::string& other : level.others(name)) down.beside.push_back(down.folder + other);
    down.folder += name + "/";
  }
}

}  // namespace

ClassRoot class_root(const Paths& paths, const Paths& programs) {
  const Level top(paths, "", programs);
  const Paths candidates = top.candidates();
  if (top.has_platform_names()) return {};
  if (top.has_source()) {
    if (top.complete().size() >= 2) return {};
    return {"", {}, "it is one hand-in, and no folder of several: one is graded by 'check'"};
  }
  std::optional<Descent> of_platform;
  Paths exports;
  std::size_t complete_others = 0;
  for (const std::string& name : candidates) {
    Descent down = descend(paths, programs, name + "/");
    if (down.by_platform) {
      exports.push_back(name);
      of_platform = std::move(down);
      continue;
    }
    complete_others += std::ranges::count(top.complete(), name) > 0 ? 1 : 0;
    if (candidates.size() > 1) continue;
    if (!down.problem.empty()) return {"", {}, down.problem};
    if (!down.found) return {};
    for (const std::string& other : top.others(name)) down.beside.push_back(other);
    return {down.folder, down.beside, ""};
  }
  // Solutions may lie beside an export, but no class; and a student may hand in again what a
  // platform gave back.
  if (exports.empty() || complete_others > 1) return {};
  if (complete_others == 1 && of_platform->size < 2) return {};
  if (exports.size() > 1) {
    return {"",
            {},
            fmt::format("it holds several exports: give each of {} by itself",
                        fmt::join(exports, ", "))};
  }
  for (const std::string& other : top.others(exports.front())) of_platform->beside.push_back(other);
  return {of_platform->folder, of_platform->beside, ""};
}

std::string why_several(const Paths& paths, const Paths& programs) {
  const Descent down = descend(paths, programs, "");
  if (down.by_platform && down.size >= 2) {
    return "it looks like what a platform hands out for a class, and is taken for one hand-in";
  }
  const Level level(paths, down.folder, programs);
  const Paths complete = level.complete();
  if (level.has_source() || complete.size() < 2) return "";
  return fmt::format(
      "it holds {} folders that look like a hand-in each, such as {}: none is graded by itself",
      complete.size(), complete.front());
}

}  // namespace ipcgrade
