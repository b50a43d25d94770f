// One held run of a scenario, from the first start to the end of the last task.
//
//   choices.cc    what can go on now, and what usually would
//   held_run.cc   doing what was chosen
//   start.cc      the scenario's programs
//   resume.cc     from one operation of a task to its next: the ptrace part
//   signals.cc    what the kernel delivers, and what the model does
//   unsafe_calls.cc  what handlers call
//   new_tasks.cc  fork, clone, exec
//   thread_log.cc what threads do to memory of their own process
//   circles.cc    who computes for ever
//   looking.cc    who waits by looking again and again
//   take_stock.cc what is left in the end
#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "assignment/assignment.h"
#include "ipc/machine.h"
#include "ipc/signal.h"
#include "sandbox/policy.h"
#include "sandbox/source_lines.h"
#include "supervise/access.h"
#include "supervise/chooser.h"
#include "supervise/guest.h"
#include "supervise/held_task.h"
#include "supervise/thread_log.h"
#include "supervise/zygote.h"

namespace ipcgrade {

/// What runs of a scenario have in common; owned by the Holder.
struct HeldScenario {
  const Scenario& scenario;
  const sandbox::Policy& policy;
  const sandbox::Limits& limits;
  sandbox::Box& box;
  Arena& arena;
  int arena_descriptor = -1;
  std::vector<Loaded<Zygote>> zygotes{};  ///< of each start
  SignalsFail signals_fail{};
  VirtualTime start_window{std::chrono::seconds(10)};
  VirtualTime stall_bound{std::chrono::seconds(5)};
  /// Of instructions, and of calls with what is on the stack: looked up once.
  std::map<std::string, Place> places{};
  /// Of programs, by address: looked up once.
  std::map<std::pair<std::size_t, std::uint64_t>, sandbox::DataObject> data{};
};

/// Before it may be started: enabled when its moment has come.
[[nodiscard]] std::unique_ptr<Operation> start_of_program(Machine& machine,
                                                          const Scenario& scenario,
                                                          std::size_t index);

class HeldRun {
 public:
  HeldRun(HeldScenario& stage, const RunOptions& options);
  /// Kills and reaps what is left.
  ~HeldRun();
  HeldRun(const HeldRun&) = delete;
  HeldRun& operator=(const HeldRun&) = delete;

  /// An error is the machine's or ours.
  [[nodiscard]] sandbox::Expected<Trace> go(Chooser& chooser);

 private:
  using Done = sandbox::Expected<void>;

  /// So often, and all who could go on look again and again, before that is in vain.
  static constexpr std::size_t kMostIdle = 20;
  /// Accesses of threads, of one run.
  static constexpr std::size_t kMostLogged = 1'000'000;

  // choices.cc
  /// The next decision, at the end of the trace. False: nothing can go on.
  [[nodiscard]] bool gather();
  void add_task_choices(const Task& task);
  void add_timer_choices();
  void decide_times();
  [[nodiscard]] bool step_enabled(const Task& task);
  [[nodiscard]] bool may_start(const Task& task) const;
  [[nodiscard]] bool held_back(const Task& task) const;
  [[nodiscard]] std::uint32_t usual_choice() const;
  [[nodiscard]] std::optional<std::uint32_t> idling_choice();
  void add_choice(Actor actor, bool enabled, std::span<const Touch> touches);

  // held_run.cc
  void set_up();
  [[nodiscard]] Done take(const Choice& choice);
  [[nodiscard]] Done choose(const Choice& choice);
  void go_on(Task& task);
  [[nodiscard]] Done step(Task& task);
  [[nodiscard]] Done perform(Task& task);
  [[nodiscard]] Done access(Task& task);
  [[nodiscard]] Done time_out(Task& task);
  void fire(std::uint16_t timer);
  [[nodiscard]] Done apply(Task& task, Effect effect, std::string text);
  void begin_end(const Task& task);
  [[nodiscard]] Done end(Task& task, int status, bool whole, std::string text);
  [[nodiscard]] Done leave(Task& task);
  void note_done();
  [[nodiscard]] Done crash(Task& task);
  void note_end(RunEnd end);
  [[nodiscard]] bool is_too_long() const;
  void note_endless();
  /// Ends the run where that was asked for.
  [[nodiscard]] bool stop_asked();
  /// The run ends, because of the task's program or (nullptr) of no one.
  void stop_for(decltype(sandbox::Cause::what) what, const Task* task);
  void stop_at(sandbox::LimitKind kind, std::uint64_t limit, const Task* task);
  /// Looks, now and then, where no cgroup bounds it.
  bool takes_too_much_memory(const Task* task);
  void look_at_output(const Task& task);
  [[nodiscard]] std::string result_text(std::int64_t result) const;

