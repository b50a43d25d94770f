#include "batch/match.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <regex>
#include <set>
#include <string_view>

#include "archives/read.h"
#include "compile/lower_case.h"
#include "report/escape.h"
#include "report/utf8.h"

namespace ipcgrade {
namespace {

constexpr std::string_view kMoodleFile = "_assignsubmission_file";
constexpr std::string_view kMoodleMark = "_assignsubmission_";

/// Visible, without what a shell, a file manager or Windows takes for something else. Not unique
/// yet.
std::string key_of(std::string_view name) {
  constexpr std::size_t kMost = 120;  // bytes; an ending and a number are added
  std::string key(beginning(visible(name, Newlines::kEscape), kMost));
  for (char& one : key) {
    if (std::string_view("/\\\t <>:\"|?*").contains(one)) one = '_';
  }
  if (key.empty() || key.front() == '-' || key.front() == '.') key.insert(0, "_");
  return key;
}

/// "server-2.c" -> {"server.c", 2}; without a number 0.
struct Numbered {
  std::string name;
  int number = 0;
};
Numbered without_number(const std::string& name) {
  const std::string stem = is_archive_name(name)
                               ? archive_stem(name)
                               : name.substr(0, std::min(name.rfind('.'), name.size()));
  const std::size_t dash = stem.rfind('-');
  if (dash == std::string::npos || dash == 0 || stem.size() - dash > 4) return {name, 0};
  int number = 0;
  const char* const end = stem.data() + stem.size();
  const auto parsed = std::from_chars(stem.data() + dash + 1, end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end || number <= 0) return {name, 0};
  return {stem.substr(0, dash) + name.substr(stem.size()), number};
}

/// Of all of a group who have it, with ", " between.
std::string joined(const std::vector<Submitter>& group, std::string Submitter::*what) {
  std::string all;
  for (const Submitter& one : group) {
    if (!all.empty() && !(one.*what).empty()) all += ", ";
    all += one.*what;
  }
  return all;
}

class Matcher {
 public:
  Matcher(const GradescopeMetadata& metadata, const std::vector<std::string>& programs)
      : metadata_(metadata), programs_(programs) {}

  Matched match(const std::vector<InputEntry>& entries) {
    for (const InputEntry& one : entries) {
      if (!is_litter(one.name)) entries_.push_back(one);
    }
    std::ranges::sort(entries_, {}, &InputEntry::name);
    matched_.platform = platform_of(entries_);
    for (const InputEntry& one : entries_) {
      switch (matched_.platform) {
        case Platform::kCanvas:
          canvas(one);
          break;
        case Platform::kMoodle:
          moodle(one);
          break;
        case Platform::kGradescope:
          gradescope(one);
          break;
        case Platform::kNone:
          alone(one);
          break;
      }
    }
    if (matched_.platform == Platform::kNone) name_by_repository();
    if (matched_.platform == Platform::kGradescope) without_folder();
    for (auto& [sort, handin] : handins_) {
      choose_versions(handin);
      matched_.handins.push_back(std::move(handin));
    }
    make_unique();
    std::ranges::sort(matched_.handins, {}, &Handin::key);
    return std::move(matched_);
  }

 private:
  void unmatched(const InputEntry& entry, std::string reason) {
    matched_.unmatched.push_back({entry.name, std::move(reason)});
  }

  void canvas(const InputEntry& entry) {
    auto name = entry.is_folder ? std::nullopt : parse_canvas_name(entry.name);
    if (!name) {
      const bool is_typed =
          entry.name.ends_with("_text.html") || entry.name.ends_with("_link.html");
      return unmatched(entry, is_typed ? "is no file that was handed in, but a text or an address"
                                       : "is not called as Canvas calls what students handed in");
    }
    Handin& handin = of(name->id, name->student, name->id);
    handin.late = handin.late || name->late;
    handin.parts.push_back({entry.name, name->file});
  }

