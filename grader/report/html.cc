#include "report/html.h"

#include <fmt/format.h>

#include <algorithm>
#include <kainjow/mustache.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "page_template.h"
#include "report/catalogue.h"
#include "report/escape.h"
#include "report/page_data.h"
#include "report/picture.h"
#include "report/text.h"

namespace ipcgrade {
namespace {

using kainjow::mustache::data;

constexpr std::size_t kDetailsCap = 16 * 1024;
constexpr std::size_t kLineCap = 400;
constexpr int kAround = 3;  ///< lines of source above and below a place
constexpr std::size_t kNameColumns = 20;

std::string text_of(int number) { return fmt::format("{}", number); }

std::string shown_details(const std::vector<std::string>& details) {
  return visible_capped(fmt::format("{}", fmt::join(details, "\n")), Newlines::kKeep, kDetailsCap);
}

std::string short_name(const std::string& name) {
  const std::string shown = sentence(name);
  const std::string first = chopped(shown, kNameColumns).front();
  if (first.size() == shown.size()) return shown;
  // Of "signals's child 1" what tells it from its parent.
  const std::size_t whose = shown.rfind("'s ");
  return whose == std::string::npos ? first + "…" : short_name(shown.substr(whose + 3));
}

class Page {
 public:
  Page(const Verdict& verdict, std::string_view tool, const FindSourceLine& source_line)
      : verdict_(verdict),
        tool_(tool),
        source_line_(source_line),
        told_(findings_to_tell(verdict)) {}

  std::string write() {
    kainjow::mustache::mustache page{kPageTemplate};
    return defuse(page.render(content()));
  }

 private:
  data content() {
    const bool ungraded = verdict_.outcome == VerdictOutcome::kUngraded;
    return object({{"tool", sentence(tool_)},
                   {"lab", sentence(verdict_.lab)},
                   {"submission", sentence(verdict_.submission)},
                   {"outcome", ungraded                                      ? "faint"
                               : verdict_.outcome == VerdictOutcome::kPassed ? "passed"
                                                                             : "failed"},
                   {"summary", ungraded ? "not graded" : summary()},
                   {"ungraded", flag(ungraded)},
                   {"reason", sentence(verdict_.ungraded_reason)},
                   {"has_checks", flag(!ungraded && !verdict_.checks.empty())},
                   {"checks", list_of(verdict_.checks, [&](const auto& one) { return row(one); })},
                   {"has_findings", flag(!told_.empty())},
                   {"findings", findings()},
                   {"has_exploration", flag(!verdict_.exploration.empty())},
                   {"exploration_count", counted(verdict_.exploration.size(), "scenario") +
                                             ", and how many orders of each"},
                   {"exploration", list_of(verdict_.exploration,
                                           [](const Exploration& one) {
                                             return object({{"text", exploration_text(one)}});
                                           })},
                   {"sandbox", sandbox()}});
  }

  [[nodiscard]] std::string summary() const {
    const ScoreText text = score_text(verdict_);
    return text.score + ": " + text.checks;
  }

  [[nodiscard]] std::string sandbox() const {
    std::string text = sentence(verdict_.isolation.tier);
    for (const std::string& one : verdict_.isolation.missing) text += "; " + sentence(one);
    return text.empty() ? "none" : text;
  }

  data row(const CheckResult& check) {
    const bool says = check.outcome != CheckOutcome::kPassed && !check.message.empty();
    const auto number_of = [&](std::size_t index) {
      const auto found = std::ranges::find(told_, index, &ToldFinding::index);
      return object({{"number", text_of(static_cast<int>(found - told_.begin()) + 1)}});
    };
    return object({{"class", check.outcome == CheckOutcome::kPassed   ? "passed"
                             : check.outcome == CheckOutcome::kFailed ? "failed"
                                                                      : "faint"},
                   {"word", std::string(name_of(check.outcome))},
                   {"id", sentence(check.id)},
                   {"points", check.max_score > 0 ? points_of(check) : "-"},
                   {"text", sentence(says ? check.message : check.title)},
                   {"has_details", flag(!check.details.empty())},
                   {"details", shown_details(check.details)},
                   {"see", list_of(findings_of(verdict_, check), number_of)}});
  }

