#include "report/junit.h"

#include <fmt/format.h>
#include <tinyxml2.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "report/check_lines.h"
#include "report/escape.h"
#include "report/text.h"

namespace ipcgrade {
namespace {

// Bytes. Of a message in an attribute the body has more; of a body much more is never read.
constexpr std::size_t kAttributeCap = 4000;

// tinyxml2 writes a newline in an attribute as it is, and a parser then reads a space. Entities it
// writes as they should be.
class XmlWriter : public tinyxml2::XMLPrinter {
 public:
  /// Takes any bytes.
  void attribute(const char* name, std::string_view bytes, Newlines newlines = Newlines::kEscape) {
    Putc(' ');
    Write(name);
    Write("=\"");
    for (const char c : defuse(visible_capped(bytes, newlines, kAttributeCap))) {
      write_in_attribute(c);
    }
    Putc('"');
  }
  void attribute(const char* name, std::size_t number) { attribute(name, std::to_string(number)); }

  /// Takes visible lines.
  void text(const std::vector<std::string>& lines) {
    std::string text = defuse(capped_lines(lines, kTextCap));
    if (text.ends_with('\n')) text.pop_back();
    PushText(text.c_str());
  }

 private:
  void write_in_attribute(char c) {
    switch (c) {
      case '&':
        return Write("&amp;");
      case '<':
        return Write("&lt;");
      case '>':
        return Write("&gt;");
      case '"':
        return Write("&quot;");
      case '\n':
        return Write("&#10;");
      case '\t':
        return Write("&#9;");
      default:
        Putc(c);
    }
  }
};

enum class CaseOutcome { kPassed, kFailure, kError, kSkipped };

// Bodies and output are visible lines; all else is any bytes.
struct Case {
  std::string name;
  CaseOutcome outcome = CaseOutcome::kPassed;
  std::string type;  // of a failure or an error
  std::string message;
  Lines body;
  Lines output;        // system-out
  std::string points;  // "0/3", or empty
  Location where;
};

// A part of a classname: a dot would make a folder in a viewer's tree.
std::string without_dots(std::string_view name) {
  std::string part(name);
  std::ranges::replace(part, '.', '_');
  return part;
}

std::string seconds_text(double seconds) { return fmt::format("{:.3f}", std::max(seconds, 0.0)); }

// A check of a verdict that is graded.
Case graded_case(const Verdict& verdict, const CheckResult& check) {
  const std::vector<std::size_t> findings = findings_of(verdict, check);
  Case result;
  result.name = check.id;
  if (check.max_score > 0) result.points = points_of(check);
  result.message = message_of(verdict, check);
  if (!result.points.empty()) result.message = result.points + " points: " + result.message;
  const Lines told = told_lines(verdict, check);

  switch (check.outcome) {
    case CheckOutcome::kPassed:
    case CheckOutcome::kWarning:
      if (!check.message.empty()) result.output.push_back(one_line(check.message));
      result.output.insert(result.output.end(), told.begin(), told.end());
      return result;
    case CheckOutcome::kSkipped:
      result.outcome = CaseOutcome::kSkipped;
      result.output = told;
      return result;
    case CheckOutcome::kFailed:
      result.outcome = CaseOutcome::kFailure;
      result.type = findings.empty() ? "failed" : name_of(verdict.findings[findings.front()].kind);
      break;
    case CheckOutcome::kError:
      result.outcome = CaseOutcome::kError;
      result.type = "grader";
      break;
  }
  // GitLab shows the body and not the message, so it is there as well.
  result.body = {one_line(result.message), one_line(check.title)};
  result.body.insert(result.body.end(), told.begin(), told.end());
  for (const std::size_t index : findings) {
    if (verdict.findings[index].locations.empty()) continue;
    result.where = verdict.findings[index].locations.front();
    break;
  }
  return result;
}

Case ungraded_case(const Verdict& verdict) {
  Case result;
  result.name = "grading";
  result.outcome = CaseOutcome::kError;
  result.type = "ungraded";
  result.message =
      "not graded: " + (verdict.ungraded_reason.empty() ? "the grader could not do its work"
                                                        : verdict.ungraded_reason);
  result.body = {one_line(result.message),
                 "This is not the submission's fault: the grader could not do its work on this "
                 "machine. No points were given, and none were taken."};
  append_lines(result.body, "missing: ", verdict.isolation.missing);
  return result;
}

std::vector<Case> cases_of(const Verdict& verdict) {
  std::vector<Case> cases;
  if (verdict.outcome != VerdictOutcome::kUngraded) {
    for (const CheckResult& check : verdict.checks) cases.push_back(graded_case(verdict, check));
    return cases;
  }
  cases.push_back(ungraded_case(verdict));
  for (const CheckResult& check : verdict.checks) {
    Case skipped;
    skipped.name = check.id;
    skipped.outcome = CaseOutcome::kSkipped;
    skipped.message = "not graded";
    cases.push_back(skipped);
  }
  return cases;
}

class JunitWriter {
 public:
  JunitWriter(const Verdict& verdict, const JunitOptions& options)
      : verdict_(verdict),
        options_(options),
        extended_(options.flavor == JunitFlavor::kExtended),
        submission_(verdict.submission.find_first_not_of(" \t\r\n") == std::string::npos
                        ? "submission"
                        : verdict.submission),
        cases_(cases_of(verdict)) {}

