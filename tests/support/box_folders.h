// Folders that stand in the place of a private root (sandbox/bare_root.h), as they lie on the
// machine.
#pragma once

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

namespace ipcgrade::test {

/// Those that nobody has locked.
inline std::vector<std::string> unlocked_box_folders() {
  std::vector<std::string> found;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator("/var/tmp", ignored)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with("ipcgrade-box-")) continue;
    const int folder = ::open(entry.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder >= 0 && ::flock(folder, LOCK_SH | LOCK_NB) == 0) found.push_back(name);
    ::close(folder);
  }
  std::ranges::sort(found);
  return found;
}

/// Those that are in nobody's use. Others may run meanwhile: what they just made they are about to
/// lock.
inline std::vector<std::string> unused_box_folders() {
  std::vector<std::string> unused = unlocked_box_folders();
  for (int look = 0; !unused.empty() && look < 10; ++look) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    const std::vector<std::string> now = unlocked_box_folders();
    std::erase_if(
        unused, [&now](const std::string& name) { return !std::ranges::binary_search(now, name); });
  }
  return unused;
}

}  // namespace ipcgrade::test
