#include "detect/pipe_ends.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>

#include "detect/story.h"
#include "detect/tell.h"

namespace ipcgrade {
namespace {

using End = std::tuple<ObjectId, bool>;  ///< the pipe, and whether it is the write end

End opposite(const End& end) { return {std::get<0>(end), !std::get<1>(end)}; }

class PipeEnds {
 public:
  PipeEnds(const Scenario& scenario, const Trace& trace) : scenario_(scenario), trace_(trace) {
    for (const PipeEndRecord& change : trace.pipe_ends) {
      if (change.change == PipeEndChange::kUses) {
        users_[{change.pipe, change.write_end}].insert(change.process);
      }
    }
  }

  std::vector<Finding> find() {
    for (const PipeEndRecord& change : trace_.pipe_ends) {
      const End end{change.pipe, change.write_end};
      switch (change.change) {
        case PipeEndChange::kOpens:
          held_[change.process].insert(end);
          break;
        case PipeEndChange::kCloses:
          held_[change.process].erase(end);
          break;
        case PipeEndChange::kUses:
          look(change);
          break;
      }
    }
    return std::move(findings_);
  }

 private:
  void look(const PipeEndRecord& use) {
    for (const End& end : held_[use.process]) {
      if (is_foreign(use.process, end) && known_.insert({use.process, end}).second) tell(use, end);
    }
  }

  [[nodiscard]] bool is_foreign(TaskId process, const End& end) const {
    const auto& held = held_.at(process);
    if (!held.contains(opposite(end)) || uses(process, end)) return false;
    const auto users = users_.find(end);
    const bool others_use_it = users != users_.end() && !users->second.empty();
    return (others_use_it || uses(process, opposite(end))) && is_shared(process, end);
  }

  [[nodiscard]] bool uses(TaskId process, const End& end) const {
    const auto users = users_.find(end);
    return users != users_.end() && users->second.contains(process);
  }

  /// Before it forks, a process has to hold both.
  [[nodiscard]] bool is_shared(TaskId process, const End& end) const {
    return std::ranges::any_of(held_, [&](const auto& other) {
      return other.first != process &&
             (other.second.contains(end) || other.second.contains(opposite(end)));
    });
  }

  void tell(const PipeEndRecord& use, const End& end) {
    const auto [pipe, write_end] = end;
    const std::string& process = process_of(trace_, use.process);
    const char* side = write_end ? "write" : "read";
    Finding finding = held_finding(Kind::kUnclosedPipeEnd, scenario_, Stage::kOrders);
    const Event* event = use.event < trace_.events.size() ? &trace_.events[use.event] : nullptr;
    const std::uint32_t place = event == nullptr ? 0 : event->place;
    finding.message =
        fmt::format("{} {} {}{} while it still holds the {} end of {}, which it never uses",
                    process, use.write_end ? "writes to" : "reads from", name(use.pipe),
                    at_place(trace_, place), side, name(pipe));
    finding.locations = {location_of(trace_, use.process, place)};
    finding.distinct = fmt::format("{} {} end of {}", process, side, name(pipe));
    if (event != nullptr) finding.story = tell_story(trace_, {use.event});
    findings_.push_back(std::move(finding));
  }

  [[nodiscard]] std::string name(ObjectId pipe) const {
    return pipe < trace_.objects.size() ? trace_.objects[pipe].name : "a pipe";
  }

  const Scenario& scenario_;
  const Trace& trace_;
  std::map<End, std::set<TaskId>> users_;  ///< in the whole run
  std::map<TaskId, std::set<End>> held_;
  std::set<std::pair<TaskId, End>> known_;
  std::vector<Finding> findings_;
};

}  // namespace

std::vector<Finding> detect_unclosed_pipe_ends(const Scenario& scenario, const Trace& trace) {
  return PipeEnds(scenario, trace).find();
}

}  // namespace ipcgrade
