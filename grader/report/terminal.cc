#include "report/terminal.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "report/catalogue.h"
#include "report/escape.h"
#include "report/text.h"

namespace ipcgrade {
namespace {

// Of the details of a finding: so much is read; the rest is for -v and the files.
constexpr std::size_t kDetailLines = 24;
constexpr std::size_t kDetailLineCap = 400;  // bytes
constexpr std::size_t kVerboseDetailLines = 2000;

enum class Style { kPlain, kBold, kDim, kGood, kBad, kDoubtful };

std::string_view sgr_of(Style style) {
  switch (style) {
    case Style::kBold:
      return "1";
    case Style::kDim:
      return "2";
    case Style::kGood:
      return "32";
    case Style::kBad:
      return "1;31";
    case Style::kDoubtful:
      return "33";
    case Style::kPlain:
      break;
  }
  return "";
}

struct OutcomeWord {
  std::string_view word;
  Style style;
};

OutcomeWord word_of(CheckOutcome outcome) {
  switch (outcome) {
    case CheckOutcome::kPassed:
      return {"PASS", Style::kGood};
    case CheckOutcome::kFailed:
      return {"FAIL", Style::kBad};
    case CheckOutcome::kWarning:
      return {"WARN", Style::kDoubtful};
    case CheckOutcome::kSkipped:
      return {"skip", Style::kDim};
    case CheckOutcome::kError:
      break;
  }
  return {"ERR ", Style::kDoubtful};
}

// Writes one report. Everything that a verdict holds goes through sentence(), place() or
// verbatim_lines() before it is added.
class TerminalWriter {
 public:
  TerminalWriter(const Verdict& verdict, const TerminalOptions& options)
      : verdict_(verdict),
        options_(options),
        width_(static_cast<std::size_t>(std::clamp(options.width, 40, 100))),
        told_(findings_to_tell(verdict)) {}

  std::string write() {
    if (verdict_.outcome == VerdictOutcome::kUngraded) {
      write_ungraded();
      return defuse(text_);
    }
    if (!options_.quiet) write_title();
    write_checks();
    if (!options_.quiet) {
      write_exploration();
      write_findings();
    }
    write_score();
    if (!options_.quiet) write_isolation(options_.verbose);
    // The whole of it, since wrapping can bring any word to the start of a line.
    return defuse(text_);
  }

 private:
  [[nodiscard]] std::string styled(std::string_view text, Style style) const {
    if (!options_.color || style == Style::kPlain) return std::string(text);
    return fmt::format("\x1b[{}m{}\x1b[0m", sgr_of(style), text);
  }

  void line(std::string_view text, Style style = Style::kPlain) {
    text_ += styled(text, style);
    text_ += '\n';
  }

  void blank() { text_ += '\n'; }

  // A wrapped paragraph: `first` (already styled, `indent` columns wide) stands before the first
  // line, spaces before the others.
  void paragraph(std::string_view first, std::size_t indent, std::string_view text,
                 Style style = Style::kPlain) {
    const std::string space(indent, ' ');
    bool is_first = true;
    for (const std::string& part : wrapped(text, width_ - indent)) {
      text_ += is_first ? std::string(first) : space;
      line(part, style);
      is_first = false;
    }
  }

  void labelled(std::string_view label, std::string_view text, Style style = Style::kPlain) {
    paragraph(styled(fmt::format("   {:<8}", label), Style::kBold), 11, text, style);
  }

  // Lines that are shown as they are, behind a bar; a line that goes on has no bar.
  void verbatim(std::string_view indent, const std::vector<std::string>& details) {
    const std::size_t most = options_.verbose ? kVerboseDetailLines : kDetailLines;
    const std::size_t cap = options_.verbose ? kTextCap : kDetailLineCap;
    const bool cut = details.size() > most;
    // The end is worth as much as the beginning: a long output goes wrong at either.
    const std::size_t head = cut ? most * 2 / 3 : details.size();
    const std::size_t tail = cut ? most - head : 0;
    for (std::size_t at = 0; at < head; ++at) verbatim_line(indent, details[at], cap);
    if (!cut) return;
    line(fmt::format("{}[... {} left out here{}]", indent,
                     counted(details.size() - head - tail, "line"),
                     options_.verbose ? "" : "; -v shows more"),
         Style::kDim);
    for (std::size_t at = details.size() - tail; at < details.size(); ++at) {
      verbatim_line(indent, details[at], cap);
    }
  }

