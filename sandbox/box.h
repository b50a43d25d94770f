// A box: a private machine of its own for one group of commands, which can share memory, files and
// signals with each other and with nobody else.
//
//   keeper (this process) ── init of the box ── commands
//
// The keeper stays outside and decides; init (see init.cc) builds the box from inside, starts and
// reaps. Everything that is concluded, limits, refused calls, causes, is concluded by the keeper.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sandbox/as_user.h"
#include "sandbox/error.h"
#include "sandbox/fd.h"
#include "sandbox/host.h"
#include "sandbox/limits.h"
#include "sandbox/listing.h"
#include "sandbox/outcome.h"
#include "sandbox/policy.h"

namespace sandbox {

struct BoxSpec {
  Policy policy = Policy::widest();
  Limits limits;
  /// Readable when everything is to stop: ends the box with the cause Interrupted. Borrowed; -1
  /// for none.
  int stop = -1;
};

/// A program to be started in a box. In the box there are /usr and its like, read-only; /programs,
/// read-only; /work (its folder unless told), /tmp and /dev/shm, writable and shared by all
/// commands of the box.
struct Command {
  std::string path;
  std::vector<std::string> arguments;  ///< with the name that it is called by, as argv[0]
  std::vector<std::string> environment;
  std::string folder = "/work";
  Fd input;  ///< its stdin; /dev/null unless set
};

/// How a command is started for somebody who holds it by ptrace(2) and judges its calls himself.
struct Hold {
  /// Takes the place of the policy's program. May end in SECCOMP_RET_TRACE, not in USER_NOTIF.
  std::span<const sock_filter> filter;
  int descriptor = -1;  ///< is passed on as `descriptor_number`, through every exec; borrowed
  int descriptor_number = -1;
};

/// A held command stands before its execve until release().
struct HeldCommand {
  int number = -1;
  pid_t pid = 0;  ///< as seen from outside the box
};

enum class Stream { kOutput, kErrors };
/// Is given what commands print, as it comes.
using OutputSink = std::function<void(int command, Stream stream, std::string_view bytes)>;

/// What is known of a started command.
struct CommandState {
  std::optional<CommandEnd> end;            ///< empty while it runs
  std::chrono::milliseconds ended_after{};  ///< since the first start
  std::chrono::microseconds cpu{};  ///< of it and the children that it waited for; when ended
};

/// Not for several threads at once. One owner; destroying it kills what runs and leaves nothing.
class Box {
 public:
  /// Builds the box. An error is the machine's or ours, never a command's. The calling thread must
  /// outlive the box: the kernel ends the box with the thread that made it. Descriptors 0, 1 and 2
  /// of the process must be open, if only to /dev/null.
  [[nodiscard]] static Expected<Box> open(const Host& host, BoxSpec spec);

  Box(Box&&) noexcept;
  Box& operator=(Box&&) = delete;
  ~Box();

  [[nodiscard]] Isolation isolation() const;

  /// Before the first start: puts an executable into /programs.
  [[nodiscard]] Expected<void> place_program(const std::string& name, std::string_view bytes);
  /// Before the first start: puts a file into /work, owned by the commands; folders in `path` are
  /// made.
  [[nodiscard]] Expected<void> place_file(const std::string& path, std::string_view bytes,
                                          bool executable = false);
  /// Reads a regular file of at most `most` bytes out of /work. Links are followed where they lead
  /// to a file in /work.
  [[nodiscard]] Expected<std::string> fetch_file(const std::string& path, std::uint64_t most) const;
  /// Before the first start: makes a System V segment that belongs to the commands. The ids of
  /// those that are given are 0, 1, …, and no later one has such an id.
  [[nodiscard]] Expected<void> give_segment(key_t key, std::uint64_t size);

  /// Starts a command; its number counts from 0. That it could not be executed is told by its end.
  [[nodiscard]] Expected<int> start(Command command);

  /// Starts a command that stands still, without a filter, before it executes its program, with
  /// addresses that are the same every time. From the first of them on, children that init reaps
  /// are not reported: their holder knows better.
  [[nodiscard]] Expected<HeldCommand> start_held(Command command, const Hold& hold);
  /// Lets it install the filter and execute. Its holder must be there by then.
  void release(const HeldCommand& command);
  /// The box's root and work folder: directories. Borrowed.
  [[nodiscard]] int root() const;
  [[nodiscard]] int work() const;
  [[nodiscard]] uid_t owner() const;  ///< user id of the commands, as seen from outside

  /// Where the box's folders are for the kernel, if they are not at its root: what stands before
  /// their names there. Empty in a box with namespaces. A command's path, folder and environment
  /// are told as they are in the box all the same; a held command's calls are its holder's affair.
  [[nodiscard]] std::string_view moved_to() const;
  [[nodiscard]] std::string outside(std::string_view path) const;  ///< see path_outside()
  /// For the thread that made the box, while it looks at its processes in /proc or moves them to
  /// another processor.
  [[nodiscard]] AsUser as_viewer() const;

  /// Waits until something has happened, or for `most`, and takes note of it.
  [[nodiscard]] Expected<void> wait(std::chrono::milliseconds most);

  [[nodiscard]] const CommandState& command(int number) const;
  /// Whether a started command has not ended.
  [[nodiscard]] bool running() const;
  /// Wall time since the first start, without what the commands lost by waiting for a free
  /// processor; zero before it. The limit on wall time is of this, so that a busy machine ends
  /// nobody early.
  [[nodiscard]] std::chrono::milliseconds elapsed() const;
  /// Why the keeper ended the box; the first cause stays.
  [[nodiscard]] const std::optional<Cause>& cause() const;

  /// Kills and reaps every process. The objects stay, to be listed.
  [[nodiscard]] Expected<void> end_all();

  [[nodiscard]] Expected<Listing> list() const;
  [[nodiscard]] Expected<void> list_named(Listing& listing) const;
  [[nodiscard]] Expected<std::vector<SysvSegment>> segments() const;
  /// The names of processes that were reaped by init, since their parent had not waited for them.
  [[nodiscard]] const std::vector<std::string>& orphans() const;

  /// Bytes that its processes have, for whoever holds them: so long as he does, nobody else looks. 0
  /// where a cgroup bounds it, and the kernel needs no help.
  [[nodiscard]] std::uint64_t sampled_memory() const;

  void set_output_sink(OutputSink sink);

 private:
  class Keeper;
  explicit Box(std::unique_ptr<Keeper> keeper);
  std::unique_ptr<Keeper> keeper_;
};

}  // namespace sandbox
