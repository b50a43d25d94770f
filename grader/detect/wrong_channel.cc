#include "detect/wrong_channel.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "detect/data_flow.h"
#include "detect/results.h"
#include "detect/story.h"
#include "detect/tell.h"
#include "trace/party.h"

namespace ipcgrade {
namespace {

enum class Member : std::uint8_t {
  kFrom,
  kTo,
  kThird,  ///< another child of the program that both parties belong to
  kOther,
};

/// Names as a held run gives them to objects (ipc/).
constexpr std::string_view kFifo = "the FIFO ";

std::string queue_name(const std::string& name) {
  const bool is_key =
      std::ranges::all_of(name, [](unsigned char letter) { return std::isdigit(letter) != 0; });
  return (is_key ? "the message queue with key " : "the message queue ") + name;
}

/// A way that data take, other than the channel's means.
struct Way {
  std::vector<EventId> events{};  ///< the last one takes
  std::string words{};            ///< "pipes reads …" or "through the file x"
  bool is_own = false;            ///< one party does the other's part
  bool is_means = false;          ///< the right means, but used for the other way, too
};

/// A run, with its channel.
class Run {
 public:
  Run(const Channel& channel, const ChannelRun& run, const ChannelRun& other)
      : channel_(channel),
        scenario_(run.scenario),
        trace_(run.trace),
        one_program_(channel.from.program == channel.to.program),
        main_(task_of(run.trace, {channel.from.program})),
        from_(task_of(run.trace, channel.from)),
        to_(task_of(run.trace, channel.to)),
        flows_(run.trace, other.trace) {}

  [[nodiscard]] const Scenario& scenario() const { return scenario_; }
  [[nodiscard]] const Trace& trace() const { return trace_; }

  [[nodiscard]] bool carries() const {
    return std::ranges::any_of(flows_.all(), [&](const DataFlow& flow) {
      return is_along(flow) && is_means(flow.object) && !goes_back(flow.object);
    });
  }

  /// The first event that sends, by the channel's means, where the giving party sent on all that it
  /// was sent just as it was. Pieces of other sizes are not compared.
  [[nodiscard]] std::optional<EventId> sends_on_unchanged() const {
    std::set<std::uint64_t> was_sent;
    std::optional<EventId> first;
    for (EventId id = 0; id < trace_.events.size(); ++id) {
      const Event& event = trace_.events[id];
      if (event.kind != EventKind::kCall || member(id) != Member::kFrom) continue;
      if (std::ranges::none_of(touches_of(trace_, event),
                               [&](const Touch& touch) { return is_means(touch.object); })) {
        continue;
      }
      if (event.bytes_in != 0) was_sent.insert(event.bytes_in);
      if (event.bytes_out == 0) continue;
      if (!was_sent.contains(event.bytes_out)) return std::nullopt;
      if (!first) first = id;
    }
    return first;
  }

  /// Whether, of two parties of one program, the giving one never sends by the channel's means,
  /// and all processes end as if all were well.
  [[nodiscard]] bool is_left_out() const {
    return one_program_ && first_use().empty() &&
           std::ranges::all_of(trace_.events, [](const Event& event) {
             return event.kind != EventKind::kExit || event.result == 0;
           });
  }

  /// What the parties do to what they may use: how often, not what.
  [[nodiscard]] std::size_t uses_of_means() const {
    return static_cast<std::size_t>(std::ranges::count_if(trace_.events, [&](const Event& event) {
      return event.kind == EventKind::kCall &&
             std::ranges::any_of(touches_of(trace_, event),
                                 [&](const Touch& touch) { return is_means(touch.object); });
    }));
  }

  /// Of two parties of one program, the child neither reads what its parent is given nor writes
  /// what that prints.
  [[nodiscard]] std::optional<Way> does_it_itself() const {
    if (!one_program_ || main_ == kNoTask) return std::nullopt;
    for (EventId id = 0; id < trace_.events.size(); ++id) {
      const Event& event = trace_.events[id];
      if (event.kind != EventKind::kCall || member(id) == Member::kOther) continue;
      if (trace_.tasks[event.task].leader == main_) continue;
      const std::string process = process_at(id);
      const std::string& parent = trace_.tasks[main_].name;
      if (channel_.to.child && event.bytes_in != 0 && is_on_stream(trace_, event, "stdin")) {
        return Way{{id}, fmt::format("{} reads the stdin of {} itself", process, parent), true};
      }
      if (channel_.from.child && event.bytes_out != 0 && is_on_stream(trace_, event, "stdout")) {
        return Way{
            {id}, fmt::format("{} writes to the stdout of {} itself", process, parent), true};
      }
    }
    return std::nullopt;
  }