  void verbatim_line(std::string_view indent, std::string_view detail, std::size_t cap) {
    for (const std::string& shown : verbatim_lines(detail, cap)) barred_line(indent, shown);
  }

  void barred_line(std::string_view indent, std::string_view shown) {
    std::string_view mark = "| ";
    for (const std::string& part : chopped(shown, width_ - indent.size() - 2)) {
      text_ += indent;
      text_ += styled(mark, Style::kDim);
      line(part);
      mark = "  ";
    }
  }

  void write_title() {
    paragraph("", 0, fmt::format("{}: {}", sentence(verdict_.lab), sentence(verdict_.submission)),
              Style::kBold);
  }

  void write_ungraded() {
    if (!options_.quiet) {
      write_title();
      blank();
    }
    const std::string reason = verdict_.ungraded_reason.empty()
                                   ? "the grader could not do its work"
                                   : sentence(verdict_.ungraded_reason);
    paragraph(styled("not graded: ", Style::kDoubtful), 12, reason);
    if (verdict_.ungraded == Ungraded::kStopped) {
      paragraph("", 0, "No points were given, and none were taken.");
      if (options_.quiet || told_.empty()) return;
      blank();
      paragraph("", 0, "What was found until then:");
      return write_findings();
    }
    const bool here = verdict_.ungraded == Ungraded::kHere;
    paragraph("", 0,
              fmt::format("This is not your program's fault: the grader could not do its work{}. "
                          "No points were given, and none were taken.",
                          here ? " on this machine" : ""));
    if (options_.quiet) return;
    paragraph(styled("hint: ", Style::kBold), 6,
              here ? "try again; if it comes back, send the line above to whoever runs the grader. "
                     "`ipcgrade doctor` shows what this machine can do."
                   : "send the line above to whoever runs the grader, or do the same by other "
                     "means: trying again will not help.");
    write_isolation(true);
  }

  [[nodiscard]] std::string row_text(const CheckResult& check) const {
    const bool tells_why =
        check.outcome == CheckOutcome::kFailed || check.outcome == CheckOutcome::kSkipped ||
        check.outcome == CheckOutcome::kError || check.outcome == CheckOutcome::kWarning;
    std::string text = sentence(check.title);
    if (tells_why && !check.message.empty()) text = sentence(check.message);
    if (!tells_why && !check.message.empty()) text += "; " + sentence(check.message);
    std::vector<std::ptrdiff_t> numbers;
    for (const std::size_t index : findings_of(verdict_, check)) {
      const auto found = std::ranges::find(told_, index, &ToldFinding::index);
      numbers.push_back(found - told_.begin() + 1);
    }
    const bool in_a_row = numbers.size() > 2 && numbers.back() - numbers.front() ==
                                                    static_cast<std::ptrdiff_t>(numbers.size()) - 1;
    if (!numbers.empty() && !options_.quiet) {
      text += in_a_row ? fmt::format(" (see {} to {})", numbers.front(), numbers.back())
                       : fmt::format(" (see {})", fmt::join(numbers, ", "));
    }
    if (!check.details.empty() && !options_.verbose && !options_.quiet) {
      const auto warnings =
          static_cast<std::size_t>(std::ranges::count_if(check.details, [](const auto& detail) {
            return detail.find("warning: ") != std::string::npos;
          }));
      text += warnings > 0 ? fmt::format(" ({}; -v shows them)", counted(warnings, "warning"))
                           : " (-v shows more)";
    }
    return text;
  }

