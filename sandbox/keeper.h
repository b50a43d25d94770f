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

#include "sandbox/box.h"
#include "sandbox/cgroup.h"
#include "sandbox/fd.h"
#include "sandbox/init_process.h"
#include "sandbox/sample.h"

namespace sandbox {

class Box::Keeper {
 public:
  Keeper(Isolation isolation, BoxSpec spec, Cgroup cgroup, InitProcess init)
      : isolation_(isolation),
        spec_(std::move(spec)),
        cgroup_(std::move(cgroup)),
        init_(std::move(init)) {}

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
    return {view(2), view(3), view(4), view(5), view(6), view(7)};
  }
  [[nodiscard]] int root() const { return views_[0].get(); }
  [[nodiscard]] int work() const { return views_[1].get(); }
  Expected<void> give_segment(key_t key, std::uint64_t size);

  Isolation isolation_;
  BoxSpec spec_;
  // Destroyed in the opposite order: first the processes, then their group.
  Cgroup cgroup_;
  InitProcess init_;

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
