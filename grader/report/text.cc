#include "report/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "report/catalogue.h"
#include "report/escape.h"
#include "report/utf8.h"

namespace ipcgrade {
namespace {

constexpr std::array<std::pair<char32_t, char32_t>, 10> kWide{{
    {0x1100, 0x115F},    // Hangul
    {0x2E80, 0xA4CF},    // CJK
    {0xAC00, 0xD7A3},    // Hangul
    {0xF900, 0xFAFF},    // CJK
    {0xFE30, 0xFE6F},    // CJK forms
    {0xFF00, 0xFF60},    // fullwidth forms
    {0xFFE0, 0xFFE6},    // fullwidth signs
    {0x1F300, 0x1F64F},  // pictures
    {0x1F900, 0x1F9FF},  // pictures
    {0x20000, 0x3FFFD},  // CJK
}};

std::size_t columns_of(char32_t code) {
  if (code == '\t') return 8;
  if (code >= 0x300 && code <= 0x36F) return 0;
  return std::ranges::any_of(
             kWide, [code](auto range) { return code >= range.first && code <= range.second; })
             ? 2
             : 1;
}

/// How many bytes of `text` fill at most `width` columns; at least one code point.
std::size_t fitting(std::string_view text, std::size_t width) {
  std::size_t used = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    const CodePoint point = decode_utf8(text.substr(at));
    used += columns_of(point.value);
    if (used > width && at > 0) break;
    at += point.length;
  }
  return at;
}

}  // namespace

std::string points(double value) {
  std::string text = fmt::format("{:.2f}", value);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text == "-0" ? "0" : text;
}

double rounded(double value) { return std::round(value * 1e6) / 1e6; }

std::string points_of(const CheckResult& check) {
  return points(check.score) + "/" + points(check.max_score);
}

std::string place(const Location& location) {
  std::string text = location.file;
  if (!text.empty() && location.line > 0) text += fmt::format(":{}", location.line);
  const auto add = [&text](std::string_view word, const std::string& name) {
    if (name.empty()) return;
    if (!text.empty()) text += ", ";
    text += word;
    text += name;
  };
  add("in ", location.function);
  if (text.empty()) add("", location.process.empty() ? location.program : location.process);
  return visible(text, Newlines::kEscape);
}

std::string place(const StoryStep& step) {
  return place(
      Location{.program = {}, .process = {}, .file = step.file, .line = step.line, .function = {}});
}

std::string shown_step(std::string_view text, std::size_t cap) { return visible_c(text, cap); }

std::string_view name_of(CheckOutcome outcome) {
  switch (outcome) {
    case CheckOutcome::kPassed:
      return "passed";
    case CheckOutcome::kFailed:
      return "failed";
    case CheckOutcome::kWarning:
      return "warning";
    case CheckOutcome::kSkipped:
      return "skipped";
    case CheckOutcome::kError:
      break;
  }
  return "error";
}

std::string_view name_of(Severity severity) {
  switch (severity) {
    case Severity::kWarning:
      return "warning";
    case Severity::kNote:
      return "note";
    case Severity::kError:
      break;
  }
  return "error";
}

std::string_view name_of(VerdictOutcome outcome) {
  switch (outcome) {
    case VerdictOutcome::kPassed:
      return "passed";
    case VerdictOutcome::kFailed:
      return "failed";
    case VerdictOutcome::kUngraded:
      break;
  }
  return "ungraded";
}

std::string sentence(std::string_view bytes) {
  return visible_capped(bytes, Newlines::kEscape, kSentenceCap);
}

std::vector<ToldFinding> findings_to_tell(const Verdict& verdict) {
  std::vector<ToldFinding> told;
  const auto tell = [&told](std::size_t index, const CheckResult* check) {
    if (std::ranges::find(told, index, &ToldFinding::index) == told.end()) {
      told.push_back({index, check});
    }
  };
  for (const CheckResult& check : verdict.checks) {
    for (const std::size_t index : findings_of(verdict, check)) tell(index, &check);
  }
  for (std::size_t index = 0; index < verdict.findings.size(); ++index) tell(index, nullptr);
  return told;
}

bool told_before(const Verdict& verdict, const std::vector<ToldFinding>& told, std::size_t at) {
  const Finding& finding = verdict.findings[told[at].index];
  return std::any_of(told.begin(), told.begin() + static_cast<std::ptrdiff_t>(at),
                     [&](const ToldFinding& earlier) {
                       const Finding& other = verdict.findings[earlier.index];
                       return earlier.check == told[at].check && other.kind == finding.kind &&
                              other.hint == finding.hint && other.locations == finding.locations &&
                              (!finding.story.empty() || other.story.empty());
                     });
}

std::string situation_of(const Finding& finding, std::string_view before_id) {
  if (finding.scenario.empty()) return "";
  const std::string name = std::string(before_id) + sentence(finding.scenario);
  return finding.situation.empty() ? name
                                   : fmt::format("{} ({})", sentence(finding.situation), name);
}

std::string exploration_text(const Exploration& explored) {
  const std::string orders = counted(explored.distinct, "order");
  return fmt::format("{}: {}", sentence(explored.scenario),
                     explored.schedules == 0 ? "left out, as long as the others go wrong"
                     : explored.exhaustive   ? explored.distinct == 1
                                                   ? "its only order explored"
                                                   : fmt::format("all {} explored", orders)
                                             : orders + " tried, of more that there are");
}

bool has_points(const Verdict& verdict) {
  return std::ranges::any_of(verdict.checks,
                             [](const CheckResult& check) { return check.max_score > 0; });
}