  data findings() {
    data list{data::type::list};
    for (std::size_t i = 0; i < told_.size(); ++i) {
      const bool again = told_before(verdict_, told_, i);
      list << finding(static_cast<int>(i) + 1, verdict_.findings[told_[i].index], told_[i].check,
                      again);
    }
    return list;
  }

  data finding(int number, const Finding& one, const CheckResult* check, bool again) {
    const CatalogueEntry words = catalogue_entry(one.kind);
    const std::vector<SourcePlace> places = places_of(one);
    return object(
        {{"number", text_of(number)},
         {"severity", std::string(name_of(one.severity))},
         {"heading", heading(one, check)},
         {"again", flag(again)},
         {"next", static_cast<std::size_t>(number) < told_.size() ? data(text_of(number + 1))
                                                                  : flag(false)},
         {"message", sentence(one.message)},
         {"situation", optional(situation_of(one))},
         {"has_sources", flag(!places.empty())},
         {"sources", sources(places)},
         // Who waits for whom says the same.
         {"has_details", flag(!one.details.empty() && one.waits.empty())},
         {"details", shown_details(one.details)},
         {"story", stories(number, one)},
         {"has_waits", flag(!one.waits.empty())},
         {"waits", list_of(one.waits, [&](const Waiting& wait) { return waiting(wait); })},
         {"graph", graph(one.waits)},
         {"hint", optional(sentence(hint_of(one)))},
         {"replay", optional(sentence(one.replay))},
         {"kind", std::string(name_of(one.kind))},
         {"explanation", std::string(words.explanation)}});
  }

  /// "output (1.5/3 points): the programs print something else, server.c:31"
  static std::string heading(const Finding& one, const CheckResult* check) {
    std::string text;
    if (check != nullptr) {
      const std::string points = check->max_score > 0 ? " (" + points_of(*check) + " points)" : "";
      text = sentence(check->id) + points + ": ";
    }
    text += catalogue_entry(one.kind).title;
    for (const Location& location : one.locations) {
      if (location.line == 0) continue;
      return text + ", " +
             place(StoryStep{
                 .process = {}, .file = location.file, .line = location.line, .text = {}});
    }
    return text;
  }

  struct SourcePlace {
    Location location;
    std::string role;  ///< in the finding; empty: it is what the finding is about
  };

  /// Each place that the finding names, and who called it; and the two steps whose order is
  /// missing.
  static std::vector<SourcePlace> places_of(const Finding& one) {
    std::vector<SourcePlace> all;
    const auto add = [&all](const Location& location, const char* role) {
      const bool is_known = std::ranges::any_of(all, [&](const SourcePlace& other) {
        return other.location.file == location.file && other.location.line == location.line &&
               other.location.process == location.process;
      });
      if (!is_known && !location.file.empty()) all.push_back({location, role});
    };
    for (const Location& location : one.locations) {
      add(location, "");
      for (const Location& caller : location.callers) add(caller, "called from ");
    }
    for (const int number : {one.unordered.earlier_step, one.unordered.later_step}) {
      if (number < 1 || static_cast<std::size_t>(number) > one.story.size()) continue;
      const StoryStep& step = one.story[static_cast<std::size_t>(number) - 1];
      if (step.file.empty()) continue;
      add({.program = {},
           .process = step.process,
           .file = step.file,
           .line = step.line,
           .function = {}},
          "whose order is missing: ");
    }
    return all;
  }

  /// With the lines around it.
  data sources(const std::vector<SourcePlace>& places) {
    data list{data::type::list};
    for (const auto& [location, role] : places) {
      const std::string& who = location.process.empty() ? location.program : location.process;
      const std::string where = role + place(location);
      const std::vector<SourceLine> lines = excerpt(location);
      list << object(
          {{"caption", who.empty() ? where : fmt::format("{} ({})", where, sentence(who))},
           {"aside", flag(role.starts_with("called"))},
           {"has_lines", flag(!lines.empty())},
           {"lines", list_of(lines, [](const SourceLine& line) {
              return object({{"number", text_of(line.number)},
                             {"marked", flag(line.is_marked)},
                             {"text", line.text}});
            })}});
    }
    return list;
  }

