// What stands in the place of a private root where no mounts can be made: a folder of the machine's
// with the box's own folders in it. Names that begin at the box's root begin there.
#pragma once

#include <sys/types.h>

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "sandbox/error.h"
#include "sandbox/fd.h"

namespace sandbox {

/// The folders of a box, as they are called in it.
inline constexpr std::array<std::string_view, 4> kBoxFolders{"/work", "/tmp", "/programs",
                                                             "/dev/shm"};

/// Owns the folder; it is locked while it is in use, and removed with all that is in it at the end.
class BareRoot {
 public:
  /// Makes it below /var/tmp, readable by everybody, with the box's folders in it.
  [[nodiscard]] static Expected<BareRoot> make();

  BareRoot(BareRoot&& other) noexcept;
  BareRoot& operator=(BareRoot&&) = delete;
  ~BareRoot();

  /// Absolute, without a slash at the end, of the same length each time.
  [[nodiscard]] const std::string& path() const { return path_; }

  /// Gives the folder that commands begin in to them.
  [[nodiscard]] Expected<void> give_work_to(uid_t user) const;

  /// Removes what killed keepers left: folders of this user that nobody has locked.
  static void remove_stale();

 private:
  BareRoot() = default;
  [[nodiscard]] static Expected<BareRoot> make_once();

  std::string path_;
  Fd lock_;
};

/// "/var/tmp/…/work/x" of "/work/x", where `root` is the path of a bare root; other paths, and all
/// where it is empty, stay as they are.
[[nodiscard]] std::string path_outside(std::string_view root, std::string_view path);

/// The contrary, in a text: each name of something below `root` as it is in the box.
[[nodiscard]] std::string text_inside(std::string_view root, std::string text);

}  // namespace sandbox