  void write_checks() {
    std::size_t id_width = 0;
    std::size_t points_width = 0;
    std::vector<std::string> given;
    for (const CheckResult& check : verdict_.checks) {
      // A check that nothing hangs on, since this version does not decide it, has no points.
      given.push_back(check.max_score > 0 ? points_of(check) : has_points(verdict_) ? "-" : "");
      id_width = std::max(id_width, columns(sentence(check.id)));
      points_width = std::max(points_width, given.back().size());
    }
    id_width = std::min(id_width, width_ / 3);
    for (std::size_t at = 0; at < verdict_.checks.size(); ++at) {
      const CheckResult& check = verdict_.checks[at];
      const bool wrong =
          check.outcome == CheckOutcome::kFailed || check.outcome == CheckOutcome::kError;
      if (options_.quiet && !wrong) continue;
      const auto [word, style] = word_of(check.outcome);
      // Ids are short words; one that is not loses its end rather than the table its columns.
      const std::string id = chopped(sentence(check.id), id_width).front();
      const std::string first = fmt::format("  {}  {}{:{}}  {:>{}}  ", styled(word, style), id, "",
                                            id_width - columns(id), given[at], points_width);
      paragraph(first, 2 + 4 + 2 + id_width + 2 + points_width + 2, row_text(check),
                check.outcome == CheckOutcome::kSkipped ? Style::kDim : Style::kPlain);
      if (options_.verbose && !options_.quiet) verbatim("        ", check.details);
    }
  }

  void write_exploration() {
    const bool unseen = std::ranges::any_of(verdict_.exploration, &Exploration::threads_unseen);
    for (const Exploration& explored : verdict_.exploration) {
      paragraph("  ", 2, exploration_text(explored));
    }
    if (unseen) {
      paragraph("  ", 2, "(not looked at: memory that only the threads of one process share)");
    }
  }

  void write_findings() {
    bool again = false;
    for (std::size_t at = 0; at < told_.size();) {
      blank();
      if (told_before(at) && !options_.verbose) {
        again = again || !told(at).story.empty();
        at = write_repeated(at);
      } else {
        write_finding(at + 1, told(at), told_[at].check);
        ++at;
      }
    }
    if (again) {
      blank();
      paragraph("", 0, "What is there again is told whole with -v.");
    }
    if (!told_.empty()) blank();
  }

  [[nodiscard]] bool told_before(std::size_t at) const {
    return ipcgrade::told_before(verdict_, told_, at);
  }

  [[nodiscard]] const Finding& told(std::size_t at) const {
    return verdict_.findings[told_[at].index];
  }

  // All that follow each other and say the same are told at once. Gives the first that does not.
  std::size_t write_repeated(std::size_t at) {
    const Finding& finding = told(at);
    std::size_t end = at + 1;
    std::string situations = situation_of(finding, "");
    while (end < told_.size() && told_before(end) && told(end).message == finding.message &&
           told_[end].check == told_[at].check && !told(end).scenario.empty()) {
      situations += "; " + situation_of(told(end++), "");
    }
    const bool several = end - at > 1;
    const std::string mark =
        several ? fmt::format("{} to {}. ", at + 1, end) : fmt::format("{}. ", at + 1);
    paragraph(styled(mark, Style::kBad), mark.size(), "again: " + sentence(finding.message));
    if (several) {
      labelled("when:", situations);
    } else {
      write_situation(finding);
    }
    // Another message: it may have another cause.
    const bool is_new =
        std::none_of(told_.begin(), told_.begin() + static_cast<std::ptrdiff_t>(at),
                     [&](const ToldFinding& earlier) {
                       return verdict_.findings[earlier.index].message == finding.message;
                     });
    if (is_new && !finding.details.empty()) verbatim("   ", finding.details);
    if (!finding.story.empty() && !finding.replay.empty()) {
      line(styled("   replay: ", Style::kBold) + sentence(finding.replay));
    }
    return end;
  }

  void write_situation(const Finding& finding) {
    if (finding.scenario.empty()) return;
    labelled("when:", situation_of(finding));
  }