  struct SourceLine {
    int number;
    bool is_marked;
    std::string text;
  };

  [[nodiscard]] std::vector<SourceLine> excerpt(const Location& location) const {
    std::vector<SourceLine> lines;
    if (!source_line_ || location.line <= 0) return lines;
    Location at = location;
    for (at.line = std::max(1, location.line - kAround); at.line <= location.line + kAround;
         ++at.line) {
      if (const auto text = source_line_(at)) {
        lines.push_back({at.line, at.line == location.line, visible_c(*text, kLineCap)});
      }
    }
    return lines;
  }

  data stories(int number, const Finding& one) {
    data list{data::type::list};
    // The same columns for both, so that they can be compared.
    std::vector<std::string> lanes = lanes_of(one.good_story);
    for (const std::string& lane : lanes_of(one.story)) {
      if (std::ranges::find(lanes, lane) == lanes.end()) lanes.push_back(lane);
    }
    if (!one.story.empty()) {
      const bool known = !one.good_story.empty();
      const int earlier = one.unordered.earlier_step;
      const int later = one.unordered.later_step;
      list << story(fmt::format("{}", number), "How it comes about", one.story, lanes,
                    known ? std::pair(later, earlier) : std::pair(earlier, later), known,
                    shown_step(missing_order(one), kSentenceCap));
    }
    if (!one.good_story.empty()) {
      list << story(fmt::format("{}-good", number), "An order that works", one.good_story, lanes,
                    {}, false, "");
    }
    return list;
  }

  data story(const std::string& id, const std::string& title, const std::vector<StoryStep>& steps,
             const std::vector<std::string>& lanes, std::pair<int, int> missing, bool has_head,
             const std::string& missing_words) {
    return object(
        {{"id", id},
         {"title", title},
         {"label", fmt::format("Finding {}: {}", id, title)},
         {"lane_count", fmt::format("{}", std::max<std::size_t>(lanes.size(), 1))},
         {"lanes", list_of(lanes,
                           [](const std::string& n) {
                             return object({{"name", sentence(n)}});
                           })},
         {"rows", list_of(steps, [&](const StoryStep& step) { return story_row(step, lanes); })},
         {"picture", lanes.size() < 2 ? flag(false) : picture(steps, lanes, missing, has_head)},
         {"missing", optional(missing_words)}});
  }

  static data story_row(const StoryStep& step, const std::vector<std::string>& lanes) {
    const std::string text = shown_step(step.text, kSentenceCap);
    const bool fold = step.process.empty();
    data cells{data::type::list};
    for (const std::string& lane : lanes) {
      const bool here = lane == step.process;
      cells << object({{"text", optional(here ? text : "")},
                       {"who", sentence(lane)},
                       {"place", optional(here ? place(step) : "")},
                       {"after", optional(here ? after_text(step) : "")}});
    }
    return object({{"fold", flag(fold)},
                   {"step", text_of(step.step)},
                   {"text", text},
                   {"key", flag(step.is_key)},
                   {"cells", cells}});
  }

  static std::string after_text(const StoryStep& step) {
    if (step.after.empty()) return "";
    return fmt::format("{} {}", step.after.size() == 1 ? "step" : "steps",
                       fmt::join(step.after, ", "));
  }

