#include "report/replay_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <tuple>
#include <utility>

#include "detect/tell.h"
#include "report/escape.h"

namespace ipcgrade {
namespace {

constexpr std::size_t kMostValues = 5;
constexpr int kAround = 2;  // lines of source above and below, where there is room

constexpr std::string_view kBold = "1";
constexpr std::string_view kDim = "2";
constexpr std::string_view kHere = "1;33";

/// Bytes that were read or written, and what they held then.
struct Value {
  Touch bytes;
  std::int64_t value = 0;
  TaskId by = kNoTask;
  bool written = false;
};

/// One screen.
class Screen {
 public:
  Screen(const Trace& trace, const ReplayViewOptions& options, const std::vector<RunStep>& steps,
         std::size_t step)
      : trace_(trace), options_(options), steps_(steps), step_(step) {}

  std::string write() {
    const Event& now = event_of(step_);
    const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(now.at).count();
    line(fmt::format("step {} of {}, {}.{:06} s", step_ + 1, steps_.size(), micros / 1'000'000,
                     micros % 1'000'000),
         kBold);
    const std::string name = who(trace_, now);
    line(fmt::format("{}{}", name.empty() ? "" : sentence(name) + ": ",
                     shown_step(steps_[step_].text, kSentenceCap)),
         kHere);
    const std::vector<TaskId> tasks = tasks_to_show();
    const std::vector<std::string> values = values_text();
    // What is left for the sources: the first line of each task, the values, and the last line.
    const int fixed = 2 + 2 * static_cast<int>(tasks.size()) + static_cast<int>(values.size()) + 3;
    const int room = (options_.height - fixed) / std::max(1, static_cast<int>(tasks.size()));
    const int around = std::clamp((room - 1) / 2, 0, kAround);
    for (const TaskId task : tasks) write_task(task, room > 0 ? around : -1);
    if (!values.empty()) {
      line("");
      for (const std::string& value : values) line(value);
    }
    finish();
    return std::move(text_);
  }

 private:
  [[nodiscard]] const Event& event_of(std::size_t step) const {
    return trace_.events[steps_[step].event];
  }

  void line(std::string_view shown, std::string_view style = "") {
    if (lines_ + 2 >= options_.height) return;
    ++lines_;
    const auto width = static_cast<std::size_t>(std::max(options_.width - 1, 20));
    const std::string cut = chopped(shown, width).front();
    text_ += options_.color && !style.empty() ? fmt::format("\x1b[{}m{}\x1b[0m", style, cut) : cut;
    text_ += '\n';
  }

  /// The keys, at the bottom.
  void finish() {
    const auto width = static_cast<std::size_t>(std::max(options_.width - 1, 20));
    text_ += '\n';
    const std::string keys =
        chopped("n next  p back  s next switch  g first  G last  q quit", width).front();
    text_ += options_.color ? fmt::format("\x1b[{}m{}\x1b[0m\n", kDim, keys) : keys + "\n";
  }

  /// Those that have begun, the one of this step first, then those that did something last.
  [[nodiscard]] std::vector<TaskId> tasks_to_show() const {
    std::vector<TaskId> tasks;
    for (std::size_t i = step_ + 1; i-- > 0;) {
      const TaskId task = event_of(i).task;
      if (task != kNoTask && std::ranges::find(tasks, task) == tasks.end()) tasks.push_back(task);
    }
    // One that has ended says nothing any more, while there are others.
    std::ranges::stable_partition(tasks, [&](TaskId task) { return !has_ended(task); });
    const auto most = static_cast<std::size_t>(std::max(1, (options_.height - 8) / 3));
    if (tasks.size() > most) tasks.resize(most);
    const TaskId now = event_of(step_).task;
    std::ranges::stable_partition(tasks, [&](TaskId task) { return task == now; });
    return tasks;
  }

  [[nodiscard]] std::optional<std::size_t> next_of(TaskId task) const {
    for (std::size_t i = step_ + 1; i < steps_.size(); ++i) {
      if (event_of(i).task == task) return i;
    }
    return std::nullopt;
  }
  [[nodiscard]] std::optional<std::size_t> last_of(TaskId task) const {
    for (std::size_t i = step_ + 1; i-- > 0;) {
      if (event_of(i).task == task) return i;
    }
    return std::nullopt;
  }