  void write_finding(std::size_t number, const Finding& finding, const CheckResult* check) {
    const auto [severity, style] = finding.severity == Severity::kError ? std::pair{"", Style::kBad}
                                   : finding.severity == Severity::kWarning
                                       ? std::pair{"warning: ", Style::kDoubtful}
                                       : std::pair{"note: ", Style::kBold};
    std::string heading = severity;
    if (check != nullptr) heading += sentence(check->id) + ": ";
    heading += fmt::format("{} ({})", catalogue_entry(finding.kind).title, name_of(finding.kind));
    const std::string mark = fmt::format("{}. ", number);
    paragraph(styled(mark, style), mark.size(), heading, style);
    if (!finding.message.empty()) paragraph("   ", 3, sentence(finding.message));
    write_situation(finding);
    std::string_view label = "where:";
    for (const Location& location : finding.locations) {
      write_location(label, location);
      label = "";
    }
    if (!finding.details.empty()) verbatim("   ", finding.details);
    write_story(finding.story);
    if (const std::string order = missing_order(finding);
        !order.empty() && !finding.good_story.empty()) {
      labelled("order:", shown_step(order, kSentenceCap));
    }
    if (const std::string_view hint = hint_of(finding); !hint.empty()) {
      labelled("hint:", sentence(hint));
    }
    // Not wrapped: it is there to be copied.
    if (!finding.replay.empty()) {
      line(styled("   replay: ", Style::kBold) + sentence(finding.replay));
    }
  }

  void write_location(std::string_view label, const Location& location) {
    const std::string where = place(location);
    if (where.empty()) return;
    labelled(label, where);
    write_source(location);
    for (const Location& caller : location.callers) {
      labelled("", "called at " + place(caller));
      write_source(caller);
    }
  }

  void write_source(const Location& location) {
    if (!options_.source_line || location.line == 0) return;
    if (const auto source = options_.source_line(location)) {
      barred_line("           ", visible_c(*source, kDetailLineCap));
    }
  }

  void write_story(const std::vector<StoryStep>& story) {
    for (const StoryStep& step : story) {
      const std::string where = place(step);
      // A step of nobody's own is what was left out: "… 24 more writes by server".
      const std::string who = step.process.empty() ? ""
                                                   : fmt::format("{}{}{}: ", sentence(step.process),
                                                                 where.empty() ? "" : " ", where);
      paragraph(fmt::format("   {:>4}. ", step.step), 9, who + shown_step(step.text, kSentenceCap));
    }
  }

  void write_score() {
    const bool well = verdict_.outcome == VerdictOutcome::kPassed;
    const ScoreText text = score_text(verdict_);
    paragraph(styled(text.score, well ? Style::kGood : Style::kBad) + ": ", text.score.size() + 2,
              text.checks);
  }

  void write_isolation(bool whole) {
    const Isolation& isolation = verdict_.isolation;
    if (isolation.tier.empty() && isolation.missing.empty()) return;
    std::string tier = isolation.tier.empty() ? "none" : sentence(isolation.tier);
    // What is next to nothing is said in full.
    whole = whole || tier.starts_with('D');
    if (!whole && !isolation.missing.empty()) {
      tier += fmt::format(" ({} missing; -v shows which)",
                          counted(isolation.missing.size(), "guarantee"));
    }
    paragraph(styled("sandbox: ", Style::kDim), 9, tier, Style::kDim);
    if (!whole) return;
    for (const std::string& missing : isolation.missing) {
      paragraph(styled("  missing: ", Style::kDim), 11, sentence(missing), Style::kDim);
    }
  }

  const Verdict& verdict_;
  const TerminalOptions& options_;
  std::size_t width_;
  std::vector<ToldFinding> told_;
  std::string text_;
};

}  // namespace

std::string terminal_report(const Verdict& verdict, const TerminalOptions& options) {
  return TerminalWriter(verdict, options).write();
}

}  // namespace ipcgrade
