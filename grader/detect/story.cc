#include "detect/story.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <map>
#include <optional>
#include <ranges>
#include <set>
#include <span>
#include <string>
#include <tuple>

#include "detect/happens_before.h"
#include "detect/tell.h"

namespace ipcgrade {
namespace {

constexpr std::size_t kMostSteps = 12;
constexpr std::size_t kMostWaits = 4;
/// How far back from its first event a story looks for what led there.
constexpr EventId kFarthest = 20'000;
constexpr int kWorthTelling = 30;
constexpr std::size_t kFewSteps = 6;  ///< a story of fewer takes in what else its tasks called last
constexpr int kLessAgain = 4;         ///< of what is told a second time
constexpr int kOwnWorth = 80;         ///< of what is told however often it happens

/// Of the calls that sem_open makes, all but those that say whether the name is there, and that it
/// is from now on; of perror's, all but the one that says it.
bool is_aside(const Trace& trace, const Event& event) {
  if (event.place >= trace.places.size() || event.injected) return false;
  const std::string_view inside = trace.places[event.place].inside;
  const std::string_view call = call_of(trace, event);
  return (inside == "sem_open" && !call.starts_with("open") && !call.starts_with("link")) ||
         (inside == "perror" && !call.starts_with("write"));
}

/// What the C library does for itself, at a line where a student sees another call or none; and
/// what the kernel does.
bool is_of_library(const Trace& trace, const Event& event) {
  constexpr std::array<std::string_view, 3> kNames{"set_robust_list", "rseq", "getrandom"};
  if (event.kind == EventKind::kGone) return true;
  if (event.kind != EventKind::kCall) return false;
  if (text_of(trace, event).empty() || is_aside(trace, event)) return true;
  const std::string_view call = call_of(trace, event);
  const bool wakes_nobody =
      call == "futex" && event.result == 0 && text_of(trace, event).contains("_WAKE");
  return wakes_nobody || std::ranges::find(kNames, call) != kNames.end();
}

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
    find_deviations();
    find_what_matters();
    find_hand_overs();
    find_makers();
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
    find_what_orders();
    return std::move(steps_);
  }

 private:
  [[nodiscard]] std::size_t count_waits() const {
    if (end_ != StoryEnd::kWaits) return 0;
    const auto waits = std::ranges::count_if(
        trace_.tasks, [](const TaskRecord& task) { return !task.waits_for.empty(); });
    return std::min(static_cast<std::size_t>(waits), kMostWaits);
  }

  /// Events that begin what their decision chose, against the default order; or come next of the
  /// same task, where that one is the library's own affair.
  void find_deviations() {
    std::set<TaskId> owed;
    for (EventId id = begin_; id < last_; ++id) {
      const Event& event = trace_.events[id];
      if (ipcgrade::deviates(trace_, id)) owed.insert(event.task);
      if (owed.contains(event.task) && !is_of_library(trace_, event)) {
        owed.erase(event.task);
        deviations_.insert(id);
      }
    }
  }
  [[nodiscard]] bool deviates(EventId id) const { return deviations_.contains(id); }

  /// What the keys touch, and what those who wait at the end wait for. An end touches all that its
  /// process holds, and says nothing by that.
  void find_what_matters() {
    for (const EventId id : keys_) {
      const Event& key = trace_.events[id];
      if (key.kind != EventKind::kExit) add_what_matters(key.task, touches_of(trace_, key));
    }
    if (end_ != StoryEnd::kWaits) return;
    for (const TaskId task : task_ids(trace_)) {
      const auto touches = stands_at(trace_, task);
      add_what_matters(task, touches, false);
      if (!is_shown()) continue;
      if (const auto last = last_of_own(task, touches)) begins_.insert(*last);
    }
  }
  /// What a task did last to that before it stood there: the write that filled a pipe.
  [[nodiscard]] std::optional<EventId> last_of_own(TaskId task,
                                                   std::span<const Touch> touches) const {
    for (EventId id = last_; id > begin_;) {
      const Event& event = trace_.events[--id];
      const bool did = event.task == task && event.kind == EventKind::kCall && event.result > 0;
      if (did && conflict(touches_of(trace_, event), touches)) return id;
    }
    return std::nullopt;
  }
  /// `memory`: what lies in it, too; of a wait that would be the bytes of a library's object.
  void add_what_matters(TaskId task, std::span<const Touch> touches, bool memory = true) {
    for (const Touch& touch : touches) {
      if (touch.object >= trace_.objects.size()) continue;
      const ObjectKind kind = trace_.objects[touch.object].kind;
      if (kind == ObjectKind::kClock || (kind == ObjectKind::kMemory && !memory)) continue;
      const std::pair one{task, touch};
      if (std::ranges::find(matter_, one) == matter_.end()) matter_.push_back(one);
    }
  }
  /// Whether it has to do with that, and is another task's.
  [[nodiscard]] bool matters(const Event& event) const {
    const auto touches = touches_of(trace_, event);
    return std::ranges::any_of(matter_, [&](const auto& one) {
      return one.first != event.task && conflict(touches, std::span(&one.second, 1));
    });
  }