  // start.cc
  [[nodiscard]] Done start(Task& task);

  // resume.cc
  [[nodiscard]] static std::string addresses_on_stack(const HeldTask& one);
  [[nodiscard]] static std::uint64_t site_of(const HeldTask& one);
  [[nodiscard]] Place place_at(const HeldTask& one, const Registers& registers, std::size_t frames,
                               std::string key);
  [[nodiscard]] static bool leave_clone(const HeldTask& one, Registers& registers);
  [[nodiscard]] Done advance(Task& task);
  void leave_call(Task& task);
  void stand(Task& task, std::unique_ptr<Operation> where);
  void computes(Task& task);
  void computed(Task& task, bool is_interrupted);
  void computed_for(Task& task, std::chrono::milliseconds time);
  [[nodiscard]] Done killed(Task& task, int status);
  [[nodiscard]] Done pass(Task& task, const Call& call, std::int64_t& result);
  [[nodiscard]] Done pass_open(Task& task, const Call& call, std::int64_t& result);
  [[nodiscard]] Done open_shared(Task& task, bool open);
  [[nodiscard]] Done step_open(Task& task);
  [[nodiscard]] std::vector<Touch> touches_of_next(const Task& task) const;
  [[nodiscard]] Done stopped_at_call(Task& task, bool& pending);
  [[nodiscard]] Done let_finish(Task& task, std::int64_t result);
  [[nodiscard]] Done write_back(HeldTask& held);
  void reap(HeldTask& held);
  void load_hello(Task& task);
  [[nodiscard]] Call call_of(const Task& task) const;
  [[nodiscard]] std::uint32_t place_of(const Task& task);
  [[nodiscard]] static bool is_about_to_fork(const Tracee& tracee);
  [[nodiscard]] std::uint32_t number_of(Place place);
  [[nodiscard]] std::vector<Printed> printed(const Task& task, const IpcgradePrints& prints);

  // signals.cc
  [[nodiscard]] Done take_signal(Task& task);
  [[nodiscard]] Done enter(Task& task, const SignalInfo& info, bool back_out, std::int64_t result);
  [[nodiscard]] Done stopped_at_signal(Task& task, const Stop& stop, bool& pending);
  [[nodiscard]] Done own_fault(Task& task, int signal);
  [[nodiscard]] bool faults_for_ever(const Task& task);
  void dies(Task& task, int signal);
  [[nodiscard]] bool own_signal_comes_now(const Task& task) const;
  [[nodiscard]] bool handler_may_run(const Task& task) const;
  [[nodiscard]] Done at_file_size(Task& task);
  [[nodiscard]] Done start_handler(Task& task, int signal);
  [[nodiscard]] Done return_from_handler(Task& task, bool& pending);
  [[nodiscard]] Done step_to_fault(Task& task, bool& pending);

  // unsafe_calls.cc
  void set_traps(const Task& task);
  void clear_traps(const Task& task);
  [[nodiscard]] bool passed_trap(Task& task);
  [[nodiscard]] int error_number_of(const Task& task) const;

  // new_tasks.cc
  [[nodiscard]] Done make_task(Task& task, Call call, const std::string& text);
  [[nodiscard]] Done execute(Task& task, const Call& call, const std::string& text);

  // outside.cc
  /// A signal of the scenario's, and what has become of it.
  struct Outside {
    const OutsideSignal& signal;
    std::uint32_t steps = 0;  ///< of its target, since it could come
    bool came = false;
  };
  void set_outside_signals();
  [[nodiscard]] bool is_outside(const Actor& actor) const;
  [[nodiscard]] Task* target_of(const Outside& one);
  void add_outside_choices();
  void note_step_for_outside(const Task& task);
  [[nodiscard]] bool is_time_for(const Actor& outside) const;
  void come(std::uint16_t number);

  // thread_log.cc
  [[nodiscard]] static bool tells_of_threads(const HeldTask& one);
  void begin_log(const Task& child, std::uint64_t stack, std::uint64_t thread_pointer);
  void renew(const Task& task, std::uint64_t begin, std::uint64_t end);
  void take_log(const Task& task);
  [[nodiscard]] bool is_watched(std::size_t program, std::uint64_t begin, std::uint64_t end) const;
  void log_buffer(const Task& task, const Call& call, std::int64_t result);
  void note_told_write(const Task& task);
  [[nodiscard]] bool computes_in_vain(const Task& task);
  void name_bytes(const Task& task, const Operation& operation);

  // circles.cc
  [[nodiscard]] std::vector<std::uint64_t> known_circles(const Task& task) const;
  [[nodiscard]] bool stands_in_circle(Task& task);
  [[nodiscard]] std::uint32_t place_of_loop(Task& task);
  [[nodiscard]] const Task* computes_for_ever();

