#include "detect/story.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <span>
#include <string>
#include <tuple>

#include "detect/tell.h"

namespace ipcgrade {
namespace {

constexpr std::size_t kMostSteps = 12;
constexpr std::size_t kMostWaits = 4;
/// How far back from its first event a story looks for what led there.
constexpr EventId kFarthest = 20'000;
constexpr int kWorthTelling = 30;
constexpr int kOwnWorth = 80;  ///< of what is told however often it happens

class Story {
 public:
  Story(const Trace& trace, std::vector<EventId> keys, StoryEnd end)
      : trace_(trace), keys_(std::move(keys)), end_(end) {
    std::ranges::sort(keys_);
    keys_.erase(std::ranges::unique(keys_).begin(), keys_.end());
    std::erase_if(keys_, [&](EventId id) { return id >= trace_.events.size(); });
    last_ = end_ == StoryEnd::kWaits || keys_.empty() ? static_cast<EventId>(trace_.events.size())
                                                      : keys_.back() + 1;
    const EventId first = keys_.empty() ? last_ : keys_.front();
    begin_ = first > kFarthest ? first - kFarthest : 0;
  }

  std::vector<StoryStep> tell() {
    const std::size_t waits = count_waits();
    const std::size_t room = kMostSteps - waits;
    const std::vector<EventId> ranked = rank();
    // Folds take room, too: as many events as fit with them.
    for (std::size_t count = std::min(room, ranked.size()); count > 0; --count) {
      shown_.assign(ranked.begin(), ranked.begin() + static_cast<std::ptrdiff_t>(count));
      std::ranges::sort(shown_);
      if (shown_.size() + count_folds() <= room || count <= keys_.size()) break;
    }
    if (ranked.empty()) shown_.clear();
    write_events();
    if (waits > 0) write_waits();
    return std::move(steps_);
  }

 private:
  [[nodiscard]] std::size_t count_waits() const {
    if (end_ != StoryEnd::kWaits) return 0;
    const auto waits = std::ranges::count_if(
        trace_.tasks, [](const TaskRecord& task) { return !task.waits_for.empty(); });
    return std::min(static_cast<std::size_t>(waits), kMostWaits);
  }

  /// An event that begins what its decision chose, against the default order.
  [[nodiscard]] bool deviates(EventId id) const {
    const Event& event = trace_.events[id];
    if (event.decision >= trace_.decisions.size()) return false;
    const Decision& decision = trace_.decisions[event.decision];
    if (decision.taken == decision.usual) return false;
    return id == 0 || trace_.events[id - 1].decision != event.decision;
  }

  [[nodiscard]] int weight(EventId id) const {
    const Event& event = trace_.events[id];
    if (std::ranges::binary_search(keys_, id)) return 100;
    switch (event.kind) {
      case EventKind::kCrash:
      case EventKind::kUnsafeCall:
      case EventKind::kSpin:
        return 85;
      case EventKind::kSignal:
      case EventKind::kTimer:
        return 60;
      case EventKind::kWaitBegins:
        return 45;
      case EventKind::kExit:
        return 35;
      case EventKind::kStart:
        return deviates(id) ? 80 : 30;
      default:
        break;
    }
    if (event.injected) return 90;
    if (deviates(id)) return 80;
    const bool switched = id > 0 && trace_.events[id - 1].task != event.task;
    const bool left = id + 1 < last_ && trace_.events[id + 1].task != event.task;
    if (event.after_count > 0) return 55;
    return switched || left ? 50 : 1;
  }

  /// The best first; of equals the later: it is nearer to what the story is about.
  [[nodiscard]] std::vector<EventId> rank() const {
    std::vector<std::pair<int, EventId>> all;
    std::map<std::tuple<TaskId, EventKind, std::uint64_t>, int> times;
    for (EventId id = last_; id > begin_;) {
      const Event& event = trace_.events[--id];
      const int worth = weight(id);
      if (worth < kWorthTelling) continue;
      // Who goes round in a loop is told of twice.
      const bool again = event.instruction != 0 && worth < kOwnWorth &&
                         ++times[{event.task, event.kind, event.instruction}] > 2;
      if (!again) all.emplace_back(worth, id);
    }
    const std::size_t most = std::min(all.size(), kMostSteps + keys_.size());
    std::ranges::partial_sort(all, all.begin() + static_cast<std::ptrdiff_t>(most),
                              std::ranges::greater{});
    std::vector<EventId> ranked;
    for (std::size_t i = 0; i < most; ++i) ranked.push_back(all[i].second);
    return ranked;
  }

  [[nodiscard]] std::size_t count_folds() const {
    std::size_t folds = 0;
    EventId next = 0;
    for (const EventId id : shown_) {
      if (id > next) ++folds;
      next = id + 1;
    }
    if (next < last_ && end_ == StoryEnd::kWaits) ++folds;
    return folds;
  }

  void write_events() {
    EventId next = 0;
    for (const EventId id : shown_) {
      fold(next, id);
      write(id);
      next = id + 1;
    }
    if (end_ == StoryEnd::kWaits) fold(next, last_);
  }

  void write(EventId id) {
    const Event& event = trace_.events[id];
    add(location_of(trace_, event), event_text(trace_, event));
  }

  /// "… 24 more writes by server"; a single step is told itself.
  void fold(EventId begin, EventId end) {
    if (begin >= end) return;
    if (end - begin == 1) return write(begin);
    const std::span<const Event> folded = std::span(trace_.events).subspan(begin, end - begin);
    const Event& first = folded.front();
    const bool one_word = std::ranges::all_of(
        folded, [&](const Event& event) { return word_for(event) == word_for(first); });
    const bool one_task =
        std::ranges::all_of(folded, [&](const Event& event) { return event.task == first.task; });
    std::string text =
        fmt::format("… {} more {}", folded.size(), one_word ? word_for(first) : "steps");
    if (one_task) text += " by " + process_of(trace_, first.task);
    add({}, std::move(text));
  }

  static std::string_view word_for(const Event& event) {
    if (event.kind == EventKind::kAccess) {
      return event.writes ? event.reads ? "changes" : "writes" : "reads";
    }
    return event.kind == EventKind::kCall ? "calls" : "steps";
  }

  void write_waits() {
    std::size_t written = 0;
    for (const TaskId id : task_ids(trace_)) {
      const TaskRecord& task = trace_.tasks[id];
      if (task.waits_for.empty()) continue;
      add(location_of(trace_, id, task.waits_at), "waits for ever: " + task.waits_for);
      if (++written == kMostWaits) return;
    }
  }

  void add(const Location& location, std::string text) {
    StoryStep step;
    step.step = static_cast<int>(steps_.size()) + 1;
    step.process = location.process;
    step.file = location.file;
    step.line = location.line;
    step.text = std::move(text);
    steps_.push_back(std::move(step));
  }

  const Trace& trace_;
  std::vector<EventId> keys_;
  StoryEnd end_;
  EventId begin_ = 0, last_ = 0;
  std::vector<EventId> shown_;
  std::vector<StoryStep> steps_;
};

}  // namespace

std::vector<StoryStep> tell_story(const Trace& trace, std::vector<EventId> keys, StoryEnd end) {
  return Story(trace, std::move(keys), end).tell();
}

}  // namespace ipcgrade