  /// Nobody is shown a run whose places were not looked up, and there are many of those.
  [[nodiscard]] bool is_shown() const { return trace_.places.size() > 1; }

  /// What others go on after: told where they are, so that nothing else is taken for the cause.
  /// That an object was made says less than what is done with it.
  void find_hand_overs() {
    if (!is_shown()) return;
    for (EventId id = begin_; id < last_; ++id) {
      for (const EventId before : after_of(trace_, trace_.events[id])) {
        const Event& source = trace_.events[before];
        if (source.task == trace_.events[id].task) continue;
        const std::string_view call = call_of(trace_, source);
        const bool makes = call.ends_with("get") || call.contains("open");
        if (!makes) hands_over_.insert({before, id});
      }
    }
  }

  /// The forks of those that it is about.
  void find_makers() {
    if (!is_shown()) return;
    const auto is_about = [&](TaskId task) {
      return std::ranges::any_of(keys_,
                                 [&](EventId key) { return trace_.events[key].task == task; }) ||
             (end_ == StoryEnd::kWaits && !trace_.tasks[task].waits_for.empty());
    };
    for (const TaskId task : task_ids(trace_)) {
      if (trace_.tasks[task].made_by != kNoEvent && is_about(task)) {
        makes_.insert(trace_.tasks[task].made_by);
      }
    }
  }

  [[nodiscard]] bool began_to_wait(TaskId task) const {
    if (task >= trace_.tasks.size()) return false;
    const std::string& what = trace_.tasks[task].waits_for;
    return !what.empty() && !what.contains("looks again and again");
  }

  /// A call of one that it is about, which said that it could not be done.
  [[nodiscard]] bool fails(const Event& event) const {
    const bool failed = event.kind == EventKind::kCall && event.result < 0 &&
                        event.result != -EINTR && event.result != -EAGAIN;
    return failed && std::ranges::any_of(
                         keys_, [&](EventId key) { return trace_.events[key].task == event.task; });
  }

  [[nodiscard]] bool is_call_of_key(const Event& event) const {
    return event.kind == EventKind::kCall && event.place != 0 && !is_of_library(trace_, event) &&
           std::ranges::any_of(keys_,
                               [&](EventId key) { return trace_.events[key].task == event.task; });
  }

  /// The pipe, which others know by the numbers that its call gave.
  [[nodiscard]] bool makes_what_matters(const Event& event) const {
    if (event.kind != EventKind::kCall || !call_of(trace_, event).starts_with("pipe")) return false;
    return std::ranges::any_of(touches_of(trace_, event), [&](const Touch& touch) {
      return touch.object < trace_.objects.size() &&
             trace_.objects[touch.object].kind == ObjectKind::kPipe &&
             std::ranges::any_of(
                 matter_, [&](const auto& one) { return one.second.object == touch.object; });
    });
  }

  [[nodiscard]] int weight(EventId id) const {
    const Event& event = trace_.events[id];
    if (std::ranges::binary_search(keys_, id)) return 100;
    if (event.injected) return 90;
    switch (event.kind) {
      case EventKind::kCrash:
      case EventKind::kUnsafeCall:
        return 85;
      case EventKind::kSpin:
        // Who looked a few times before it began to wait does not look in vain.
        return end_ == StoryEnd::kWaits && began_to_wait(event.task) ? 1 : 85;
      case EventKind::kSignal:
        // On top of another's handler, or in its midst, is where it is least expected.
        return event.depth > 0 ? 82 : 60;
      case EventKind::kTimer:
        return 60;
      case EventKind::kWaitBegins:
        return 45;
      case EventKind::kExit:
        // With a process all its threads end, wherever they are.
        return trace_.tasks[event.task].leader == event.task ? 58 : 35;
      case EventKind::kStart:
        return deviates(id) ? 80 : 30;
      default:
        break;
    }
    if (is_of_library(trace_, event)) return 1;
    if (deviates(id)) return 80;
    if (fails(event)) return 58;
    const std::string_view call =
        event.kind == EventKind::kCall ? call_of(trace_, event) : std::string_view();
    const bool lets_go = call == "shmdt" || call == "munmap";  // of memory: nobody sees that
    if (!lets_go && (matters(event) || begins_.contains(id))) return 57;
    if (makes_what_matters(event) || makes_.contains(id)) return 56;
    const bool switched = id > 0 && trace_.events[id - 1].task != event.task;
    const bool left = id + 1 < last_ && trace_.events[id + 1].task != event.task;
    if (hands_over_.contains(id)) return 55;
    if (event.after_count > 0) return 52;
    return switched || left ? 50 : 1;
  }

