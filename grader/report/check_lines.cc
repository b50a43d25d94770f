#include "report/check_lines.h"

#include <fmt/format.h>

#include "report/escape.h"

namespace ipcgrade {
namespace {

constexpr std::size_t kLineCap = kTextCap / 4;  // bytes

void append_finding(Lines& lines, const Finding& finding) {
  lines.push_back(fmt::format("{}: {}", name_of(finding.kind), one_line(finding.message)));
  // FILE:LINE is what consumers look for in a body, to show a failure beside the source.
  for (const Location& location : finding.locations) {
    if (const std::string where = place(location); !where.empty()) lines.push_back("at " + where);
    for (const Location& caller : location.callers) lines.push_back("called at " + place(caller));
  }
  if (!finding.scenario.empty()) lines.push_back("scenario: " + one_line(finding.scenario));
  append_lines(lines, "| ", finding.details);
  for (const StoryStep& step : finding.story) {
    const std::string where = place(step);
    // A step of nobody's own is what was left out: "… 24 more writes by server".
    const std::string by = step.process.empty() ? ""
                                                : fmt::format("{}{}{}: ", one_line(step.process),
                                                              where.empty() ? "" : " ", where);
    lines.push_back(fmt::format("{:>4}. {}{}", step.step, by, shown_step(step.text, kLineCap)));
  }
  if (const std::string order = missing_order(finding); !order.empty()) {
    lines.push_back("order: " + shown_step(order, kLineCap));
  }
  if (const auto hint = hint_of(finding); !hint.empty()) lines.push_back("hint: " + one_line(hint));
  if (!finding.replay.empty()) lines.push_back("replay: " + one_line(finding.replay));
}

}  // namespace

std::string one_line(std::string_view bytes) {
  return visible_capped(bytes, Newlines::kEscape, kLineCap);
}

void append_lines(Lines& lines, std::string_view prefix, const std::vector<std::string>& texts) {
  for (const std::string& text : texts) {
    for (const std::string& line : verbatim_lines(text, kLineCap)) {
      lines.push_back(std::string(prefix) + line);
    }
  }
}

std::string message_of(const Verdict& verdict, const CheckResult& check) {
  if (!check.message.empty()) return check.message;
  const std::vector<std::size_t> findings = findings_of(verdict, check);
  return findings.empty() ? check.title : verdict.findings[findings.front()].message;
}

Lines told_lines(const Verdict& verdict, const CheckResult& check) {
  Lines lines;
  for (const std::size_t index : findings_of(verdict, check)) {
    lines.emplace_back();
    append_finding(lines, verdict.findings[index]);
  }
  append_lines(lines, "", check.details);
  return lines;
}

}  // namespace ipcgrade