  /// The first way that is not the channel's. `by_form`: what is only used otherwise counts, too.
  [[nodiscard]] std::optional<Way> wrong_way(bool by_form) const {
    if (auto own = does_it_itself()) return own;
    for (const DataFlow& flow : flows_.all()) {
      if (flow.difference == Difference::kForm && !by_form) continue;
      const Member giver = member(flow.give);
      const Member taker = member(flow.take);
      const bool third = (giver == Member::kFrom && taker == Member::kThird) ||
                         (giver == Member::kThird && taker == Member::kTo);
      if (third) return Way{{flow.give, flow.take}, third_words(flow), true};
      if (!is_along(flow)) continue;
      if (is_means(flow.object)) {
        if (!goes_back(flow.object)) continue;
        return Way{{flow.give, flow.take},
                   fmt::format("through {}, in which others go the other way", name(flow.object)),
                   false,
                   true};
      }
      return Way{{flow.give, flow.take}, "through " + object_words(flow)};
    }
    return std::nullopt;
  }

  [[nodiscard]] std::string from() const { return party_name(channel_.from, from_); }
  [[nodiscard]] std::string to() const { return party_name(channel_.to, to_); }

  /// The first event of the giving party that uses the channel's means.
  [[nodiscard]] std::vector<EventId> first_use() const {
    for (EventId id = 0; id < trace_.events.size(); ++id) {
      const Event& event = trace_.events[id];
      const bool uses = std::ranges::any_of(
          touches_of(trace_, event), [&](const Touch& touch) { return is_means(touch.object); });
      if (uses && event.kind == EventKind::kCall && event.bytes_out != 0 &&
          member(id) == Member::kFrom) {
        return {id};
      }
    }
    return {};
  }

  [[nodiscard]] std::string means_words() const {
    if (channel_.means == Channel::Means::kPipe) return "a pipe";
    std::vector<std::string> names;
    for (const std::string& one : channel_.names) names.push_back(queue_name(one));
    return names.empty() ? "a message queue" : fmt::format("{}", fmt::join(names, " or "));
  }

 private:
  /// Where the parties are of two programs, all processes of each are.
  [[nodiscard]] Member member(EventId id) const {
    const TaskId task = trace_.events[id].task;
    if (task >= trace_.tasks.size()) return Member::kOther;
    const std::string& program = program_of(trace_, task);
    if (!one_program_) {
      if (program == channel_.from.program) return Member::kFrom;
      return program == channel_.to.program ? Member::kTo : Member::kOther;
    }
    if (program != channel_.from.program) return Member::kOther;
    const TaskId leader = trace_.tasks[task].leader;
    if (leader == from_) return Member::kFrom;
    return leader == to_ ? Member::kTo : Member::kThird;
  }

  [[nodiscard]] std::string party_name(const Party& party, TaskId leader) const {
    if (!one_program_) return party.program;
    if (leader != kNoTask) return process_of(trace_, leader);
    return party.child ? "a child of " + party.program : party.program;
  }

  [[nodiscard]] bool is_along(const DataFlow& flow) const {
    return member(flow.give) == Member::kFrom && member(flow.take) == Member::kTo;
  }

  [[nodiscard]] bool is_means(ObjectId object) const {
    if (object >= trace_.objects.size()) return false;
    const ObjectRecord& one = trace_.objects[object];
    if (channel_.means == Channel::Means::kPipe) {
      return one.kind == ObjectKind::kPipe && !one.name.starts_with(kFifo);
    }
    return one.kind == ObjectKind::kQueue &&
           (channel_.names.empty() ||
            std::ranges::any_of(channel_.names, [&](const std::string& allowed) {
              return one.name == queue_name(allowed);
            }));
  }

  /// A pipe is for one way: that of what goes through it first.
  [[nodiscard]] bool goes_back(ObjectId object) const {
    if (channel_.means != Channel::Means::kPipe) return false;
    const auto first = std::ranges::find(flows_.all(), object, &DataFlow::object);
    return first != flows_.all().end() && member(first->give) == Member::kTo &&
           member(first->take) == Member::kFrom;
  }

  [[nodiscard]] std::string name(ObjectId object) const { return trace_.objects[object].name; }

  [[nodiscard]] std::string third_words(const DataFlow& flow) const {
    const std::string giver = process_at(flow.give);
    const std::string taker = process_at(flow.take);
    if (member(flow.give) == Member::kThird) {
      return fmt::format("{}, a further process, gives data to {}", giver, taker);
    }
    return fmt::format("{} gives data to {}, a further process,", giver, taker);
  }

  [[nodiscard]] std::string process_at(EventId id) const {
    return process_of(trace_, trace_.tasks[trace_.events[id].task].leader);
  }

  [[nodiscard]] std::string object_words(const DataFlow& flow) const {
    const ObjectRecord& object = trace_.objects[flow.object];
    const bool has_article = object.name.starts_with("the ");
    switch (object.kind) {
      case ObjectKind::kTask:
        if (trace_.events[flow.give].kind == EventKind::kExit) return "the end of " + object.name;
        return "signals to " + object.name;
      case ObjectKind::kFile:
        return has_article ? object.name : "the file " + object.name;
      case ObjectKind::kName:
        return has_article ? object.name : "the name " + object.name;
      default:
        return object.name;
    }
  }