ScoreText score_text(const Verdict& verdict) {
  std::size_t passed = 0;
  std::size_t failed = 0;
  std::size_t skipped = 0;
  for (const CheckResult& check : verdict.checks) {
    switch (check.outcome) {
      case CheckOutcome::kPassed:
      case CheckOutcome::kWarning:
        ++passed;
        break;
      case CheckOutcome::kFailed:
      case CheckOutcome::kError:
        ++failed;
        break;
      case CheckOutcome::kSkipped:
        ++skipped;
        break;
    }
  }
  std::vector<std::string> parts;
  if (failed > 0) parts.push_back(counted(failed, "check") + " failed");
  if (failed == 0) parts.push_back(counted(passed, "check") + " passed");
  if (failed > 0 && passed > 0) parts.push_back(fmt::format("{} passed", passed));
  if (skipped > 0) parts.push_back(fmt::format("{} skipped", skipped));
  std::string score = fmt::format("{}/{} points", points(verdict.score), points(verdict.max_score));
  // Where nothing has points, it is asked what there is to find; warnings and notes do not count.
  if (!has_points(verdict)) {
    score = verdict.outcome == VerdictOutcome::kPassed ? "nothing found" : "something found";
    for (const auto& [severity, word] :
         {std::pair{Severity::kWarning, "warning"}, std::pair{Severity::kNote, "note"}}) {
      const auto count = static_cast<std::size_t>(
          std::ranges::count(verdict.findings, severity, &Finding::severity));
      if (count > 0) parts.push_back(counted(count, word));
    }
  }
  return {std::move(score), fmt::format("{}", fmt::join(parts, ", "))};
}

std::string missing_order(const Finding& finding) {
  const Unordered& pair = finding.unordered;
  if (pair.later.empty()) return "";
  if (finding.good_story.empty()) {
    return fmt::format("nothing orders {} and {}", pair.earlier, pair.later);
  }
  return fmt::format(
      "here {} comes before {}. Where all goes well it is the other way round, and nothing makes "
      "sure of that",
      pair.earlier, pair.later);
}

std::string_view hint_of(const Finding& finding) {
  return finding.hint.empty() ? catalogue_entry(finding.kind).hint : finding.hint;
}

std::vector<std::size_t> findings_of(const Verdict& verdict, const CheckResult& check) {
  std::vector<std::size_t> indices;
  for (const std::size_t index : check.findings) {
    if (index < verdict.findings.size() && std::ranges::find(indices, index) == indices.end()) {
      indices.push_back(index);
    }
  }
  return indices;
}

std::string counted(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::vector<std::string> verbatim_lines(std::string_view bytes, std::size_t cap) {
  const std::string shown = visible_capped(bytes, Newlines::kKeep, cap);
  std::vector<std::string> lines;
  std::size_t start = 0;
  while (true) {
    const std::size_t end = shown.find('\n', start);
    lines.push_back(shown.substr(start, end - start));
    if (end == std::string::npos) break;
    start = end + 1;
  }
  // A last newline ends a line and begins none.
  if (lines.size() > 1 && lines.back().empty()) lines.pop_back();
  return lines;
}

std::string capped_lines(const std::vector<std::string>& lines, std::size_t cap) {
  // How many lines from one end fit in half of the room; one does always.
  const auto fitting_lines = [cap](auto first, const auto& last) {
    std::size_t used = 0;
    std::size_t count = 0;
    for (; first != last; ++first) {
      used += first->size() + 1;
      if (used > cap / 2 && count > 0) break;
      ++count;
    }
    return count;
  };
  std::size_t size = 0;
  for (const std::string& line : lines) size += line.size() + 1;
  std::size_t head = lines.size();
  std::size_t tail = 0;
  if (size > cap) {
    head = fitting_lines(lines.begin(), lines.end());
    tail = std::min(fitting_lines(lines.rbegin(), lines.rend()), lines.size() - head);
  }
  const std::size_t left_out = lines.size() - head - tail;
  std::string text;
  for (std::size_t at = 0; at < lines.size(); ++at) {
    if (at == head && left_out > 0) {
      text += fmt::format("[... {} left out here ...]\n", counted(left_out, "line"));
    }
    if (at < head || at >= lines.size() - tail) text += lines[at] + "\n";
  }
  return text;
}

std::size_t columns(std::string_view text) {
  std::size_t used = 0;
  while (!text.empty()) {
    const CodePoint point = decode_utf8(text);
    used += columns_of(point.value);
    text.remove_prefix(point.length);
  }
  return used;
}

std::vector<std::string> chopped(std::string_view text, std::size_t width) {
  std::vector<std::string> lines;
  do {
    std::size_t bytes = fitting(text, width);
    // Behind a space, where there is one near the end.
    if (bytes < text.size()) {
      const std::size_t space = text.rfind(' ', bytes - 1);
      if (space != std::string_view::npos && space + 1 > bytes - bytes / 3) bytes = space + 1;
    }
    lines.emplace_back(text.substr(0, bytes));
    text.remove_prefix(bytes);
  } while (!text.empty());
  return lines;
}

std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
  std::vector<std::string> lines;
  while (true) {
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    const std::size_t room = text.empty() ? 0 : fitting(text, width);
    if (room == text.size()) {
      if (!text.empty() || lines.empty()) lines.emplace_back(text);
      return lines;
    }
    const std::size_t space = text.rfind(' ', room);
    const std::size_t end = space == std::string_view::npos || space == 0 ? room : space;
    const std::string_view line = text.substr(0, end);
    lines.emplace_back(line.substr(0, line.find_last_not_of(' ') + 1));
    text.remove_prefix(end);
  }
}

}  // namespace ipcgrade