  // injection.cc
  [[nodiscard]] std::vector<Failure> failures_of(const Task& task, const Operation& operation,
                                                 SignalSet interrupted_by);
  [[nodiscard]] bool is_next_injected(const Task& task, std::span<const Failure> failures);
  [[nodiscard]] bool fails_now(const Task& task);
  [[nodiscard]] std::optional<Failure> injected(const Task& task, const Operation& operation);
  void note_injectable(const Task& task, SignalSet signals, std::span<const Failure> failures);
  [[nodiscard]] bool can_come(const Task& task, int signal);
  [[nodiscard]] SignalSet interrupted_by(const Task& task, const Operation& operation);

  // looking.cc
  [[nodiscard]] Done confirm_spin(Task& task);
  void tell_spin(Task& task, Pausing pausing);
  void note_where_it_stands(const Task& task);
  [[nodiscard]] bool somebody_spins() const;
  [[nodiscard]] bool only_the_partner_polls() const;
  [[nodiscard]] std::optional<HeldTask::States> states_of(const Operation& operation) const;
  void note_changes(HeldTask& task, const Operation& operation,
                    const std::optional<HeldTask::States>& before);
  [[nodiscard]] std::optional<std::int64_t> ready_of(const Task& task, std::int64_t result) const;
  void note_look(Task& task, std::int64_t result, bool timed_out = false);
  [[nodiscard]] std::set<std::uint64_t> situations() const;
  [[nodiscard]] bool rounds_in_vain(TaskId next);
  void let_polls_go();
  [[nodiscard]] bool poll_in_vain(bool patience_is_over);
  [[nodiscard]] bool all_keep_pausing() const;
  void note_idling();
  void note_spinning();
  void tell_others(TaskId task);
  void tell_others(TaskId task, const Event& event);

  // take_stock.cc
  [[nodiscard]] Done finish();
  void note_waits();
  [[nodiscard]] Done note_left();
  void note_objects();

  /// What the time stamp counter says to a task now: nanoseconds, and no two readings the same.
  [[nodiscard]] std::uint64_t ticks(HeldTask& one) const {
    constexpr std::uint64_t kAtStart = 1'000'000'000;
    constexpr std::uint64_t kAReading = 1000;
    return kAtStart + static_cast<std::uint64_t>(machine_.now().count()) +
           kAReading * ++one.time_stamps;
  }

  [[nodiscard]] HeldTask& held(const Task& task) { return held_[task.id]; }
  [[nodiscard]] const HeldTask& held(const Task& task) const { return held_[task.id]; }

  HeldScenario& stage_;
  RunOptions options_;
  const Lessons known_;  ///< of earlier runs
  Trace trace_;
  ThreadLog thread_log_{trace_.logged, kMostLogged};
  Guest guest_;
  Machine machine_;
  std::deque<HeldTask> held_;
  std::vector<std::unique_ptr<Operation>> starts_;  ///< of tasks not started yet
  std::vector<Outside> outside_;                    ///< by the number of their timers
  TaskId last_ = kNoTask;
  std::optional<VirtualTime> first_start_;
  std::chrono::steady_clock::time_point next_memory_look_{};
  std::map<TaskId, std::uint32_t> ordinals_;  ///< calls that could fail, so far
  bool ended_ = false;
  std::deque<TaskId> going_;  ///< to be resumed
  VirtualTime idle_since_{};
  VirtualTime idled_{};   ///< while one of them was let look again and the others stood still
  std::size_t idle_ = 0;  ///< moments in a row at which only polls went on
  /// Of those who look without sleeping, while nobody does anything else.
  struct Rounds {
    std::size_t steps = 0;  ///< that all had made
    std::size_t count = 0;
    std::set<std::pair<TaskId, std::set<std::uint64_t>>> seen{};  ///< situations
  };
  Rounds rounds_;
  std::optional<VirtualTime> rested_;  ///< when their rounds led nowhere
  /// A task that was let look again while others could go on.
  struct Idling {
    TaskId task;
    VirtualTime since;                ///< the clock has not moved
    std::size_t steps = 0;            ///< of it, since then
    std::set<std::uint64_t> stood{};  ///< situations, since then
  };
  std::optional<Idling> idling_;
  std::size_t burnt_ = 0;
  std::size_t executed_ = 0;  ///< how often execve succeeded
  std::chrono::milliseconds burnt_besides_{};
  struct Moment {
    VirtualTime time;
    std::size_t events;
  };
  std::optional<Moment> programs_ended_;  ///< all of the scenario's own
  std::vector<Choice> choices_;           ///< at this moment
  struct TimeChoice {
    std::size_t choice;
    VirtualTime due;
  };
  std::vector<TimeChoice> times_;
};

}  // namespace ipcgrade
