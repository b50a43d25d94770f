#include "detect/pipe_ends.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>

#include "detect/story.h"
#include "detect/tell.h"

namespace ipcgrade {
namespace {

HeldEnd opposite(const HeldEnd& end) { return {end.pipe, !end.writes}; }

class PipeEnds {
 public:
  PipeEnds(const Scenario& scenario, const Trace& trace) : scenario_(scenario), trace_(trace) {
    for (const Event& event : trace.events) {
      if (const auto end = used_end(event)) {
        const TaskId process = trace.tasks[event.task].leader;
        users_[*end].insert(process);
        for (const HeldEnd& held : held_ends(event)) holders_[held.pipe].insert(process);
      }
    }
  }

  std::vector<Finding> find() {
    for (EventId id = 0; id < trace_.events.size(); ++id) {
      const Event& event = trace_.events[id];
      const auto used = used_end(event);
      if (!used) continue;
      const TaskId process = trace_.tasks[event.task].leader;
      for (const HeldEnd& end : held_ends(event)) {
        if (is_known(process, end) || !is_foreign(process, end, id)) continue;
        known_.insert({process, end});
        tell(id, *used, end);
      }
    }
    return std::move(findings_);
  }

 private:
  /// The end of a pipe that an event reads or writes, or begins to wait for.
  [[nodiscard]] std::optional<HeldEnd> used_end(const Event& event) const {
    const bool call = event.kind == EventKind::kCall || event.kind == EventKind::kWaitBegins;
    if (!call || event.reads == event.writes || event.task >= trace_.tasks.size()) return {};
    for (const Touch& touch : touches_of(trace_, event)) {
      const bool pipe = touch.object < trace_.objects.size() &&
                        trace_.objects[touch.object].kind == ObjectKind::kPipe;
      if (pipe) return HeldEnd{touch.object, event.writes};
    }
    return {};
  }

  [[nodiscard]] std::span<const HeldEnd> held_ends(const Event& event) const {
    return trace_.held_ends[event.held_ends];
  }

  [[nodiscard]] bool is_known(TaskId process, const HeldEnd& end) const {
    return known_.contains({process, end});
  }

  [[nodiscard]] bool is_foreign(TaskId process, const HeldEnd& end, EventId id) const {
    const auto held = held_ends(trace_.events[id]);
    const bool holds_both = std::ranges::find(held, opposite(end)) != held.end();
    if (!holds_both || uses(process, end) || !is_shared(process, end.pipe, id)) return false;
    const bool others_use_it = users_.contains(end);
    return others_use_it || (uses(process, opposite(end)) && trace_.tasks[process].ended);
  }

  [[nodiscard]] bool uses(TaskId process, const HeldEnd& end) const {
    const auto users = users_.find(end);
    return users != users_.end() && users->second.contains(process);
  }

  /// Before it forks, a process has to hold both.
  [[nodiscard]] bool is_shared(TaskId process, ObjectId pipe, EventId id) const {
    const auto holders = holders_.find(pipe);
    return holders != holders_.end() && std::ranges::any_of(holders->second, [&](TaskId other) {
             const EventId made_by = trace_.tasks[other].made_by;
             return other != process && (made_by == kNoEvent || made_by < id);
           });
  }

  void tell(EventId id, const HeldEnd& used, const HeldEnd& end) {
    const Event& event = trace_.events[id];
    const std::string& process = process_of(trace_, trace_.tasks[event.task].leader);
    const char* side = end.writes ? "write" : "read";
    Finding finding = held_finding(Kind::kUnclosedPipeEnd, scenario_, Stage::kOrders);
    finding.message = fmt::format(
        "{} {} {}{} while it still holds the {} end of {}, which it never uses", process,
        used.writes ? "writes to" : "reads from", trace_.objects[used.pipe].name,
        at_place(trace_, event.place), side, name(end.pipe));
    finding.locations = {location_of(trace_, event)};
    finding.faults = {holds_an_end(program_of(trace_, event.task))};
    finding.distinct = fmt::format("{} {} end of {}", process, side, name(end.pipe));
    finding.story = tell_story(trace_, {id});
    findings_.push_back(std::move(finding));
  }

  [[nodiscard]] std::string name(ObjectId pipe) const {
    return pipe < trace_.objects.size() ? trace_.objects[pipe].name : "a pipe";
  }

  const Scenario& scenario_;
  const Trace& trace_;
  std::map<HeldEnd, std::set<TaskId>> users_;  ///< in the whole run; processes by their leaders
  std::map<ObjectId, std::set<TaskId>> holders_;
  std::set<std::pair<TaskId, HeldEnd>> known_;
  std::vector<Finding> findings_;
};

}  // namespace

std::vector<Finding> detect_unclosed_pipe_ends(const Scenario& scenario, const Trace& trace) {
  return PipeEnds(scenario, trace).find();
}

}  // namespace ipcgrade
