// What the keeper (outside) and the box's init (inside) say to each other, over a SOCK_SEQPACKET
// pair: one struct a message, descriptors beside it. Both ends are the same build: no versions.
#pragma once

#include <sys/types.h>

#include <array>
#include <cstddef>
#include <cstdint>

namespace sandbox {

/// Where setting up a box or starting a command can fail. step_name() has the words.
enum class Step : std::uint8_t {
  kNone,
  kJoinCgroup,
  kHostName,
  kBareRoot,
  kPrivateMounts,
  kOpenSystemFolder,
  kMountRoot,
  kPlaceSystemFolder,
  kMountProc,
  kMountDev,
  kMountWritable,
  kMountQueues,
  kEnterRoot,
  kLoopback,
  kOpenViews,
  kSealRoot,
  kLandlock,
  kFork,
  kDescriptors,
  kLimits,
  kWorkFolder,
  kUser,
  kCapabilities,
  kNoNewPrivileges,
  kFilter,
  kHold,
  kExecute,
};
[[nodiscard]] const char* step_name(Step step);

/// Keeper to init.
struct Order {
  enum class Kind : std::uint8_t {
    kSetUp,        ///< ids are mapped, the cgroup is ready: build the box
    kSeal,         ///< the root may become read-only
    kStart,        ///< a command follows in `text`; descriptors: stdin, stdout, stderr, filter
    kGiveSegment,  ///< make a System V segment of `size` bytes with `key`
    kEndAll,       ///< kill and reap every process
  };
  Kind kind{};
  std::int32_t command = -1;  ///< kStart: its number
  std::uint32_t user = 0;     ///< kSetUp: user and group id of commands, as seen in the box
  std::int32_t key = 0;
  std::uint64_t size = 0;
  /// kStart: it is held; descriptors: also one to be passed on as `held_number`, and one whose end
  /// of file releases it.
  bool held = false;
  std::int32_t held_number = -1;
  /// kStart: how many strings of `text` are arguments; the environment's follow.
  std::uint32_t arguments = 0;
  std::uint32_t environment = 0;
  /// kStart: NUL-ended strings: the path, the work folder, arguments, environment. Only what is
  /// used of it is sent.
  std::array<char, 96 * 1024> text;
};
inline constexpr std::size_t kOrderHead = offsetof(Order, text);

/// How many descriptors go with Report::Kind::kReady at most.
inline constexpr int kMostViews = 8;

/// Init to keeper.
struct Report {
  enum class Kind : std::uint8_t {
    kReady,        ///< set up; descriptors: root, work folder, and the fields of BoxViews
    kFailed,       ///< set-up failed at `step` with `value`, an errno; the box is of no use
    kListening,    ///< from a command about to execute; descriptor: its seccomp listener
    kHeld,         ///< from a held command; descriptor: a pidfd of it
    kNotStarted,   ///< `command` failed at `step` with `value`, an errno
    kEnded,        ///< `command` ended with wait status `value`
    kOrphanEnded,  ///< another process, whose parent had ended before it, was reaped
    kGiven,        ///< kGiveSegment is done; `value` is 0 or an errno
    kAllEnded,     ///< kEndAll is done
  };
  Kind kind{};
  Step step = Step::kNone;
  std::int32_t command = -1;
  std::int32_t value = 0;
  std::int32_t pid = 0;               ///< in the box; kEnded, kOrphanEnded, kListening
  std::int64_t cpu_microseconds = 0;  ///< kEnded: of it and the children it waited for
  std::array<char, 16> name{};        ///< kOrphanEnded: as the kernel knows it
};

}  // namespace sandbox
