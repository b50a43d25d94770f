// A program of a scenario, executed and held at its entry point: loaded and linked, none of its own
// code run yet. Each run forks it from there, which costs a tenth of executing it.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sandbox/box.h"
#include "sandbox/error.h"
#include "supervise/tracee.h"

namespace ipcgrade {

/// What the reason for no verdict says where a program does what can't be held, every time.
inline constexpr std::string_view kCannotHold = "this version can't hold a program at ";

/// Bytes of a `syscall` instruction.
inline constexpr std::uint64_t kCallLength = 2;

/// Where a function begins, with the eight bytes of code that are there.
struct TrapPlace {
  std::string name;
  std::uint64_t address = 0;
  std::uint64_t word = 0;
};

/// What is known of an executed program, by the supervisor.
struct Image {
  std::uint64_t entry = 0;
  /// A `syscall` instruction of its loader or C library: for calls made in a task's place.
  std::uint64_t call_instruction = 0;
  std::uint64_t thread_id_address = 0;  ///< as set_tid_address(2) was told
  std::uint64_t robust_list = 0;        ///< as set_robust_list(2) was told
  std::uint64_t robust_list_size = 0;
  std::uint64_t hello = 0;  ///< address of the runtime's IpcgradeHello; 0: it has none
  /// It may order threads in ways that nobody sees.
  bool orders_unseen = false;
  std::uint64_t program_begin = 0, program_end = 0;  ///< the program itself, without its libraries
  std::uint64_t code_begin = 0, code_end = 0;        ///< what of that executes
  /// Functions that it imports and that a handler may not call.
  std::shared_ptr<const std::vector<TrapPlace>> unsafe;
};

/// What a program came to before its entry point: brought there, or its wait status.
template <typename T>
using Loaded = std::expected<T, int>;

/// Prepares a task that stands behind a successful execve, before its first instruction: no vDSO
/// (its clock is not ours), no time stamp counter, known random bytes, a trap at the entry point.
/// Then runs its loader, whose calls concern nobody, up to there; calls that no loader makes are an
/// error (kCannotHold). `root`: Box::moved_to().
[[nodiscard]] sandbox::Expected<Loaded<Image>> run_loader(const Tracee& task,
                                                          std::string_view root);

/// How the end of a program that never came to its beginning is told: "it can't be loaded".
[[nodiscard]] std::string end_while_loaded(int status);

/// Makes a call in a stopped task's place and restores its registers. Its result is returned. The
/// task must stand outside of any system call.
[[nodiscard]] sandbox::Expected<std::int64_t> inject_call(const Tracee& task,
                                                          std::uint64_t call_instruction,
                                                          long number,
                                                          std::vector<std::uint64_t> arguments);

struct Cloned {
  pid_t task = 0;           ///< the kernel's number of the new one; 0: there is none
  std::int64_t result = 0;  ///< as the call returned it
};

/// Makes a stopped task go on with `call`: registers whose instruction is a `syscall` with
/// clone(2)'s arguments. It stands behind the call then, and the new task at its first stop. Who
/// ended counts against the box's limit until the box's init has reaped him, which is no affair of
/// who clones now: with EAGAIN the call is made again, and is an error after 20 s of wall time.
[[nodiscard]] sandbox::Expected<Cloned> make_clone(const Tracee& task, const Registers& call);

class Zygote {
 public:
  /// Starts `command` held in the box and brings it to its entry point, if it does not end before.
  [[nodiscard]] static sandbox::Expected<Loaded<Zygote>> make(sandbox::Box& box,
                                                              sandbox::Command command,
                                                              const sandbox::Hold& hold, int core);

  /// A fresh copy, stopped at the entry point; a child of the box's init. The caller owns it.
  [[nodiscard]] sandbox::Expected<Tracee> fork() const;

  [[nodiscard]] const Image& image() const { return image_; }
  /// Ends it. A box is not ended before: its processes wait for their tracer then.
  void destroy() const { tracee_.destroy(); }

 private:
  [[nodiscard]] static sandbox::Expected<Loaded<Zygote>> load(const Tracee& task,
                                                              std::string_view root);
  Zygote(Tracee tracee, Image image, const Registers& registers)
      : tracee_(tracee), image_(std::move(image)), registers_(registers) {}

  Tracee tracee_;
  Image image_;
  Registers registers_;
};

}  // namespace ipcgrade
