#include "report/chrome_trace.h"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <vector>

#include "report/escape.h"
#include "report/run_steps.h"
#include "report/text.h"

namespace ipcgrade {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint64_t kStep = 1000;  // microseconds, as the format has it
constexpr std::uint64_t kSlice = 800;  // of them, for a step that waits for nobody

class ChromeTrace {
 public:
  explicit ChromeTrace(const Trace& trace) : trace_(trace), steps_(run_steps(trace)) {}

  Json write() {
    name_tracks();
    find_ends();
    for (std::size_t i = 0; i < steps_.size(); ++i) number_of_[steps_[i].event] = i;
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      write_slice(i);
      write_arrows(i);
    }
    return {{"traceEvents", std::move(events_)}, {"displayTimeUnit", "ms"}};
  }

 private:
  /// The first task of its process, and the task itself: as tracks are told apart.
  [[nodiscard]] Json track(TaskId task) const {
    // What is nobody's has a track of its own, behind all others.
    if (task == kNoTask) return {{"pid", trace_.tasks.size() + 1}, {"tid", 0}};
    const TaskId leader = trace_.tasks[task].leader;
    return {{"pid", (leader == kNoTask ? task : leader) + 1}, {"tid", task + 1}};
  }

  [[nodiscard]] Json event(const char* phase, TaskId task) const {
    Json json{{"ph", phase}};
    json.update(track(task));
    return json;
  }

  void name_tracks() {
    const auto name = [this](const char* what, TaskId task, const std::string& text) {
      Json json = event("M", task);
      json["name"] = what;
      json["args"] = {{"name", sentence(text)}};
      events_.push_back(std::move(json));
    };
    for (const TaskId task : task_ids(trace_)) {
      const TaskRecord& record = trace_.tasks[task];
      if (record.leader == task || record.leader == kNoTask) {
        name("process_name", task, record.name);
      }
      name("thread_name", task, record.name);
    }
    name("process_name", kNoTask, "from outside");
  }

  /// A step that begins to wait lasts until its task goes on.
  void find_ends() {
    std::map<TaskId, std::size_t> last;
    ends_.resize(steps_.size());
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      ends_[i] = i * kStep + kSlice;
      const TaskId task = trace_.events[steps_[i].event].task;
      if (const auto before = last.find(task); before != last.end() && waits(before->second)) {
        ends_[before->second] = i * kStep;
      }
      last[task] = i;
    }
    for (const auto& [task, step] : last) {
      if (waits(step)) ends_[step] = steps_.size() * kStep;
    }
  }
  [[nodiscard]] bool waits(std::size_t step) const {
    return trace_.events[steps_[step].event].kind == EventKind::kWaitBegins;
  }

  void write_slice(std::size_t step) {
    const Event& done = trace_.events[steps_[step].event];
    Json json = event("X", done.task);
    json["name"] = shown_step(steps_[step].text, kSentenceCap);
    json["ts"] = step * kStep;
    json["dur"] = ends_[step] - step * kStep;
    json["args"] = {{"step", steps_[step].event + 1},
                    {"where", sentence(where(trace_, done.place))},
                    {"virtual time in ns", done.at.count()}};
    events_.push_back(std::move(json));
  }

  void write_arrows(std::size_t step) {
    const Event& to = trace_.events[steps_[step].event];
    for (const EventId before : after_of(trace_, to)) {
      const auto from = number_of_.find(before);
      if (from == number_of_.end() || trace_.events[before].task == to.task) continue;
      ++arrows_;
      for (const bool begins : {true, false}) {
        Json json = event(begins ? "s" : "f", begins ? trace_.events[before].task : to.task);
        json["id"] = arrows_;
        json["name"] = json["cat"] = "comes after";
        json["ts"] = begins ? from->second * kStep + kSlice / 2 : step * kStep + kSlice / 4;
        if (!begins) json["bp"] = "e";
        events_.push_back(std::move(json));
      }
    }
  }

  const Trace& trace_;
  std::vector<RunStep> steps_;
  std::map<EventId, std::size_t> number_of_;  ///< the step of an event
  std::vector<std::uint64_t> ends_;           ///< of the steps, in microseconds
  Json events_ = Json::array();
  std::size_t arrows_ = 0;
};

}  // namespace

std::string chrome_trace(const Trace& trace) {
  return defuse_json(ChromeTrace(trace).write().dump(-1, ' ', /*ensure_ascii=*/true)) + "\n";
}

}  // namespace ipcgrade
