#include "compile/submission.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <string_view>

#include "compile/lower_case.h"
#include "sandbox/describe.h"
#include "sandbox/fd.h"
#include "sandbox/files.h"

namespace ipcgrade {
namespace {

using sandbox::Expected;
using sandbox::Fd;

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
  Expected<void> read_folder(int folder, const std::string& prefix, int depth) {
    auto names = sandbox::names_in(folder, ".");
    if (!names) {
      return std::unexpected(
          sandbox::Error{"read the folder " + prefix, names.error().error_number});
    }
    std::ranges::sort(*names);
    // Files come before what is in folders: however much that is, it takes no source's place.
    for (const bool folders : {false, true}) {
      for (const std::string& name : *names) {
        auto read = read_entry(folder, prefix, name, depth, folders);
        if (!read) return read;
      }
    }
    return {};
  }

  Submission submission;

 private:
  /// An error is the machine's: half a hand-in is not graded.
  Expected<void> read_entry(int folder, const std::string& prefix, const std::string& name,
                            int depth, bool folders) {
    const std::string path = prefix + name;
    const Fd inner(::openat(folder, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!inner && sandbox::is_of_the_machine(errno)) return sandbox::from_errno(path);
    // .git and its like are no part of a hand-in; a file such as .config may be.
    const bool hidden = inner && name.starts_with(".");
    if (static_cast<bool>(inner) != folders || hidden) return {};
    if (submission.files.size() >= kMostFiles) return leave_out(path, "is one file too many");
    if (inner) {
      if (depth == kMostDepth) return leave_out(path, "is nested too deep");
      if (depth == 0) submission.folders.push_back(name);
      return read_folder(inner.get(), path + "/", depth + 1);
    }
    auto bytes = sandbox::read_regular_file(folder, name, kMostOfFile);
    if (!bytes && sandbox::is_of_the_machine(bytes.error().error_number)) {
      return std::unexpected(bytes.error().within(path));
    }
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
    return {};
  }

  Expected<void> leave_out(const std::string& path, std::string reason, bool unreadable = false) {
    if (submission.left_out.size() < kMostLeftOut) {
      submission.left_out.push_back({path, std::move(reason), unreadable});
    }
    return {};
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

Expected<Submission> read_submission(const std::filesystem::path& folder) {
  const Fd opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened && errno == ENOTDIR) return sandbox::failure("is not a folder");
  if (!opened && errno == ENOENT) return sandbox::failure("there is no such folder");
  if (!opened) return sandbox::from_errno("can't be read");
  Reader reader;
  if (auto read = reader.read_folder(opened.get(), "", 0); !read)
    return std::unexpected(read.error());
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