  [[nodiscard]] bool has_ended(TaskId task) const {
    const auto last = last_of(task);
    if (!last) return false;
    const EventKind kind = event_of(*last).kind;
    return kind == EventKind::kExit || kind == EventKind::kGone;
  }

  /// Where it stands, and what it does there.
  void write_task(TaskId task, int around) {
    const std::string name = sentence(trace_.tasks[task].name);
    line("");
    if (task == event_of(step_).task) {
      write_place(name + " did this", event_of(step_).place, around);
      return;
    }
    if (has_ended(task)) return line(name + " has ended", kDim);
    const auto last = last_of(task);
    const bool waits = last && event_of(*last).kind == EventKind::kWaitBegins;
    if (waits) {
      const std::string what = shown_step(steps_[*last].text, kSentenceCap);
      return write_place(fmt::format("{} waits: {}", name, what), event_of(*last).place, around);
    }
    if (const auto next = next_of(task)) {
      return write_place(fmt::format("{} comes next to", name), event_of(*next).place, around);
    }
    const TaskRecord& record = trace_.tasks[task];
    write_place(record.waits_for.empty() ? name + " does nothing more"
                                         : fmt::format("{} {}", name, sentence(record.waits_for)),
                record.waits_at, around);
  }

  void write_place(const std::string& what, std::uint32_t place, int around) {
    const std::string at = sentence(where(trace_, place));
    line(at.empty() ? what : fmt::format("{}  {}", what, at), kBold);
    if (around < 0 || at.empty() || !options_.source_line) return;
    const Place& here = trace_.places[place];
    for (int number = std::max(1, here.line - around); number <= here.line + around; ++number) {
      const auto source = options_.source_line({.program = {},
                                                .process = {},
                                                .file = here.file,
                                                .line = number,
                                                .function = {},
                                                .callers = {}});
      if (!source) continue;
      const bool is_here = number == here.line;
      line(fmt::format("  {}{:5}  {}", is_here ? '>' : ' ', number,
                       visible_c(*source, kSentenceCap)),
           is_here ? kHere : "");
    }
  }

  /// What memory that tasks share held last, the latest first.
  [[nodiscard]] std::vector<std::string> values_text() const {
    std::vector<Value> values;
    for (std::size_t i = step_ + 1; i-- > 0 && values.size() < kMostValues;) {
      const Event& event = event_of(i);
      const Touch* const touch =
          event.kind == EventKind::kAccess ? memory_touch(trace_, event) : nullptr;
      if (touch == nullptr || touch->end - touch->begin > 8) continue;
      const bool is_known = std::ranges::any_of(values, [&](const Value& one) {
        return one.bytes.object == touch->object && one.bytes.begin == touch->begin;
      });
      // A read-modify-write has read what is told of it.
      if (!is_known)
        values.push_back({*touch, event.result, event.task, event.writes && !event.reads});
    }
    std::vector<std::string> lines;
    for (const Value& one : values) {
      const std::uint64_t size = one.bytes.end - one.bytes.begin;
      lines.push_back(fmt::format("  {}: {}, {} by {}", sentence(bytes_text(trace_, one.bytes)),
                                  value_text(one.value, size), one.written ? "written" : "read",
                                  sentence(trace_.tasks[one.by].name)));
    }
    return lines;
  }

  const Trace& trace_;
  const ReplayViewOptions& options_;
  const std::vector<RunStep>& steps_;
  std::size_t step_;
  int lines_ = 0;
  std::string text_;
};

}  // namespace

ReplayView::ReplayView(const Trace& trace, ReplayViewOptions options)
    : trace_(trace), options_(std::move(options)), steps_(run_steps(trace)) {}

std::size_t ReplayView::next_switch(std::size_t step) const {
  const TaskId task = trace_.events[steps_[step].event].task;
  while (step + 1 < steps_.size()) {
    ++step;
    if (trace_.events[steps_[step].event].task != task) break;
  }
  return step;
}

std::string ReplayView::screen(std::size_t step) const {
  return defuse(Screen(trace_, options_, steps_, step).write());
}

}  // namespace ipcgrade
