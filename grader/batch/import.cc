#include "batch/import.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <string_view>
#include <utility>

#include "archives/read.h"
#include "batch/class_root.h"
#include "batch/tree.h"
#include "compile/flags.h"
#include "report/utf8.h"
#include "sandbox/fd.h"
#include "sandbox/files.h"

namespace ipcgrade {
namespace {

namespace fs = std::filesystem;
using sandbox::Expected;

constexpr ArchiveLimits kOfPlatform{
    .of_file = 256ULL << 20, .of_all = 64ULL << 30, .entries = 1'000'000};
/// Of archives that may wrap a class, all together: nothing is written yet.
constexpr ArchiveLimits kOfListing{
    .of_file = 64ULL << 20, .of_all = 1ULL << 30, .entries = 1'000'000};
constexpr std::uint64_t kMostOfMetadata = 16ULL << 20;

/// What an error of std::filesystem says.
sandbox::Error error_at(const fs::path& path, const std::error_code& error) {
  return {path.string(), error.value()};
}

Expected<sandbox::Fd> make_folder(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) return std::unexpected(error_at(path, error));
  sandbox::Fd opened(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!opened) return sandbox::from_errno(path.string());
  return opened;
}

/// Whether that is the folder of the batch itself: results that are kept beside the hand-ins are
/// none of them.
bool is_same(const fs::path& path, const fs::path& own) {
  std::error_code gone;
  return fs::equivalent(path, own, gone);
}

/// But for `own`. `others` is told of what is neither a folder nor a file, or is hidden.
Expected<std::vector<InputEntry>> entries_of(const fs::path& folder, const fs::path& own,
                                             std::vector<Unmatched>* others = nullptr) {
  std::vector<InputEntry> entries;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    std::error_code gone;
    const std::string name = at->path().filename();
    const fs::file_type type = at->symlink_status(gone).type();
    const bool is_folder = type == fs::file_type::directory;
    const bool is_hidden = is_folder && name.starts_with(".");
    if (is_litter(name) || is_same(at->path(), own)) continue;
    if (is_hidden || (!is_folder && type != fs::file_type::regular)) {
      if (others != nullptr) {
        others->push_back({name, is_hidden                        ? "is hidden"
                                 : type == fs::file_type::symlink ? "is a symbolic link"
                                                                  : "is no file"});
      }
      continue;
    }
    entries.push_back({name, is_folder, fs::exists(at->path() / ".git", gone)});
  }
  if (error) return std::unexpected(error_at(folder, error));
  return entries;
}

/// Adds the names in an archive, and in those in it, below `prefix`; none where it can't be read.
void add_names(const ArchiveSource& source, const std::string& prefix, int depth,
               std::uint64_t& spent, std::vector<std::string>& paths) {
  constexpr int kDeepest = 3;
  ArchiveLimits limits = kOfListing;
  limits.spent = &spent;
  std::vector<std::string> names;
  const auto listed =
      read_archive(source, limits,
                   {.take = [&](const ArchiveFile& file) -> Expected<void> {
                      names.push_back(prefix + file.path);
                      if (depth < kDeepest && is_archive_name(file.path)) {
                        add_names(std::string_view(file.bytes), prefix + file.path + "/", depth + 1,
                                  spent, names);
                      }
                      return {};
                    },
                    .leave_out = [](const std::string&, const std::string&, bool) {},
                    .take_folder = [&](const std::string& path) -> Expected<void> {
                      names.push_back(prefix + path + "/");
                      return {};
                    }});
  if (listed) std::ranges::move(names, std::back_inserter(paths));
}

/// Of what is below, as class_root() wants it, but for `own`; enough of it to tell what it is.
Expected<std::vector<std::string>> paths_below(const fs::path& folder, const fs::path& own) {
  constexpr std::size_t kEnough = 100'000;
  constexpr int kDeepest = 8;
  constexpr int kDeepestArchive = 2;
  std::vector<std::string> paths;
  std::uint64_t spent = 0;
  std::error_code error;
  fs::recursive_directory_iterator at(folder, fs::directory_options::skip_permission_denied, error);
  for (const fs::recursive_directory_iterator end; !error && at != end && paths.size() < kEnough;
       at.increment(error)) {
    std::error_code gone;
    const std::string name = at->path().filename();
    const fs::file_type type = at->symlink_status(gone).type();
    const bool is_folder = type == fs::file_type::directory;
    const bool is_own = is_folder && is_same(at->path(), own);
    if (at.depth() == kDeepest || is_own || is_litter(name, is_folder)) {
      at.disable_recursion_pending();
    }
    if (is_own) continue;
    if (!is_folder && type != fs::file_type::regular) continue;
    const std::string path = at->path().lexically_relative(folder).string();
    paths.push_back(path + (is_folder ? "/" : ""));
    if (!is_folder && is_archive_name(name) && at.depth() <= kDeepestArchive) {
      add_names(at->path(), path + "/", 0, spent, paths);
    }
  }
  if (error) return std::unexpected(error_at(folder, error));
  return paths;
}

