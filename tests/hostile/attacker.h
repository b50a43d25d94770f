// Runs the grader on something hostile, and looks afterwards whether anything of it is left on the
// host. Other tests and graders may run meanwhile: whatever is looked for can be told from theirs.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace ipcgrade {

/// Who runs the grader. The tests run as root or not; as root they are able to be somebody else,
/// too, and to be in a container without privileges (tests/support/like_container.cc): its root, or
/// a plain user there.
enum class User { kSelf, kNobody, kContainer, kContainerUser };

/// The tier whose boxes that user gets: 'A' to 'D', as sandbox/README.md has them.
[[nodiscard]] char tier_of(User user);

/// A folder in the temporary folder of the tests, readable by everybody; removed at the end.
class Scratch {
 public:
  Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch();
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

struct Ran {
  int status = -1;               ///< as of a shell: 128 + N for signal N
  pid_t pid = 0;                 ///< which it had
  std::filesystem::path folder;  ///< of its reports
  std::string output;
  std::string errors;
  /// How many processes of the box outlived the grader.
  int survivors = 0;
};

/// Runs `ipcgrade ARGUMENTS…` to its end, with a few descriptors left open on purpose.
[[nodiscard]] Ran run_grader(const Scratch& scratch, const std::vector<std::string>& arguments,
                             User user = User::kSelf);
/// The same in two steps, for several at once.
class Running {
 public:
  Running(const Scratch& scratch, const std::vector<std::string>& arguments, User user);
  void kill() const;
  [[nodiscard]] bool has_ended() const;  ///< it is still to be waited for
  [[nodiscard]] Ran wait();

 private:
  const Scratch& scratch_;
  pid_t pid_ = 0;
};

/// Whether all processes that outlived a grader have ended, after `most` at the latest.
[[nodiscard]] bool no_child_within(std::chrono::seconds most);

/// Why no box of that user's tier can be made here; empty where one can.
[[nodiscard]] std::string why_no_box(const Scratch& scratch, User user);

/// What the host has that may come from a box: mounts, IPC objects, files of the temporary folders.
[[nodiscard]] std::vector<std::string> traces_on_host();

/// What of run `ran` is still on the host: a sentence each.
[[nodiscard]] std::vector<std::string> left_on_host(const Ran& ran,
                                                    const std::vector<std::string>& before);

[[nodiscard]] std::string contents_of(const std::filesystem::path& file);
void write_file(const std::filesystem::path& file, const std::string& bytes);

}  // namespace ipcgrade
