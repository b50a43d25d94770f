// The keeper: one event loop for reports of init, refused calls, output, limits and the stop. Of
// sandbox/ only: others have a Box.
#pragma once

#include <signal.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sandbox/as_user.h"
#include "sandbox/bare_root.h"
#include "sandbox/box.h"
#include "sandbox/cgroup.h"
#include "sandbox/fd.h"
#include "sandbox/init_process.h"
#include "sandbox/sample.h"

namespace sandbox {

class Box::Keeper {
 public:
  Keeper(Isolation isolation, BoxSpec spec, Cgroup cgroup, std::optional<BareRoot> bare_root,
         InitProcess init)
      : isolation_(std::move(isolation)),
        spec_(std::move(spec)),
        cgroup_(std::move(cgroup)),
        bare_root_(std::move(bare_root)),
        init_(std::move(init)) {
    if (isolation_.tier == Tier::kOwnId) real_user_.emplace(init_.owner());
  }

  Expected<void> become_ready();
  Expected<int> start(Command command, const Hold* hold = nullptr);
  Expected<HeldCommand> start_held(Command command, const Hold& hold);
  Expected<void> wait(std::chrono::milliseconds most);
  Expected<void> end_all();

  [[nodiscard]] std::chrono::milliseconds elapsed() const;
  [[nodiscard]] bool running() const {
    return std::ranges::any_of(commands_, [](const auto& one) { return !one->state.end; });
  }
  [[nodiscard]] BoxViews views() const {
    const auto view = [this](std::size_t i) { return i < views_.size() ? views_[i].get() : -1; };
    const pid_t init = bare_root_ ? init_.pid() : 0;
    return {view(2), view(3), view(4), view(5), view(6), view(7), init};
  }
  /// Where the box's folders are in names; empty where it has a root of its own.
  [[nodiscard]] std::string_view moved_to() const {
    return bare_root_ ? std::string_view(bare_root_->path()) : std::string_view();
  }
  /// Who may look into the commands' processes, where the keeper himself may not.
  [[nodiscard]] std::optional<uid_t> viewer() const {
    return real_user_ ? std::optional(init_.owner()) : std::nullopt;
  }
  [[nodiscard]] int root() const { return views_[0].get(); }
  [[nodiscard]] int work() const { return views_[1].get(); }
  Expected<void> give_segment(key_t key, std::uint64_t size);

  Isolation isolation_;
  BoxSpec spec_;
  // Destroyed in the opposite order: first the processes, then their group and their files.
  Cgroup cgroup_;
  std::optional<BareRoot> bare_root_;
  InitProcess init_;
  std::optional<RealUser> real_user_;  ///< of the thread that made the box

  struct Running {
    CommandState state;
    Fd output;
    Fd errors;
    Fd listener;
    Fd gate;         ///< closed to release a held command
    pid_t held = 0;  ///< its number outside
    bool executed = false;
    std::optional<NotStarted> not_started;
  };
  std::vector<std::unique_ptr<Running>> commands_;
  std::vector<std::string> orphans_;
  std::optional<Cause> cause_;
  OutputSink sink_;
  bool gone_ = false;  ///< init was killed with the rest for lack of memory

 private:
  Expected<void> receive_reports();
  Expected<void> take_report(ReceivedReport received);
  void take_end(const Report& report);
  CommandEnd end_of(const Report& report);
  Expected<void> answer_notification(int number);
  Expected<void> drain(int number);
  bool drain_stream(int number, Stream stream, Fd& pipe);
  Expected<void> look_at_limits();
  void note_cause(Cause cause) {
    if (!cause_) cause_ = std::move(cause);
  }
  void note_limit(LimitKind kind, std::uint64_t limit, std::uint64_t used,
                  std::optional<int> command);
  /// By the kernel: no process sent that signal.
  [[nodiscard]] bool ended_at_file_size(int signal) const {
    return signal == SIGXFSZ && !fatal_signal_sent_;
  }
  [[nodiscard]] std::optional<int> only_running() const;
  Expected<void> init_has_gone(const Error& error);

  std::vector<Fd> views_;
  Fd filter_;
  bool ready_ = false;
  bool sealed_ = false;
  bool ending_ = false;             ///< we are killing
  bool all_ended_ = false;          ///< init said so
  bool fatal_signal_sent_ = false;  ///< a process sent SIGXFSZ, SIGSYS or a neighbour itself
  std::optional<int> given_;        ///< the answer to kGiveSegment
  std::uint64_t output_bytes_ = 0;
  std::optional<std::chrono::steady_clock::time_point> first_start_;
  std::chrono::steady_clock::time_point last_look_{};
  bool look_now_ = false;  ///< a command has ended: its caller may never wait again
  LostTime lost_;
};

}  // namespace sandbox
