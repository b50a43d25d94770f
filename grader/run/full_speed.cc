#include "run/full_speed.h"

#include <algorithm>
#include <chrono>

#include "sandbox/box.h"
#include "sandbox/files.h"
#include "trace/stopped.h"

namespace ipcgrade {
namespace {

using namespace std::chrono_literals;
using sandbox::Expected;
using Clock = std::chrono::steady_clock;

/// Between the moment that a start waits for and the start, in the box's time: in a fair run a
/// server that has just made its segment gets its turn before a client can be there.
constexpr auto kSettle = 100ms;
/// How often it is looked for that moment.
constexpr auto kLookPeriod = 1ms;
/// After the last program's end, what it left running may end by itself.
constexpr auto kGrace = 1s;

/// A start of the scenario, as far as it has come.
struct Pending {
  const Start* start = nullptr;
  std::size_t process = 0;                       ///< index into Trace::processes
  std::optional<std::chrono::milliseconds> due;  ///< by Box::elapsed()
  std::optional<int> command;                    ///< set once it is started
};

class Run {
 public:
  Run(const RunSpec& spec, const Scenario& scenario, sandbox::Box box)
      : spec_(spec), scenario_(scenario), box_(std::move(box)) {}

  Expected<Trace> go() {
    if (auto done = prepare(); !done) return std::unexpected(done.error());
    for (;;) {
      if (auto done = start_what_is_due(); !done) return std::unexpected(done.error());
      if (!box_.running() && (box_.cause() || !something_is_due())) break;
      if (auto done = box_.wait(waiting_for_a_moment() ? kLookPeriod : 1000ms); !done) {
        return std::unexpected(done.error());
      }
    }
    if (auto done = take_stock(); !done) return std::unexpected(done.error());
    return std::move(trace_);
  }

 private:
  Expected<void> prepare() {
    trace_.scenario = scenario_.id;
    for (const Program& program : spec_.programs) {
      if (auto placed = box_.place_program(program.name, program.bytes); !placed) return placed;
    }
    for (const GivenSegment& given : scenario_.given) {
      if (auto made = box_.give_segment(given.key, given.size); !made) return made;
    }
    for (const Start& start : scenario_.starts) {
      pending_.push_back({&start, trace_.processes.size(), std::nullopt, std::nullopt});
      trace_.processes.push_back({start.program, std::nullopt, "", ""});
    }
    box_.set_output_sink([this](int command, sandbox::Stream stream, std::string_view bytes) {
      ProcessRecord& process = trace_.processes[process_of(command)];
      (stream == sandbox::Stream::kOutput ? process.output : process.errors) += bytes;
    });
    return {};
  }

  [[nodiscard]] std::size_t process_of(int command) const {
    const auto found = std::ranges::find(pending_, std::optional(command), &Pending::command);
    return found->process;
  }

  [[nodiscard]] bool waiting_for_a_moment() const {
    return std::ranges::any_of(pending_, [](const Pending& one) { return !one.command; });
  }
  [[nodiscard]] bool nothing_started() const {
    return std::ranges::none_of(pending_,
                                [](const Pending& one) { return one.command.has_value(); });
  }
  [[nodiscard]] bool something_is_due() const {
    return std::ranges::any_of(pending_,
                               [](const Pending& one) { return one.due && !one.command; });
  }

  Expected<bool> holds(const Condition& condition) {
    if (const auto* ended = std::get_if<ProgramEnded>(&condition)) {
      return std::ranges::any_of(pending_, [&](const Pending& one) {
        return one.start->program == ended->program && one.command &&
               box_.command(*one.command).end;
      });
    }
    const auto& wanted = std::get<SegmentExists>(condition);
    auto segments = box_.segments();
    if (!segments) return std::unexpected(segments.error());
    for (const sandbox::SysvSegment& segment : *segments) {
      if (std::ranges::find(trace_.seen_segments, segment.id, &sandbox::SysvSegment::id) ==
          trace_.seen_segments.end()) {
        trace_.seen_segments.push_back(segment);
      }
    }
    return std::ranges::any_of(*segments, [&](const sandbox::SysvSegment& segment) {
      return segment.key == wanted.key && segment.size >= wanted.min_size && !segment.removed &&
             (!wanted.attached || segment.attached > 0);
    });
  }

