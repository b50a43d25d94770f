#include "batch/tree.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <utility>

#include "batch/match.h"
#include "compile/lower_case.h"
#include "compile/submission.h"
#include "report/escape.h"
#include "report/utf8.h"
#include "sandbox/files.h"

namespace ipcgrade {
namespace {

// Twice what is ever read of a hand-in: what is too much is then told of by name.
constexpr std::uint64_t kMostOfAll = 64ULL << 20;
constexpr std::size_t kMostFiles = 5000;
constexpr std::size_t kMostNotes = 50;
constexpr int kMostDepth = 3;

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash + 1);
}

bool has_litter(const std::string& path) {
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    if (is_litter(path.substr(begin, end - begin), end < path.size())) return true;
    begin = end + 1;
  }
  return false;
}

/// What a program may be built from.
bool is_code(const std::string& path) {
  constexpr std::array<std::string_view, 8> kEndings{".c", ".cc", ".cpp", ".cxx",
                                                     ".h", ".hh", ".hpp", ".mk"};
  constexpr std::array<std::string_view, 3> kNames{"makefile", "gnumakefile", "cmakelists.txt"};
  const std::string name = lower_case(path.substr(folder_of(path).size()));
  return std::ranges::find(kNames, name) != kNames.end() ||
         std::ranges::any_of(kEndings, [&](std::string_view one) { return name.ends_with(one); });
}

}  // namespace

std::string told_name(const std::string& path) {
  return visible(shortened(path, kLongestTold), Newlines::kEscape);
}

void Tree::add_file(const std::string& path, const std::filesystem::path& on_disk) {
  changed_ = true;
  if (is_archive_name(path)) return expand(path, on_disk, 0, unpacked_);
  auto bytes = sandbox::read_regular_file(AT_FDCWD, on_disk.string(), kMostOfAll);
  if (!bytes) return note_lost(path, bytes.error().text());
  add({path, std::move(*bytes), false});
}

sandbox::Expected<void> Tree::add_folder(const std::filesystem::path& folder) {
  auto submission = read_submission(folder);
  if (!submission) return std::unexpected(submission.error());
  const bool is_first = files_.empty() && !changed_;
  for (SourceFile& file : submission->files) {
    if (is_archive_name(file.path)) {
      expand(file.path, std::string_view(file.bytes), 0, unpacked_);
      changed_ = true;
    } else {
      add({std::move(file.path), std::move(file.bytes), file.executable});
    }
  }
  for (const LeftOut& one : submission->left_out) {
    const auto path = folder / one.path;
    std::error_code error;
    const bool regular =
        std::filesystem::symlink_status(path, error).type() == std::filesystem::file_type::regular;
    if (is_archive_name(one.path) && regular) {  // larger than a source may be
      expand(one.path, path, 0, unpacked_);
      changed_ = true;
    } else {
      note(one.path, one.reason);
    }
  }
  changed_ = changed_ || !is_first;
  return {};
}

void Tree::add(ArchiveFile file) {
  if (has_litter(file.path)) {
    changed_ = true;
    return;
  }
  if (files_.size() >= kMostFiles) return note_lost(file.path, "is one file too many");
  if (total_ + file.bytes.size() > kMostOfAll)
    return note_lost(file.path, "is more than a hand-in may have");
  // A file where another file's folder is to be, or the other way round.
  for (std::size_t slash = file.path.find('/'); slash != std::string::npos;
       slash = file.path.find('/', slash + 1)) {
    if (files_.contains(file.path.substr(0, slash))) {
      return note(file.path, "is in a folder that is a file, too");
    }
  }
  const auto below = files_.lower_bound(file.path + "/");
  if (below != files_.end() && below->first.starts_with(file.path + "/")) {
    return note(file.path, "is a folder, too");
  }
  const std::string path = file.path;
  const std::uint64_t size = file.bytes.size();
  if (!files_.try_emplace(path, std::move(file)).second) {
    return note(path, "is there twice; the first was taken");
  }
  total_ += size;
}

/// The files of an archive come to where it is, without the folders that wrap all of them.
void Tree::expand(const std::string& path, const ArchiveSource& source, int depth,
                  std::uint64_t& unpacked) {
  Tree inner;
  inner.total_ = total_;
  const ArchiveLimits limits{
      .of_file = kMostOfAll, .of_all = 4 * kMostOfAll, .entries = 20'000, .spent = &unpacked};
  const auto read =
      read_archive(source, limits,
                   {.take = [&](ArchiveFile file) -> sandbox::Expected<void> {
                      if (!is_archive_name(file.path) || has_litter(file.path)) {
                        inner.add(std::move(file));
                      } else if (depth + 1 < kMostDepth) {
                        inner.expand(file.path, std::string_view(file.bytes), depth + 1, unpacked);
                      } else {
                        inner.note_lost(file.path, "is an archive inside too many others");
                      }
                      return {};
                    },
                    .leave_out =
                        [&](const std::string& name, const std::string& reason, bool is_lost) {
                          if (has_litter(name)) return;
                          if (is_lost) return inner.note_lost(name, reason);
                          inner.note(name, reason);
                        }});
  inner.strip_wrappers();
  for (const std::string& one : inner.notes_) {
    if (notes_.size() < kMostNotes) notes_.push_back(shortened(path, kLongestTold) + ": " + one);
  }
  if (unread_.empty() && !inner.unread_.empty()) {
    unread_ = shortened(path, kLongestTold) + ": " + inner.unread_;
  }
  if (!read) note_lost(path, read.error().text());
  if (read && inner.files_.empty() && inner.notes_.empty()) note(path, "holds no file");
  for (auto& [name, file] : inner.files_) {
    file.path = folder_of(path) + name;
    add(std::move(file));
  }
}

void Tree::strip_wrappers() {
  while (!files_.empty()) {
    std::set<std::string> of_code;  // those at the top that are code, or hold it
    std::set<std::string> all;
    for (const auto& [path, file] : files_) {
      const std::string first = path.substr(0, path.find('/'));
      all.insert(first);
      if (is_code(path)) of_code.insert(first);
    }
    const std::set<std::string>& wrapping = of_code.empty() ? all : of_code;
    const std::string wrapper = *wrapping.begin() + "/";
    const auto below = files_.lower_bound(wrapper);
    const bool is_folder = below != files_.end() && below->first.starts_with(wrapper);
    if (wrapping.size() != 1 || !is_folder) return;
    std::map<std::string, ArchiveFile> stripped;
    for (auto& [path, file] : files_) {
      if (!path.starts_with(wrapper)) continue;
      file.path.erase(0, wrapper.size());
      const std::string name = file.path;
      stripped.emplace(name, std::move(file));
    }
    for (const std::string& beside : all) {
      if (beside + "/" != wrapper) {
        note(beside, fmt::format("lies beside {}, which is graded", wrapper));
      }
    }
    files_ = std::move(stripped);
    changed_ = true;
  }
}

void Tree::note(const std::string& path, const std::string& what) {
  if (notes_.size() == kMostNotes) notes_.push_back("and more of that");
  if (notes_.size() > kMostNotes) return;
  notes_.push_back(fmt::format("{} {}", told_name(path), what));
}

void Tree::note_lost(const std::string& path, const std::string& what) {
  note(path, what);
  if (unread_.empty()) unread_ = told_name(path) + " " + what;
}

}  // namespace ipcgrade