  const Channel& channel_;
  const Scenario& scenario_;
  const Trace& trace_;
  bool one_program_;
  TaskId main_;  ///< the first process of the giving party's program
  TaskId from_;
  TaskId to_;
  DataFlows flows_;
};

bool is_judged(const ChannelRun& run) {
  return run.trace.end == RunEnd::kDone && matching_result(run.scenario, run.trace) != nullptr;
}

bool print_the_same(const Trace& a, const Trace& b) {
  return std::ranges::equal(a.processes, b.processes, {}, &ProcessRecord::output,
                            &ProcessRecord::output);
}

Finding tell(const Channel& channel, Stage stage, const Run& run, const std::optional<Way>& way,
             bool carries) {
  const Trace& trace = run.trace();
  Finding finding = held_finding(Kind::kWrongChannel, run.scenario(), stage);
  const std::vector<EventId> events = way ? way->events : run.first_use();
  const std::string place =
      events.empty() ? "" : at_place(trace, trace.events[events.back()].place);
  if (way && way->is_own) {
    finding.message = fmt::format("{}{}", way->words, place);
    if (run.first_use().empty()) {
      finding.message += fmt::format(", and nothing goes from {} to {} through {}", run.from(),
                                     run.to(), run.means_words());
    }
    finding.hint =
        "The handout says which process reads stdin, which writes stdout, and how the data go from "
        "one to the other: let each do its own part.";
  } else if (way && way->is_means) {
    finding.message = fmt::format("the data go from {} to {} {}{}, not through one of their own",
                                  run.from(), run.to(), way->words, place);
  } else if (way && carries) {
    finding.message = fmt::format("the data go from {} to {} not only through {}, but also {}{}",
                                  run.from(), run.to(), run.means_words(), way->words, place);
  } else if (way) {
    finding.message = fmt::format("the data go from {} to {} {}{}, not through {}", run.from(),
                                  run.to(), way->words, place, run.means_words());
  } else if (events.empty()) {
    finding.message =
        fmt::format("no data go from {} to {} through {}", run.from(), run.to(), run.means_words());
    if (channel.means == Channel::Means::kPipe) {
      finding.hint = fmt::format(
          "A pipe is for one way. The handout says which way the data go: here {} is to write into "
          "a pipe that {} reads.",
          run.from(), run.to());
    }
  } else {
    finding.message = fmt::format(
        "no data go from {} to {} through {}: what {} sends{} is the same with another input",
        run.from(), run.to(), run.means_words(), run.from(), place);
  }
  for (const EventId id : events) finding.locations.push_back(location_of(trace, trace.events[id]));
  if (events.empty()) finding.locations = {{channel.from.program, run.from(), "", 0, ""}};
  finding.distinct =
      fmt::format("channel {} {}{}", channel.from.program, channel.from.child ? "child " : "",
                  channel.to.child ? "to child" : "to " + channel.to.program);
  finding.story = tell_story(trace, events);
  return finding;
}

Finding tell_unchanged(Stage stage, const Run& run, EventId sent) {
  const Trace& trace = run.trace();
  const Event& event = trace.events[sent];
  Finding finding = held_finding(Kind::kWrongChannel, run.scenario(), stage);
  finding.message = fmt::format(
      "{} sends on what it was sent just as it was{}, and is to turn it into something else",
      run.from(), at_place(trace, event.place));
  finding.locations = {location_of(trace, event)};
  finding.hint = "The handout says which process turns the data into what: do it there.";
  finding.distinct = "channel unchanged";
  finding.story = tell_story(trace, {sent});
  return finding;
}

}  // namespace

std::optional<Finding> detect_wrong_channel(const Channel& channel, Stage stage,
                                            const ChannelRun& run, const ChannelRun& other) {
  const Run one(channel, run, other);
  if (!is_judged(run) || !is_judged(other) || print_the_same(run.trace, other.trace)) {
    // What one does in the other's place is wrong, whatever came of it; and so is a channel that
    // nobody uses, where all end well.
    if (run.trace.end != RunEnd::kDone) return std::nullopt;
    const auto own = one.does_it_itself();
    if (!own && !one.is_left_out()) return std::nullopt;
    return tell(channel, stage, one, own, false);
  }
  const Run two(channel, other, run);
  const bool carries = one.carries() || two.carries();
  // Where the means itself is used more often with one input than with the other, so may be what
  // only goes along with it, such as an answer to each message.
  const bool by_form = one.uses_of_means() == two.uses_of_means();
  if (auto way = one.wrong_way(by_form)) return tell(channel, stage, one, way, carries);
  if (auto way = two.wrong_way(by_form)) return tell(channel, stage, two, way, carries);
  if (!carries) return tell(channel, stage, one, std::nullopt, false);
  if (const auto sent = one.sends_on_unchanged(); channel.changes && sent) {
    return tell_unchanged(stage, one, *sent);
  }
  return std::nullopt;
}

}  // namespace ipcgrade
