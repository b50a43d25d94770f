// The parts of the box's init. Everything here runs between clone and exec, possibly in a copy of a
// process that had other threads: only async-signal-safe calls, no allocation, plain data. Results
// are 0 or an errno, with the step in a Step&.
#pragma once

#include <span>

#include "sandbox/plan.h"
#include "sandbox/protocol.h"

namespace sandbox {

/// Builds the private root and enters it (build_root.cc). The old one is still mounted.
[[nodiscard]] int build_root(const Plan& plan, uid_t user, Step& step);

/// Takes the old root away. The kernel waits in there: others can work meanwhile.
[[nodiscard]] int leave_old_root();

/// Makes the root and the programs in it read-only.
[[nodiscard]] int seal_root();

/// Confines init, and with it every command, by Landlock (landlock.cc).
[[nodiscard]] int enter_landlock(const Plan& plan);

/// Kills every process that has this user id, which nobody outside of a box has. Blocks until they
/// were told; in a child of its own, which takes that id.
void end_all_of(uid_t user);

/// Turns the calling process, a fresh child of init, into the command (start_command.cc).
/// Returns only where that failed, with the errno. Order::text was checked to be well formed. Init
/// may be waiting for it in the meantime, and its memory be shared.
struct StartContext {
  const Plan& plan;
  uid_t user;
  std::span<const int> files;  ///< stdin, stdout, stderr, filter; held: see Order::held
};
[[nodiscard]] int become_command(const StartContext& context, Order& order, Step& step);

/// Sends a report, with descriptors beside it. Blocks; false where the keeper is gone.
bool send_report(int control, const Report& report, std::span<const int> files);

}  // namespace sandbox
