#include "compile/submission.h"

#include <dirent.h>
#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <string_view>

#include "compile/lower_case.h"
#include "sandbox/describe.h"
#include "sandbox/fd.h"
#include "sandbox/files.h"

namespace ipcgrade {
namespace {

// A hand-in of these labs has a few hundred lines. The bounds are for accidents and attacks.
constexpr std::uint64_t kMostOfFile = 4ULL << 20;
constexpr std::uint64_t kMostOfAll = 32ULL << 20;
constexpr std::size_t kMostFiles = 2000;
constexpr std::size_t kMostLeftOut = 100'000;
constexpr int kMostDepth = 12;

bool is_compiled(std::string_view bytes) {
  return bytes.starts_with(
             "\x7f"
             "ELF") ||
         bytes.starts_with("!<arch>\n");
}

class Reader {
 public:
  sandbox::Expected<void> read_folder(int folder, const std::string& prefix, int depth) {
    const std::unique_ptr<DIR, decltype([](DIR* stream) { ::closedir(stream); })> stream(
        ::fdopendir(folder));
    if (!stream) {
      ::close(folder);
      return sandbox::from_errno("read the folder");
    }
    std::vector<std::string> names;
    while (const dirent* entry = ::readdir(stream.get())) {
      const std::string name = entry->d_name;
      if (name != "." && name != "..") names.push_back(name);
    }
    std::ranges::sort(names);
    // Files come before what is in folders: however much that is, it takes no source's place.
    for (const bool folders : {false, true}) {
      for (const std::string& name : names) {
        read_entry(::dirfd(stream.get()), prefix, name, depth, folders);
      }
    }
    return {};
  }

  Submission submission;

 private:
  void read_entry(int folder, const std::string& prefix, const std::string& name, int depth,
                  bool folders) {
    const std::string path = prefix + name;
    const int inner =
        ::openat(folder, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    // .git and its like are no part of a hand-in; a file such as .config may be.
    const bool hidden = inner >= 0 && name.starts_with(".");
    if ((inner >= 0) != folders || hidden) {
      if (inner >= 0) ::close(inner);
      return;
    }
    if (submission.files.size() >= kMostFiles) {
      if (inner >= 0) ::close(inner);
      return leave_out(path, "is one file too many");
    }
    if (inner >= 0) {
      if (depth == kMostDepth) {
        ::close(inner);
        return leave_out(path, "is nested too deep");
      }
      if (depth == 0) submission.folders.push_back(name);
      (void)read_folder(inner, path + "/", depth + 1);
      return;
    }
    auto bytes = sandbox::read_regular_file(folder, name, kMostOfFile);
    if (!bytes) {
      const bool unreadable = bytes.error().error_number == EACCES;
      return leave_out(path, unreadable ? "can't be read: permission denied" : bytes.error().text(),
                       unreadable);
    }
    // What is already compiled is not what is graded, and make would take it for up to date.
    if (is_compiled(*bytes)) return leave_out(path, "is compiled already");
    if (total_ + bytes->size() > kMostOfAll) {
      return leave_out(
          path, "is more than the " + sandbox::size_text(kMostOfAll) + " that a hand-in may have");
    }
    total_ += bytes->size();
    const bool executable = ::faccessat(folder, name.c_str(), X_OK, AT_SYMLINK_NOFOLLOW) == 0;
    submission.files.push_back({path, std::move(*bytes), executable});
  }

  void leave_out(const std::string& path, std::string reason, bool unreadable = false) {
    if (submission.left_out.size() == kMostLeftOut) return;
    submission.left_out.push_back({path, std::move(reason), unreadable});
  }

  std::uint64_t total_ = 0;
};

}  // namespace

const SourceFile* Submission::file(const std::string& path) const {
  const auto found = std::ranges::find(files, path, &SourceFile::path);
  return found == files.end() ? nullptr : &*found;
}

const LeftOut* Submission::missing(const std::string& path) const {
  const auto found = std::ranges::find(left_out, path, &LeftOut::path);
  return found == left_out.end() ? nullptr : &*found;
}

bool Submission::has_folder(const std::string& path) const {
  return std::ranges::binary_search(folders, path);
}

bool may_be_source_of(const std::string& program, const std::string& path) {
  const std::filesystem::path file(lower_case(path));
  const std::string ending = file.extension();
  const bool is_source = ending == ".c" || ending == ".cc" || ending == ".cpp" || ending == ".cxx";
  return is_source && file.stem() == lower_case(program);
}

sandbox::Expected<Submission> read_submission(const std::filesystem::path& folder) {
  const int opened = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (opened < 0 && errno == ENOTDIR) return sandbox::failure("is not a folder");
  if (opened < 0 && errno == ENOENT) return sandbox::failure("there is no such folder");
  if (opened < 0) return sandbox::from_errno("can't be read");
  Reader reader;
  if (auto read = reader.read_folder(opened, "", 0); !read) return std::unexpected(read.error());
  std::ranges::sort(reader.submission.files, {}, &SourceFile::path);
  std::ranges::sort(reader.submission.left_out, {}, &LeftOut::path);
  std::ranges::sort(reader.submission.folders);
  // "DIR/" and "." have no name of their own.
  std::error_code error;
  const auto whole = std::filesystem::canonical(folder, error);
  reader.submission.name = (error ? folder : whole).filename().string();
  return std::move(reader.submission);
}

}  // namespace ipcgrade