  void moodle(const InputEntry& entry) {
    const std::size_t mark = entry.name.find(kMoodleMark);
    if (mark == std::string::npos) {
      return unmatched(entry, "is not called as Moodle calls what students handed in");
    }
    if (entry.name.compare(mark, kMoodleFile.size(), kMoodleFile) != 0) {
      return unmatched(entry, "is no file that was handed in, but what Moodle keeps beside it");
    }
    const std::string who = entry.name.substr(0, mark);
    const std::size_t before_id = who.rfind('_');
    const bool has_id = before_id != std::string::npos;
    Handin& handin = of(who, who.substr(0, before_id), has_id ? who.substr(before_id + 1) : "");
    const std::string rest = entry.name.substr(mark + kMoodleFile.size());
    handin.parts.push_back(
        {entry.name, entry.is_folder ? "" : rest.substr(std::min<std::size_t>(1, rest.size()))});
  }

  void gradescope(const InputEntry& entry) {
    if (entry.name == kGradescopeMetadata) return;
    const auto known = metadata_.find(entry.name);
    if (known == metadata_.end()) {
      return unmatched(entry, fmt::format("is not named in {}", kGradescopeMetadata));
    }
    metadata_seen_.insert(entry.name);
    const std::string names = joined(known->second, &Submitter::name);
    Handin& handin = of(entry.name, names, joined(known->second, &Submitter::sid));
    handin.email = joined(known->second, &Submitter::email);
    handin.key = key_of(names + "_" + entry.name);
    handin.parts.push_back({entry.name, entry.is_folder ? "" : entry.name});
  }

  void without_folder() {
    for (const auto& [folder, who] : metadata_) {
      if (metadata_seen_.contains(folder)) continue;
      matched_.unmatched.push_back(
          {fmt::format("{} ({})", folder, joined(who, &Submitter::name)),
           fmt::format("is named in {}, and has no folder", kGradescopeMetadata)});
    }
  }

  void alone(const InputEntry& entry) {
    if (!entry.is_folder && !is_archive_name(entry.name)) {
      return unmatched(entry, "is neither a folder nor an archive");
    }
    const std::string name = entry.is_folder ? entry.name : archive_stem(entry.name);
    Handin& handin = of(entry.name, name, "");
    handin.parts.push_back({entry.name, entry.is_folder ? "" : entry.name});
  }

  /// Of {assignment}-{user}, where all are repositories of one assignment, the user.
  void name_by_repository() {
    const bool all =
        entries_.size() > 1 && std::ranges::all_of(entries_, &InputEntry::is_repository);
    if (!all) return;
    std::string_view common = entries_.front().name;
    for (const InputEntry& one : entries_) {
      const auto differs = std::ranges::mismatch(common, one.name).in1;
      common = common.substr(0, static_cast<std::size_t>(differs - common.begin()));
    }
    const std::size_t prefix = common.rfind('-') + 1;  // 0: there is none
    for (auto& [name, handin] : handins_) handin.student.erase(0, prefix);
  }

  /// `who`: the same for all parts of one hand-in.
  Handin& of(const std::string& who, const std::string& student, const std::string& id) {
    const auto [at, is_new] = handins_.try_emplace(who);
    if (is_new) {
      at->second.student = student;
      at->second.id = id;
      at->second.key = key_of(id.empty() ? student : student + "_" + id);
    }
    return at->second;
  }

  /// Of what was handed in again under the same name, the last.
  void choose_versions(Handin& handin) const {
    if (matched_.platform != Platform::kCanvas) return;
    std::map<std::string, std::pair<int, Handin::Part>> last;
    std::map<std::string, std::vector<std::string>> older;
    for (const Handin::Part& part : handin.parts) {
      Numbered numbered = without_number(part.file_name);
      const std::string stem = numbered.name.substr(0, numbered.name.find('.'));
      const bool again =
          is_archive_name(part.file_name) || std::ranges::count(programs_, stem) > 0 ||
          std::ranges::count(handin.parts, numbered.name, &Handin::Part::file_name) > 0;
      if (!again) numbered = {part.file_name, 0};
      const auto [at, is_new] = last.try_emplace(numbered.name, numbered.number, part);
      if (is_new) continue;
      const bool newer = numbered.number > at->second.first;
      older[numbered.name].push_back(newer ? at->second.second.entry : part.entry);
      if (newer) at->second = {numbered.number, part};
    }
    handin.parts.clear();
    for (auto& [name, part] : last) {
      handin.parts.push_back({part.second.entry, name});
      for (const std::string& old : older[name]) {
        handin.notes.push_back(
            fmt::format("{} is older than {}, which is graded", old, part.second.entry));
      }
    }
  }

