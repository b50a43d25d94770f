// Which system calls a box allows: a value made of named groups, with the seccomp program for it.
//
// Each call falls in one of four classes:
//   allowed   the base group's calls, and those of the groups that the policy names;
//   refused   calls of a named group that the policy does not name, and of the group "kernel",
//   which
//             no policy can name: told by name to the keeper, which ends the box;
//   denied    a few that honest programs try and do without: they fail with an errno; and calls of
//             groups that the policy denies: told to the keeper, which lets them fail with EPERM;
//   unknown   everything else fails with ENOSYS, so that a newer C library falls back.
//
// Sources: seccomp(2), seccomp_unotify(2), libseccomp 2.5.
#pragma once

#include <linux/filter.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sandbox/error.h"
#include "sandbox/policy_groups.h"

namespace sandbox {

/// Immutable; copies share the program.
class Policy {
 public:
  /// The base group and these, and the denied ones. An unknown name is an error that lists the
  /// known ones; a group that is in both is one, too.
  [[nodiscard]] static Expected<Policy> of(std::span<const std::string> groups,
                                           std::span<const std::string> denied = {});

  /// Everything that can be allowed: for builds, and for commands without a lab.
  [[nodiscard]] static Policy widest();

  [[nodiscard]] bool allows(std::string_view group) const;

  /// For this machine's architecture. Calls of another one (int 0x80, x32) kill the process: they
  /// have no honest use.
  [[nodiscard]] std::span<const sock_filter> program() const { return program_; }

  /// The group that call `number` with these arguments is refused for; nullptr where it is not.
  /// For the keeper that is told of a call by the program.
  [[nodiscard]] const PolicyGroup* refusing_group(int number,
                                                  std::span<const std::uint64_t> arguments) const;

  /// Whether call `number` with these arguments is of a group that the policy denies, and so fails
  /// with EPERM. For whom the program tells of the call, as refusing_group().
  [[nodiscard]] bool denies(int number, std::span<const std::uint64_t> arguments) const;

  /// Whether the kernel answers each of the table's calls under this program as the policy says,
  /// and how many were tried: see try_filter(). Judged once in a process; copies share the result.
  [[nodiscard]] Expected<std::size_t> tried() const;

 private:
  struct Trial {
    std::mutex mutex;
    std::optional<Expected<std::size_t>> judged;
  };

  std::vector<std::string> groups_;
  std::vector<std::string> denied_;
  std::shared_ptr<const std::vector<sock_filter>> owned_;  ///< empty where it is built in
  std::span<const sock_filter> program_;
  std::shared_ptr<Trial> trial_ = std::make_shared<Trial>();
};

}  // namespace sandbox
