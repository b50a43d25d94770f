// Names in a box whose folders lie elsewhere for the kernel (Box::moved_to()): a held program says
// "/tmp/x", and its holder sees to it that the kernel hears where that is. What the model knows of
// names stays as the program said it.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "supervise/tracee.h"

namespace ipcgrade {

/// Whether that call names files, or tells a name.
[[nodiscard]] bool has_paths(long call);

/// The paths of one call of a task that stands before it. Moved ones lie below its stack while the
/// kernel reads them. Goes before another call.
class MovedPaths {
 public:
  /// `call`: the registers that the call is about to be made with; those of moved paths are
  /// changed. Borrows `root`; where it is empty nothing happens.
  MovedPaths(const Tracee& tracee, std::string_view root, Registers& call);

  /// Behind the call: its result as the program is to see it.
  [[nodiscard]] std::int64_t finish(std::int64_t result);

 private:
  void move(unsigned long long& argument);

  Tracee tracee_;
  std::string_view root_;
  std::uint64_t next_ = 0;  ///< where the next path ends
  struct Saved {
    std::uint64_t address = 0;
    std::vector<std::byte> bytes;
  };
  std::vector<Saved> saved_;
  bool tells_path_ = false;
  std::uint64_t told_at_ = 0;
};

/// Lets the kernel do the call of one that concerns nobody, and that can't wait, and stops behind
/// it. `call`: the registers of a task that stands before it.
[[nodiscard]] sandbox::Expected<void> pass_moved(const Tracee& tracee, std::string_view root,
                                                 const Registers& call);

}  // namespace ipcgrade
