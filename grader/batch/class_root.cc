#include "batch/class_root.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "archives/read.h"
#include "batch/match.h"
#include "compile/submission.h"

namespace ipcgrade {
namespace {

/// Something at the top of a folder: with what is below, where it is a folder.
struct Entry {
  bool is_folder = false;
  std::set<std::string> programs{};  ///< those that it may have a source for
};

class Level {
 public:
  /// What lies in the folder `prefix`, "" or ending in '/'.
  Level(const std::vector<std::string>& paths, const std::string& prefix,
        const std::vector<std::string>& programs)
      : programs_(programs) {
    for (const std::string& path : paths) {
      if (!path.starts_with(prefix) || path.size() == prefix.size()) continue;
      const std::string below = path.substr(prefix.size());
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

  [[nodiscard]] bool has_platform_names() const {
    std::vector<InputEntry> entries;
    for (const auto& [name, entry] : entries_) entries.push_back({name, entry.is_folder});
    return platform_of(entries) != Platform::kNone;
  }

  [[nodiscard]] bool has_source() const {
    return std::ranges::any_of(entries_, [](const auto& one) {
      return !one.second.is_folder && !one.second.programs.empty();
    });
  }

  [[nodiscard]] std::vector<std::string> complete_folders() const {
    std::vector<std::string> names;
    for (const auto& [name, entry] : entries_) {
      if (entry.is_folder && is_complete(entry.programs)) names.push_back(name);
    }
    return names;
  }

  /// Folders and archives: what may be a hand-in.
  [[nodiscard]] std::vector<std::string> candidates() const {
    std::vector<std::string> names;
    for (const auto& [name, entry] : entries_) {
      if (entry.is_folder || is_archive_name(name)) names.push_back(name);
    }
    return names;
  }

  /// Whether several hand-ins are here. `is_outer`: but for folders that wrap it, this is all.
  [[nodiscard]] bool has_several(bool is_outer) const {
    if (has_source()) return false;
    const std::size_t archives = candidates().size() - folders();
    if (complete_folders().size() + archives >= 2) return true;
    if (!is_outer || candidates().size() != entries_.size() || entries_.size() < 2) return false;
    // server/ and client/ of one student's?
    std::set<std::string> all;
    for (const auto& [name, entry] : entries_)
      all.insert(entry.programs.begin(), entry.programs.end());
    return !(complete_folders().empty() && is_complete(all));
  }

  [[nodiscard]] bool is_folder(const std::string& name) const {
    return entries_.at(name).is_folder;
  }
  [[nodiscard]] std::vector<std::string> others(const std::string& name) const {
    std::vector<std::string> names;
    for (const auto& [other, entry] : entries_) {
      if (other != name) names.push_back(other);
    }
    return names;
  }

 private:
  [[nodiscard]] std::size_t folders() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(entries_, [](const auto& one) { return one.second.is_folder; }));
  }
  [[nodiscard]] bool is_complete(const std::set<std::string>& programs) const {
    return !programs_.empty() && programs.size() == programs_.size();
  }

  const std::vector<std::string>& programs_;
  std::map<std::string, Entry> entries_;
};

}  // namespace

ClassRoot class_root(const std::vector<std::string>& paths,
                     const std::vector<std::string>& programs, bool is_top_asked) {
  ClassRoot root;
  for (std::size_t depth = 0;; ++depth) {
    const Level level(paths, root.folder, programs);
    const bool is_asked = depth > 0 || is_top_asked;
    const bool is_outer = depth <= (is_top_asked ? 0U : 1U);
    root.found = level.has_platform_names() || (is_asked && level.has_several(is_outer));
    if (root.found || level.has_source()) return root;
    const auto candidates = level.candidates();
    if (candidates.size() != 1) return root;
    const std::string& name = candidates.front();
    for (const std::string& other : level.others(name)) root.beside.push_back(root.folder + other);
    if (!level.is_folder(name)) {
      root.archive = root.folder + name;
      return root;
    }
    root.folder += name + "/";
  }
}

std::vector<std::string> complete_folders(const std::vector<std::string>& paths,
                                          const std::vector<std::string>& programs) {
  return Level(paths, "", programs).complete_folders();
}

bool has_source_at_top(const std::vector<std::string>& paths,
                       const std::vector<std::string>& programs) {
  return Level(paths, "", programs).has_source();
}

}  // namespace ipcgrade