  /// The best first; of equals the later: it is nearer to what the story is about.
  [[nodiscard]] std::vector<EventId> rank() const {
    std::vector<std::pair<int, EventId>> all;
    std::map<std::tuple<TaskId, EventKind, std::uint64_t>, int> times;
    std::vector<EventId> spare;
    for (EventId id = last_; id > begin_;) {
      const Event& event = trace_.events[--id];
      const int worth = weight(id);
      if (worth < kWorthTelling) {
        if (spare.size() < kFewSteps && is_call_of_key(event)) spare.push_back(id);
        continue;
      }
      // Who goes round in a loop is told of twice.
      // A call's instruction is the C library's.
      const bool is_told = event.kind == EventKind::kCall && event.place != 0;
      const std::uint64_t where = is_told ? event.place : event.instruction;
      const int told =
          where != 0 && worth < kOwnWorth ? times[{event.task, event.kind, where}]++ : 0;
      if (told < 2) all.emplace_back(worth - told * kLessAgain, id);
    }
    for (const EventId id : spare) {
      if (all.size() < kFewSteps) all.emplace_back(0, id);
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
    StoryStep& step = add(location_of(trace_, event), event_text(trace_, event) + stall_text(id));
    step.event = id;
    step.is_key = std::ranges::binary_search(keys_, id);
  }

  /// Of a time that is over: who could have gone on, and stood still for so long.
  [[nodiscard]] std::string stall_text(EventId id) const {
    constexpr VirtualTime kWorthTellingFrom = std::chrono::milliseconds(5);
    const Decision* decision = begun_by(trace_, id);
    const Choice* taken = decision == nullptr ? nullptr : taken_choice(trace_, *decision);
    if (taken == nullptr || taken->stall < kWorthTellingFrom) return "";
    const TaskId other = passed_over(trace_, *decision);
    if (other == kNoTask || other >= trace_.tasks.size()) return "";
    return fmt::format(", while {} stands still for {}", process_of(trace_, other),
                       seconds_text(taken->stall));
  }

  /// Which of the steps orders another, one of another process: what lies between them and is not
  /// told is not their doing.
  void find_what_orders() {
    if (!is_shown()) return;
    const std::size_t count = steps_.size();
    std::vector<std::vector<bool>> before(count, std::vector<bool>(count));
    HappensBefore order(trace_);
    EventId next = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const EventId event = steps_[i].event;
      if (event == kNoEvent) continue;
      for (; next < event; ++next) {
        order.enter(next);
        order.leave(next);
      }
      order.enter(event);
      const TaskId task = order.task_of(trace_.events[event]);
      for (std::size_t earlier = 0; earlier < i; ++earlier) {
        if (steps_[earlier].event == kNoEvent) continue;
        before[earlier][i] = order.before(steps_[earlier].event, task);
      }
      order.leave(next++);
    }
    for (std::size_t later = 0; later < count; ++later) {
      for (std::size_t earlier = 0; earlier < later; ++earlier) {
        if (!before[earlier][later] || steps_[earlier].process == steps_[later].process) continue;
        const auto between = std::views::iota(earlier + 1, later);
        const bool follows = std::ranges::any_of(
            between, [&](std::size_t one) { return before[earlier][one] && before[one][later]; });
        if (!follows && hands_to(steps_[earlier].event, steps_[later].event)) {
          steps_[later].after.push_back(steps_[earlier].step);
        }
      }
    }
  }

  /// Whether it is by that very step that the other comes later: by what it gives, or by what it
  /// writes for the other to see.
  [[nodiscard]] bool hands_to(EventId earlier, EventId later) const {
    const Event& from = trace_.events[earlier];
    const Event& to = trace_.events[later];
    if (std::ranges::find(after_of(trace_, to), earlier) != after_of(trace_, to).end()) return true;
    return from.kind == EventKind::kAccess && to.kind == EventKind::kAccess &&
           conflict(touches_of(trace_, from), touches_of(trace_, to));
  }

  /// "… 24 more writes by server"; a single step is told itself.
  void fold(EventId begin, EventId end) {
    if (begin >= end) return;
    const std::span<const Event> folded = std::span(trace_.events).subspan(begin, end - begin);
    if (std::ranges::all_of(folded, [&](const Event& one) { return is_of_library(trace_, one); })) {
      return;
    }
    if (end - begin == 1) return write(begin);
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
      add(location_of(trace_, id, task.waits_at), "waits for ever: " + task.waits_for).is_key =
          true;
      if (++written == kMostWaits) return;
    }
  }

  StoryStep& add(const Location& location, std::string text) {
    StoryStep& step = steps_.emplace_back();
    step.step = static_cast<int>(steps_.size());
    step.process = location.process;
    step.file = location.file;
    step.line = location.line;
    step.text = std::move(text);
    return step;
  }

  const Trace& trace_;
  std::vector<EventId> keys_;
  StoryEnd end_;
  EventId begin_ = 0, last_ = 0;
  std::set<EventId> deviations_;
  std::set<EventId> hands_over_, makes_, begins_;
  std::vector<std::pair<TaskId, Touch>> matter_;
  std::vector<EventId> shown_;
  std::vector<StoryStep> steps_;
};

}  // namespace

std::vector<StoryStep> tell_story(const Trace& trace, std::vector<EventId> keys, StoryEnd end) {
  return Story(trace, std::move(keys), end).tell();
}

}  // namespace ipcgrade
