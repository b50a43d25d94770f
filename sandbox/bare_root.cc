#include "sandbox/bare_root.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "sandbox/files.h"

namespace sandbox {
namespace {

// Not below /tmp: programs make names of their own there.
constexpr const char* kParent = "/var/tmp";
constexpr std::string_view kPrefix = "ipcgrade-box-";

bool is_whole_name(std::string_view rest) { return rest.empty() || rest.front() == '/'; }

/// `folder` is what is there.
void remove_folder(const std::string& path, const Fd& folder) {
  (void)empty_folder(folder.get());
  ::rmdir(path.c_str());
}

}  // namespace

Expected<BareRoot> BareRoot::make() {
  // One that was just made may be taken for stale before it is locked.
  constexpr int kTries = 5;
  for (int tries = 1;; ++tries) {
    auto root = make_once();
    if (root || tries == kTries) return root;
  }
}

Expected<BareRoot> BareRoot::make_once() {
  BareRoot root;
  std::string path = std::string(kParent) + "/" + std::string(kPrefix) + "XXXXXX";
  if (::mkdtemp(path.data()) == nullptr) {
    return from_errno("make a folder in " + std::string(kParent));
  }
  root.path_ = std::move(path);
  root.lock_ = lock_folder(root.path_.c_str());
  if (!root.lock_) return failure(root.path_ + " could not be locked");
  if (::fchmod(root.lock_.get(), 0755) != 0) {
    return from_errno("chmod " + root.path_);
  }
  for (const auto& [name, mode] :
       {std::pair{"work", 0755}, std::pair{"tmp", 01777}, std::pair{"programs", 0755},
        std::pair{"dev", 0755}, std::pair{"dev/shm", 01777}}) {
    if (::mkdirat(root.lock_.get(), name, 0700) != 0 ||
        ::fchmodat(root.lock_.get(), name, static_cast<mode_t>(mode), 0) != 0) {
      return from_errno(std::string("make the box's ") + name);
    }
  }
  return root;
}

BareRoot::BareRoot(BareRoot&& other) noexcept
    : path_(std::exchange(other.path_, {})), lock_(std::move(other.lock_)) {}

BareRoot::~BareRoot() {
  if (!path_.empty()) remove_folder(path_, lock_);
}

Expected<void> BareRoot::give_work_to(uid_t user) const {
  if (::fchownat(lock_.get(), "work", user, user, 0) != 0)
    return from_errno("chown the work folder");
  return {};
}

void BareRoot::remove_stale() {
  const auto names = names_in(AT_FDCWD, kParent);
  if (!names) return;
  for (const std::string& name : *names) {
    if (!name.starts_with(kPrefix)) continue;
    const std::string path = std::string(kParent) + "/" + name;
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0 || status.st_uid != ::geteuid()) continue;
    // One that was just made is not locked yet: it is empty, and its maker notices.
    if (const Fd folder = lock_folder(path.c_str())) remove_folder(path, folder);
  }
}

std::string path_outside(std::string_view root, std::string_view path) {
  if (!root.empty()) {
    for (const std::string_view folder : kBoxFolders) {
      if (path.starts_with(folder) && is_whole_name(path.substr(folder.size()))) {
        return std::string(root) + std::string(path);
      }
    }
  }
  return std::string(path);
}

std::string text_inside(std::string_view root, std::string text) {
  if (root.empty()) return text;
  for (std::size_t at = text.find(root); at != std::string::npos; at = text.find(root, at)) {
    text.erase(at, root.size());
  }
  return text;
}

}  // namespace sandbox