class Importer {
 public:
  Importer(const fs::path& input, const fs::path& work, const std::vector<std::string>& programs)
      : input_(input), work_(work), own_(work.parent_path()), programs_(programs) {}

  Expected<Import> read() {
    std::error_code error;
    fs::remove_all(work_, error);
    if (error) return std::unexpected(error_at(work_, error));
    auto folder = top();
    if (!folder) return std::unexpected(folder.error());
    top_ = std::move(*folder);
    const auto entries = entries_of(top_, own_, &import_.unmatched);
    if (!entries) return std::unexpected(entries.error());
    const auto metadata = metadata_of(*entries);
    if (!metadata) return std::unexpected(metadata.error());
    Matched matched = match_handins(*entries, *metadata, programs_);
    import_.platform = matched.platform;
    std::ranges::move(matched.unmatched, std::back_inserter(import_.unmatched));
    std::ranges::sort(import_.unmatched, {}, &Unmatched::name);
    for (Handin& one : matched.handins) {
      if (auto done = take(std::move(one)); !done) return std::unexpected(done.error());
    }
    if (import_.handins.empty()) return sandbox::failure(nothing_found());
    return std::move(import_);
  }

 private:
  /// The folder in which the hand-ins lie side by side.
  Expected<fs::path> top() {
    std::error_code error;
    const fs::file_status status = fs::status(input_, error);
    if (!fs::exists(status)) return sandbox::failure(input_.string() + ": there is no such file");
    fs::path folder = input_;
    if (!fs::is_directory(status)) {
      folder = work_ / "input";
      if (auto done = unpack(input_, folder); !done) {
        return std::unexpected(done.error().within(input_.string()));
      }
    }
    const auto entries = entries_of(folder, own_);
    if (!entries) return std::unexpected(entries.error());
    const auto candidates = std::ranges::count_if(
        *entries, [](const InputEntry& one) { return one.is_folder || is_archive_name(one.name); });
    // What wraps a class has few beside it, if any.
    constexpr std::ptrdiff_t kMostWrappers = 8;
    if (candidates > kMostWrappers) return folder;
    const auto paths = paths_below(folder, own_);
    if (!paths) return std::unexpected(paths.error());
    const ClassRoot root = class_root(*paths, programs_);
    if (!root.problem.empty()) return sandbox::failure(input_.string() + ": " + root.problem);
    for (const std::string& one : root.beside) {
      import_.unmatched.push_back({one, "lies beside the hand-ins"});
    }
    return opened(folder, root.folder);
  }

  /// A folder below, through archives.
  Expected<fs::path> opened(fs::path folder, const fs::path& below) {
    int number = 0;
    for (const fs::path& part : below) {
      if (part.empty()) continue;
      folder /= part;
      std::error_code error;
      if (fs::is_directory(folder, error)) continue;
      const fs::path archive = std::exchange(folder, work_ / fmt::format("input-{}", ++number));
      if (auto done = unpack(archive, folder); !done) {
        return std::unexpected(done.error().within(archive.string()));
      }
    }
    return folder;
  }

  Expected<void> unpack(const fs::path& archive, const fs::path& into) {
    const auto folder = make_folder(into);
    if (!folder) return std::unexpected(folder.error());
    return read_archive(
        archive, kOfPlatform,
        {.take = [&](const ArchiveFile& file) -> Expected<void> {
           auto made = sandbox::make_file(folder->get(), file.path, file.bytes,
                                          file.executable ? 0755 : 0644);
           if (made) return {};
           const int number = made.error().error_number;
           if (number != EEXIST && number != ENOTDIR && number != EISDIR) return made;
           import_.unmatched.push_back({file.path, "is there twice; the first was taken"});
           return {};
         },
         .leave_out =
             [&](const std::string& path, std::string reason, bool) {
               import_.unmatched.push_back({shortened(path, kLongestTold), std::move(reason)});
             },
         .take_folder = [&](const std::string& path) -> Expected<void> {
           std::error_code error;
           fs::create_directories(into / path, error);
           const bool is_file =
               error == std::errc::file_exists || error == std::errc::not_a_directory;
           if (error && !is_file) return std::unexpected(error_at(into / path, error));
           return {};
         }});
  }