  void make_unique() {
    std::set<std::string> used;
    for (Handin& one : matched_.handins) {
      const std::string plain = one.key;
      // Some file systems don't tell capitals from small letters; and a name may end in "~2"
      // itself.
      for (int times = 2; !used.insert(lower_case(one.key)).second; ++times) {
        one.key = fmt::format("{}~{}", plain, times);
      }
    }
  }

  const GradescopeMetadata& metadata_;
  const std::vector<std::string>& programs_;
  std::vector<InputEntry> entries_;
  std::map<std::string, Handin> handins_;
  std::set<std::string> metadata_seen_;
  Matched matched_;
};

std::string text_of(const YAML::Node& node, const char* key) {
  const YAML::Node value = node[key];
  return value && value.IsScalar() ? value.Scalar() : "";
}

}  // namespace

std::optional<CanvasName> parse_canvas_name(const std::string& name) {
  constexpr std::size_t kLongest =
      1000;  // of any file system's; a regex goes as deep as a name is long
  static const std::regex with_name{R"(([\s\S]+?)(_LATE)?_([0-9]+)_([0-9]+)_([\s\S]+))"};
  static const std::regex without_name{R"((LATE_)?(anon)_([0-9A-Za-z]+)_([0-9]+)_([\s\S]+))"};
  std::smatch parts;
  if (name.size() > kLongest) return std::nullopt;
  const bool is_anonymous = std::regex_match(name, parts, without_name);
  if (!is_anonymous && !std::regex_match(name, parts, with_name)) return std::nullopt;
  return CanvasName{.student = parts[is_anonymous ? 2 : 1].str(),
                    .id = parts[3].str(),
                    .late = parts[is_anonymous ? 1 : 2].matched,
                    .attachment = parts[4].str(),
                    .file = parts[5].str(),
                    .prefix = name.substr(0, static_cast<std::size_t>(parts.position(5)))};
}

Platform platform_of(const std::vector<InputEntry>& entries) {
  // Canvas hands out files alone: where more is folders and archives of other names, it is a
  // class's folder with a file that happens to be called so. And a number is one user's, or one
  // file's: "ann_2026_11_lab.zip" beside "bob_2026_11_lab.zip" has dates.
  std::size_t of_canvas = 0;
  std::size_t others = 0;
  std::map<std::string, std::string> users;
  std::set<std::string> files;
  bool has_two = false;
  for (const InputEntry& one : entries) {
    if (one.name == kGradescopeMetadata) return Platform::kGradescope;
    if (one.name.contains(kMoodleMark)) return Platform::kMoodle;
    const auto name = one.is_folder ? std::nullopt : parse_canvas_name(one.name);
    if (name) {
      ++of_canvas;
      has_two = has_two || !files.insert(name->attachment).second ||
                users.try_emplace(name->id, name->student).first->second != name->student;
    } else if (one.is_folder || is_archive_name(one.name)) {
      ++others;
    }
  }
  return of_canvas > others && !has_two ? Platform::kCanvas : Platform::kNone;
}

bool is_litter(const std::string& name, bool is_folder) {
  return (is_folder &&
          ((name.starts_with(".") && name != "." && name != "..") || name == "node_modules")) ||
         name == "__MACOSX" || name == ".DS_Store" || name == "Thumbs.db" ||
         name == "desktop.ini" || name.starts_with("._");
}

sandbox::Expected<GradescopeMetadata> parse_gradescope_metadata(const std::string& yaml) try {
  GradescopeMetadata metadata;
  const YAML::Node root = YAML::Load(yaml);
  if (!root.IsMap()) return sandbox::failure("says nothing of submissions");
  for (const auto& entry : root) {
    if (!entry.first.IsScalar() || !entry.second.IsMap()) continue;
    std::vector<Submitter>& who = metadata[entry.first.Scalar()];
    for (const auto& one : entry.second[":submitters"]) {
      if (one.IsMap()) {
        who.push_back({text_of(one, ":name"), text_of(one, ":sid"), text_of(one, ":email")});
      }
    }
  }
  return metadata;
} catch (const YAML::Exception& error) {
  return sandbox::failure(error.what());
}

Matched match_handins(const std::vector<InputEntry>& entries, const GradescopeMetadata& metadata,
                      const std::vector<std::string>& programs) {
  return Matcher(metadata, programs).match(entries);
}

}  // namespace ipcgrade