  /// None where no arrow is in it: the table says the same.
  static data picture(const std::vector<StoryStep>& steps, const std::vector<std::string>& lanes,
                      std::pair<int, int> missing, bool has_head) {
    const LanePicture drawn = lane_picture(steps, lanes, missing, has_head);
    if (drawn.arrows.empty()) return flag(false);
    std::string description =
        fmt::format("The same steps as lines of {} processes, time downward", drawn.lanes.size());
    for (const StoryStep& step : steps) {
      for (const int earlier : step.after) {
        description += fmt::format("; step {} comes after step {}", step.step, earlier);
      }
    }
    if (missing.second != 0) {
      description += has_head ? fmt::format("; dashed, and missing: step {} before step {}",
                                            missing.first, missing.second)
                              : fmt::format("; dashed: nothing orders step {} and step {}",
                                            missing.first, missing.second);
    }
    return object(
        {{"width", text_of(drawn.width)},
         {"height", text_of(drawn.height)},
         {"bottom", text_of(drawn.height - 5)},
         {"description", description},
         {"legend", missing.second == 0 ? flag(false)
                    : has_head          ? data("Dashed: the order that nothing makes sure of.")
                                        : data("Dashed: nothing orders these two steps.")},
         {"lanes",
          list_of(drawn.lanes,
                  [](const LanePicture::Lane& lane) {
                    return object({{"name", short_name(lane.name)}, {"x", text_of(lane.x)}});
                  })},
         {"dots", list_of(drawn.dots,
                          [](const LanePicture::Dot& dot) {
                            return object({{"x", text_of(dot.x)},
                                           {"y", text_of(dot.y)},
                                           {"baseline", text_of(dot.y + 4)},
                                           {"key", flag(dot.is_key)},
                                           {"step", text_of(dot.step)}});
                          })},
         {"arrows", list_of(drawn.arrows, [](const LanePicture::Arrow& one) {
            return object({{"class", one.is_missing ? "missing" : "arrow"},
                           {"bad", flag(one.is_missing)},
                           {"x1", text_of(one.x1)},
                           {"y1", text_of(one.y1)},
                           {"x2", text_of(one.x2)},
                           {"y2", text_of(one.y2)},
                           {"tip", optional(one.tip)}});
          })}});
  }

  static data waiting(const Waiting& one) {
    const std::string where = place(one.location);
    std::vector<std::string> holds;
    for (const std::string& held : one.holds) holds.push_back(sentence(held));
    std::vector<std::string> helpers;
    for (const std::string& helper : one.helpers) {
      helpers.push_back(helper == one.location.process ? "itself" : sentence(helper));
    }
    return object(
        {{"who", fmt::format("{}{}{}", sentence(one.location.process), where.empty() ? "" : " at ",
                             where)},
         {"what", sentence(one.waits_for) + "."},
         {"holds", optional(fmt::format("{}", fmt::join(holds, ", ")))},
         {"helpers", helpers.empty()
                         ? std::string("No other process that is left could end that.")
                         : fmt::format("Could end that: {}.", fmt::join(helpers, ", "))}});
  }

  static data graph(const std::vector<Waiting>& waits) {
    const WaitPicture drawn = wait_picture(waits);
    if (drawn.edges.empty()) return flag(false);
    std::string description = "The wait-for graph";
    for (const Waiting& one : waits) {
      for (const std::string& helper : one.helpers) {
        description +=
            fmt::format("; {} waits for {}", sentence(one.location.process), sentence(helper));
      }
    }
    return object({{"width", text_of(drawn.width)},
                   {"height", text_of(drawn.height)},
                   {"description", description},
                   {"box_width", text_of(drawn.box_width)},
                   {"top", text_of(drawn.top)},
                   {"baseline", text_of(drawn.top + 18)},
                   {"edges", list_of(drawn.edges,
                                     [](const WaitPicture::Edge& edge) {
                                       return object({{"path", edge.path}, {"tip", edge.tip}});
                                     })},
                   {"nodes", list_of(drawn.nodes, [&](const WaitPicture::Node& node) {
                      return object({{"name", short_name(node.name)},
                                     {"x", text_of(node.x)},
                                     {"left", text_of(node.x - drawn.box_width / 2)}});
                    })}});
  }

  const Verdict& verdict_;
  std::string_view tool_;
  const FindSourceLine& source_line_;
  std::vector<ToldFinding> told_;
};

}  // namespace

std::string html_report(const Verdict& verdict, std::string_view tool,
                        const FindSourceLine& source_line) {
  return Page(verdict, tool, source_line).write();
}

}  // namespace ipcgrade