  [[nodiscard]] Expected<GradescopeMetadata> metadata_of(
      const std::vector<InputEntry>& entries) const {
    if (std::ranges::count(entries, kGradescopeMetadata, &InputEntry::name) == 0)
      return GradescopeMetadata{};
    const std::string path = (top_ / kGradescopeMetadata).string();
    const auto yaml = sandbox::read_regular_file(AT_FDCWD, path, kMostOfMetadata);
    if (!yaml) return std::unexpected(yaml.error().within(path));
    auto metadata = parse_gradescope_metadata(*yaml);
    if (!metadata) return std::unexpected(metadata.error().within(path));
    return metadata;
  }

  [[nodiscard]] std::string nothing_found() const {
    constexpr std::size_t kEnough = 3;
    std::string text = input_.string() + ": nothing in it is a hand-in";
    for (std::size_t i = 0; i < std::min(kEnough, import_.unmatched.size()); ++i) {
      const Unmatched& one = import_.unmatched[i];
      text += fmt::format("{} {} {}", i == 0 ? ":" : ",", one.name, one.reason);
    }
    return text;
  }

  static std::vector<std::string> paths_of(const Tree& tree) {
    std::vector<std::string> paths;
    for (const auto& [path, file] : tree.files()) paths.push_back(path);
    return paths;
  }

  /// Tells of programs whose source is in a folder, where nothing builds it from.
  void note_sources_below(const std::vector<std::string>& paths,
                          std::vector<std::string>& notes) const {
    if (std::ranges::find_first_of(paths, kMakefiles) != paths.end()) return;
    for (const std::string& program : programs_) {
      std::string below;
      for (const std::string& path : paths) {
        if (!may_be_source_of(program, path)) continue;
        if (!path.contains('/')) {
          below.clear();
          break;
        }
        below = path;
      }
      if (below.empty()) continue;
      notes.push_back(
          fmt::format("{} is in a folder: sources count at the top, or with a Makefile there",
                      told_name(below)));
    }
  }

  Expected<void> take(Handin handin) {
    Tree tree;
    for (const Handin::Part& part : handin.parts) {
      const fs::path path = top_ / part.entry;
      if (!part.file_name.empty()) {
        tree.add_file(part.file_name, path);
      } else if (auto added = tree.add_folder(path); !added) {
        handin.notes.push_back(added.error().text());
      }
    }
    const std::string several = why_several(paths_of(tree), programs_);
    tree.strip_wrappers();
    std::string doubt =
        tree.unread().empty() ? several : "not all of it can be read: " + tree.unread();
    std::ranges::copy(tree.notes(), std::back_inserter(handin.notes));
    if (tree.unread().empty() && !doubt.empty()) handin.notes.push_back(doubt);
    if (doubt.empty()) note_sources_below(paths_of(tree), handin.notes);
    fs::path folder = top_ / handin.parts.front().entry;
    if (!tree.is_as_found()) {
      folder = work_ / "submissions" / handin.key;
      const auto made = make_folder(folder);
      if (!made) return std::unexpected(made.error());
      for (const auto& [path, file] : tree.files()) {
        if (auto done =
                sandbox::make_file(made->get(), path, file.bytes, file.executable ? 0755 : 0644);
            !done) {
          return std::unexpected(done.error().within(folder.string()));
        }
      }
    }
    const auto submission = read_submission(folder);
    if (!submission) return std::unexpected(submission.error().within(folder.string()));
    std::string digest = digest_of(*submission, doubt);
    import_.handins.push_back(
        {std::move(handin), std::move(folder), std::move(digest), std::move(doubt)});
    return {};
  }

  const fs::path& input_;
  const fs::path& work_;
  const fs::path own_;  ///< the batch's folder
  const std::vector<std::string>& programs_;
  fs::path top_;
  Import import_;
};

}  // namespace

std::string sha256(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
  unsigned size = 0;
  ::EVP_Digest(bytes.data(), bytes.size(), hash.data(), &size, ::EVP_sha256(), nullptr);
  std::string text;
  for (unsigned i = 0; i < size; ++i) text += fmt::format("{:02x}", hash[i]);
  return text;
}

std::string digest_of(const Submission& submission, const std::string& doubt) {
  // Each part with its length before it, so that no two hand-ins come to the same bytes.
  std::string all;
  const auto add = [&all](std::string_view part) {
    all += fmt::format("{}:{}", part.size(), part);
  };
  for (const SourceFile& file : submission.files) {
    add(file.executable ? "executable" : "file");
    add(file.path);
    add(file.bytes);
  }
  for (const LeftOut& one : submission.left_out) {
    add("left out");
    add(one.path);
    add(one.reason);
  }
  for (const std::string& folder : submission.folders) add(folder);
  if (!doubt.empty()) add(doubt);
  return sha256(all);
}

Expected<Import> import_handins(const fs::path& input, const fs::path& work,
                                const std::vector<std::string>& programs) {
  return Importer(input, work, programs).read();
}

}  // namespace ipcgrade