  Expected<void> start_what_is_due() {
    if (box_.cause()) return {};
    for (Pending& one : pending_) {
      if (one.command) continue;
      if (!one.due && one.start->when.empty()) one.due = box_.elapsed();
      for (std::size_t i = 0; i < one.start->when.size() && !one.due; ++i) {
        auto held = holds(one.start->when[i]);
        if (!held) return std::unexpected(held.error());
        // The box's time begins with the first start.
        if (*held) one.due = box_.elapsed() + (nothing_started() ? 0ms : kSettle);
      }
      if (!one.due || box_.elapsed() < *one.due) continue;
      if (auto started = start(one); !started) return started;
    }
    return {};
  }

  Expected<void> start(Pending& one) {
    sandbox::Command command;
    command.path = "/programs/" + one.start->program;
    command.arguments = {command.path};
    command.arguments.insert(command.arguments.end(), one.start->arguments.begin(),
                             one.start->arguments.end());
    command.environment = {"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/work", "LANG=C.UTF-8",
                           // A Makefile may ask for sanitizers; the leak check would need ptrace.
                           "ASAN_OPTIONS=detect_leaks=0", "LSAN_OPTIONS=detect_leaks=0"};
    auto input = sandbox::input_with(one.start->input);
    if (!input) return std::unexpected(input.error());
    command.input = std::move(*input);
    auto started = box_.start(std::move(command));
    if (!started) return std::unexpected(started.error());
    one.command = *started;
    return {};
  }

  /// An error where it was not the program's fault, nor a limit's, that it could not be started.
  [[nodiscard]] Expected<void> own_failure(const ProcessRecord& process) const {
    if (!process.end || box_.cause()) return {};
    const auto* not_started = std::get_if<sandbox::NotStarted>(&*process.end);
    if (not_started == nullptr || not_started->own_fault) return {};
    return std::unexpected(sandbox::Error{"start " + process.program + ": " + not_started->step,
                                          not_started->error_number});
  }

  /// What is left when the programs have ended.
  Expected<void> take_stock() {
    const auto deadline = Clock::now() + kGrace;
    std::vector<sandbox::LiveProcess> alive;
    while (!box_.cause()) {
      auto listing = box_.list();
      if (!listing) return std::unexpected(listing.error());
      alive = std::move(listing->processes);
      if (alive.empty() || Clock::now() > deadline) break;
      if (auto done = box_.wait(10ms); !done) return done;
    }
    if (auto done = box_.end_all(); !done) return done;
    auto listing = box_.list();
    if (!listing) return std::unexpected(listing.error());
    trace_.left = std::move(*listing);
    trace_.left.processes = std::move(alive);
    trace_.unreaped = box_.orphans();
    for (const Pending& one : pending_) {
      if (one.command) trace_.processes[one.process].end = box_.command(*one.command).end;
      if (auto ours = own_failure(trace_.processes[one.process]); !ours) return ours;
    }
    trace_.stopped = box_.cause();
    if (trace_.stopped && trace_.stopped->command) {
      trace_.stopped->command = static_cast<int>(process_of(*trace_.stopped->command));
    }
    return {};
  }

  const RunSpec& spec_;
  const Scenario& scenario_;
  sandbox::Box box_;
  std::vector<Pending> pending_;
  Trace trace_;
};

}  // namespace

Expected<Trace> run_at_full_speed(const RunSpec& spec, const Scenario& scenario,
                                  std::optional<sandbox::Isolation>& isolation) {
  sandbox::Limits limits = spec.assignment.limits;
  limits.wall = scenario.wall;
  auto box = sandbox::Box::open(spec.host, {spec.policy, limits, spec.stop});
  if (!box) return std::unexpected(box.error());
  isolation = box->isolation();
  Run run(spec, scenario, std::move(*box));
  auto trace = run.go();
  if (!trace) return std::unexpected(trace.error().within("run the scenario " + scenario.id));
  return trace;
}

bool decides(const Trace& full_speed) {
  return full_speed.stopped && !stopped_at(sandbox::LimitKind::kWallTime, full_speed) &&
         !stopped_at(sandbox::LimitKind::kCpuTime, full_speed);
}

}  // namespace ipcgrade