  std::string write() {
    xml_.PushHeader(/*writeBOM=*/false, /*writeDeclaration=*/false);
    xml_.PushDeclaration("xml version=\"1.0\" encoding=\"UTF-8\"");
    xml_.OpenElement("testsuites");
    xml_.attribute("name", "ipcgrade");
    write_counts();
    if (extended_) xml_.attribute("skipped", count(CaseOutcome::kSkipped));
    write_suite();
    xml_.CloseElement();
    return xml_.CStr();
  }

 private:
  [[nodiscard]] std::size_t count(CaseOutcome outcome) const {
    return static_cast<std::size_t>(std::ranges::count(cases_, outcome, &Case::outcome));
  }

  void write_counts() {
    xml_.attribute("tests", cases_.size());
    xml_.attribute("failures", count(CaseOutcome::kFailure));
    xml_.attribute("errors", count(CaseOutcome::kError));
    xml_.attribute("time", seconds_text(verdict_.seconds));
  }

  void element(const char* name, const Lines& lines) {
    xml_.OpenElement(name);
    if (!lines.empty()) xml_.text(lines);
    xml_.CloseElement();
  }

  void property(std::string_view name, std::string_view value) {
    xml_.OpenElement("property");
    xml_.attribute("name", name);
    xml_.attribute("value", value, Newlines::kKeep);
    xml_.CloseElement();
  }

  void write_suite() {
    xml_.OpenElement("testsuite");
    xml_.attribute("name", verdict_.lab + "/" + submission_);
    write_counts();
    xml_.attribute("skipped", count(CaseOutcome::kSkipped));
    if (!options_.timestamp.empty()) xml_.attribute("timestamp", options_.timestamp);
    // Asked for by Ant's schema. The real one would tell a student's report where it was graded.
    xml_.attribute("hostname", "localhost");
    xml_.attribute("id", std::size_t{0});
    xml_.attribute("package", without_dots(verdict_.lab));
    write_properties();
    for (const Case& test : cases_) write_case(test);
    element("system-out", {});
    element("system-err", {});
    xml_.CloseElement();
  }

  void write_properties() {
    xml_.OpenElement("properties");
    property("lab", verdict_.lab);
    property("submission", submission_);
    if (verdict_.outcome != VerdictOutcome::kUngraded) {
      property("score", points(verdict_.score));
      property("max_score", points(verdict_.max_score));
    }
    for (const Case& test : cases_) {
      if (!test.points.empty()) property("points." + test.name, test.points);
    }
    property("sandbox", verdict_.isolation.tier);
    for (const std::string& missing : verdict_.isolation.missing) {
      property("sandbox.missing", missing);
    }
    xml_.CloseElement();
  }

  void write_case(const Case& test) {
    xml_.OpenElement("testcase");
    xml_.attribute("name", test.name);
    xml_.attribute("classname", without_dots(verdict_.lab) + "." + without_dots(submission_));
    // A check has no time of its own: checks share their runs.
    xml_.attribute("time", seconds_text(0));
    if (extended_) write_extensions(test);
    switch (test.outcome) {
      case CaseOutcome::kPassed:
        break;
      case CaseOutcome::kSkipped:
        xml_.OpenElement("skipped");
        if (extended_) xml_.attribute("message", test.message, Newlines::kKeep);
        xml_.text({one_line(test.message)});
        xml_.CloseElement();
        break;
      case CaseOutcome::kError:
        write_problem("error", test);
        break;
      case CaseOutcome::kFailure:
        write_problem("failure", test);
        break;
    }
    if (!test.output.empty()) element("system-out", test.output);
    xml_.CloseElement();
  }

  void write_problem(const char* name, const Case& test) {
    xml_.OpenElement(name);
    xml_.attribute("message", test.message, Newlines::kKeep);
    xml_.attribute("type", test.type);
    xml_.text(test.body);
    xml_.CloseElement();
  }

  void write_extensions(const Case& test) {
    if (!test.where.file.empty()) xml_.attribute("file", test.where.file);
    if (test.where.line > 0) {
      xml_.attribute("line", static_cast<std::size_t>(test.where.line));
    }
    if (test.points.empty()) return;
    xml_.OpenElement("properties");
    property("points", test.points);
    xml_.CloseElement();
  }

  const Verdict& verdict_;
  const JunitOptions& options_;
  bool extended_;
  std::string submission_;
  std::vector<Case> cases_;
  XmlWriter xml_;
};

}  // namespace

std::string junit_report(const Verdict& verdict, const JunitOptions& options) {
  return JunitWriter(verdict, options).write();
}

}  // namespace ipcgrade
