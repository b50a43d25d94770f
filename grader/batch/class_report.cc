#include "batch/class_report.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <tinyxml2.h>

#include <algorithm>
#include <cmath>
#include <kainjow/mustache.hpp>
#include <map>
#include <numeric>
#include <set>
#include <utility>
#include <vector>

#include "archives/zip.h"
#include "assignment/kind.h"
#include "batch/csv.h"
#include "batch/rows.h"
#include "class_template.h"
#include "report/catalogue.h"
#include "report/escape.h"
#include "report/page_data.h"
#include "report/text.h"
#include "report/write_file.h"
#include "sandbox/files.h"

namespace ipcgrade {
namespace {

namespace fs = std::filesystem;
using kainjow::mustache::data;

std::string percent(std::size_t count, std::size_t of) {
  return fmt::format("{:.1f}",
                     of == 0 ? 0.0 : 100.0 * static_cast<double>(count) / static_cast<double>(of));
}

class ClassPage {
 public:
  ClassPage(const Batch& batch, std::string_view tool)
      : batch_(batch), tool_(tool), rows_(read_rows(batch)) {
    for (const Row& row : rows_.rows) graded_ += row.has_grade() ? 1 : 0;
  }

  std::string write() {
    kainjow::mustache::mustache page{kClassTemplate};
    return defuse(page.render(object({{"tool", sentence(tool_)},
                                      {"lab", sentence(batch_.origin.lab)},
                                      {"handins", counted(batch_.handins.size(), "hand-in")},
                                      {"summary", summary()},
                                      {"has_ungraded", flag(graded_ < rows_.rows.size())},
                                      {"ungraded", ungraded()},
                                      {"has_unmatched", flag(!batch_.unmatched.empty())},
                                      {"unmatched", unmatched()},
                                      {"points", points_table()},
                                      {"checks", checks_table()},
                                      {"has_faults", flag(!faults().empty())},
                                      {"faults", faults_table()},
                                      {"columns", columns_of_checks()},
                                      {"everybody", everybody()}})));
  }

 private:
  [[nodiscard]] std::string summary() const {
    std::vector<double> scores;
    std::size_t full = 0;
    for (const Row& row : rows_.rows) {
      if (!row.has_grade()) continue;
      scores.push_back(row.graded->grade->score);
      full += row.graded->grade->outcome == "passed" ? 1 : 0;
    }
    if (scores.empty()) return "Nobody has a grade yet.";
    std::ranges::sort(scores);
    const std::size_t half = scores.size() / 2;
    const double median =
        scores.size() % 2 == 1 ? scores[half] : (scores[half - 1] + scores[half]) / 2;
    const double mean =
        std::accumulate(scores.begin(), scores.end(), 0.0) / static_cast<double>(scores.size());
    return fmt::format("{} graded, {} with everything passed. Of {} points: mean {}, median {}.",
                       scores.size(), full, points(batch_.origin.max_score), points(mean),
                       points(median));
  }

  [[nodiscard]] data ungraded() const {
    data list{data::type::list};
    for (const Row& row : rows_.rows) {
      if (row.has_grade()) continue;
      list << object({{"key", row.handin().key},
                      {"reason", row.graded->grade ? sentence(row.graded->grade->ungraded_reason)
                                                   : std::string("it was not its turn yet")}});
    }
    return list;
  }

  [[nodiscard]] data unmatched() const {
    data list{data::type::list};
    for (const Unmatched& one : shown_unmatched(batch_)) {
      list << object({{"name", sentence(one.name)}, {"reason", sentence(one.reason)}});
    }
    return list;
  }

  [[nodiscard]] data points_table() const {
    // A bar for each whole point, and one for all of them.
    const auto most = static_cast<std::size_t>(std::max(1.0, std::ceil(batch_.origin.max_score)));
    std::vector<std::size_t> counts(most + 1);
    for (const Row& row : rows_.rows) {
      if (!row.has_grade()) continue;
      const double score = std::max(0.0, row.graded->grade->score);
      ++counts[std::min(static_cast<std::size_t>(score), most)];
    }
    data list{data::type::list};
    for (std::size_t bin = counts.size(); bin > 0; --bin) {
      const bool is_top = bin == counts.size();
      list << object({{"label", is_top ? points(batch_.origin.max_score)
                                       : fmt::format("{} to {}", bin - 1,
                                                     std::min<double>(static_cast<double>(bin),
                                                                      batch_.origin.max_score))},
                      {"count", fmt::format("{}", counts[bin - 1])},
                      {"percent", percent(counts[bin - 1], graded_)}});
    }
    return list;
  }

  [[nodiscard]] data checks_table() const {
    struct Line {
      std::string id;
      std::size_t failed = 0, skipped = 0;
    };
    std::vector<Line> lines;
    for (const std::string& id : rows_.checks) {
      Line line{id};
      for (const Row& row : rows_.rows) {
        const auto at = row.checks.find(id);
        if (at == row.checks.end()) continue;
        line.failed += at->second.outcome == "failed" ? 1 : 0;
        line.skipped += at->second.outcome == "skipped" ? 1 : 0;
      }
      lines.push_back(line);
    }
    std::ranges::stable_sort(lines, std::greater(), &Line::failed);
    data list{data::type::list};
    for (const Line& line : lines) {
      list << object({{"id", sentence(line.id)},
                      {"count", fmt::format("{}", line.failed)},
                      {"skipped", fmt::format("{}", line.skipped)},
                      {"percent", percent(line.failed, graded_)}});
    }
    return list;
  }

  [[nodiscard]] std::vector<std::pair<std::string, std::size_t>> faults() const {
    std::map<std::string, std::size_t> counts;
    for (const Row& row : rows_.rows) {
      for (const std::string& kind : row.kinds) ++counts[kind];
    }
    std::vector<std::pair<std::string, std::size_t>> sorted(counts.begin(), counts.end());
    std::ranges::stable_sort(sorted, std::greater(), [](const auto& one) { return one.second; });
    return sorted;
  }
  [[nodiscard]] data faults_table() const {
    data list{data::type::list};
    for (const auto& [name, count] : faults()) {
      const auto kind = kind_named(name);
      list << object({{"id", sentence(name)},
                      {"title", std::string(kind ? catalogue_entry(*kind).title : "")},
                      {"count", fmt::format("{}", count)},
                      {"percent", percent(count, graded_)}});
    }
    return list;
  }

  [[nodiscard]] data columns_of_checks() const {
    data list{data::type::list};
    for (const std::string& id : rows_.checks) list << object({{"id", sentence(id)}});
    return list;
  }

  [[nodiscard]] data everybody() const {
    data list{data::type::list};
    for (const Row& row : rows_.rows) {
      data cells{data::type::list};
      for (const std::string& id : rows_.checks) {
        const auto at = row.checks.find(id);
        const bool known = at != row.checks.end();
        cells << object({{"class", known ? at->second.outcome : "faint"},
                         {"text", known ? points(at->second.score) : std::string("–")}});
      }
      data notes{data::type::list};
      if (row.handin().late) notes << object({{"text", std::string("late")}});
      for (const std::string& note : row.shown().notes) {
        notes << object({{"text", sentence(note)}});
      }
      const bool has_page = row.graded->grade && !row.graded->grade->html.empty();
      list << object(
          {{"key", row.handin().key},
           {"link", has_page ? data("reports/" + uri_of(row.handin().key) + ".html") : flag(false)},
           {"student", sentence(row.shown().student)},
           {"outcome", row.has_grade() ? row.state() : std::string("faint")},
           {"score", row.has_grade() ? points(row.graded->grade->score) : row.state()},
           {"cells", cells},
           {"notes", notes}});
    }
    return list;
  }

  const Batch& batch_;
  std::string_view tool_;
  ClassRows rows_;
  std::size_t graded_ = 0;
};

/// What a file of the feedback is called, so that the platform knows whose it is.
std::string feedback_name(Platform platform, const Handin& handin) {
  const std::string& first = handin.parts.front().entry;
  switch (platform) {
    case Platform::kMoodle: {
      // Folder or file: {Full name}_{id}_assignsubmission_file_/
      const std::string mark = "_assignsubmission_file";
      return first.substr(0, first.find(mark) + mark.size()) + "_/report.html";
    }
    case Platform::kCanvas: {
      const auto name = parse_canvas_name(first);
      return (name ? name->prefix : "") + "report.html";
    }
    case Platform::kGradescope:
    case Platform::kNone:
      break;
  }
  return handin.key + ".html";
}

}  // namespace

std::string grades_csv(const Batch& batch) {
  const ClassRows all = read_rows(batch);
  CsvRow heading{"hand-in", "student", "id", "email", "late", "outcome", "score", "max_score"};
  for (const std::string& id : all.checks) heading.push_back(csv_cell(id));
  heading.insert(heading.end(), {"faults", "notes"});
  std::string text = csv_line(heading);
  for (const Row& row : all.rows) {
    const Handin handin = row.shown();
    CsvRow line{csv_cell(handin.key),
                csv_cell(handin.student),
                csv_cell(handin.id),
                csv_cell(handin.email),
                handin.late ? "late" : "",
                row.state(),
                row.has_grade() ? points(row.graded->grade->score) : "",
                row.has_grade() ? points(row.graded->grade->max_score) : ""};
    for (const std::string& id : all.checks) {
      const auto at = row.checks.find(id);
      line.push_back(at == row.checks.end() ? "" : points(at->second.score));
    }
    line.push_back(csv_cell(fmt::format("{}", fmt::join(row.kinds, " "))));
    std::vector<std::string> notes = handin.notes;
    if (row.graded->grade && !row.has_grade()) {
      notes.insert(notes.begin(), row.graded->grade->ungraded_reason);
    }
    line.push_back(csv_cell(fmt::format("{}", fmt::join(notes, "; "))));
    text += csv_line(line);
  }
  return text;
}

std::string class_page(const Batch& batch, std::string_view tool) {
  return ClassPage(batch, tool).write();
}

std::string class_junit(const Batch& batch) {
  tinyxml2::XMLDocument whole;
  whole.InsertEndChild(whole.NewDeclaration());
  tinyxml2::XMLElement* const suites = whole.NewElement("testsuites");
  whole.InsertEndChild(suites);
  suites->SetAttribute("name", sentence(batch.origin.lab).c_str());
  std::map<std::string, std::uint64_t> totals;
  for (const Graded& one : batch.handins) {
    if (!one.grade) continue;
    tinyxml2::XMLDocument report;
    if (report.Parse(one.grade->junit.data(), one.grade->junit.size()) != tinyxml2::XML_SUCCESS ||
        report.RootElement() == nullptr) {
      continue;
    }
    for (const auto* suite = report.RootElement()->FirstChildElement("testsuite"); suite != nullptr;
         suite = suite->NextSiblingElement("testsuite")) {
      for (const char* count : {"tests", "failures", "errors", "skipped"}) {
        totals[count] += suite->Unsigned64Attribute(count);
      }
      suites->InsertEndChild(suite->DeepClone(&whole));
    }
  }
  for (const char* count : {"tests", "failures", "errors"}) {
    suites->SetAttribute(count, totals[count]);
  }
  tinyxml2::XMLPrinter printer;
  whole.Print(&printer);
  return printer.CStr();
}

sandbox::Expected<std::string> feedback_zip(const Batch& batch) {
  ZipWriter zip;
  for (const Graded& one : batch.handins) {
    if (!one.grade || !is_graded(*one.grade)) continue;
    const std::string name = valid_utf8(feedback_name(batch.origin.platform, one.imported.handin));
    if (auto added = zip.add(name, one.grade->html, false); !added) {
      return std::unexpected(added.error());
    }
  }
  return zip.finish();
}

void remove_class_reports(const fs::path& folder) {
  std::error_code error;
  for (const char* name : {"grades.csv", "index.html", "class.xml", "feedback.zip", "canvas.csv",
                           "moodle.csv", "reports"}) {
    fs::remove_all(folder / name, error);
  }
}

sandbox::Expected<void> write_class_reports(const Batch& batch, const fs::path& folder,
                                            std::string_view tool) {
  sandbox::Expected<void> all;
  const auto put = [&](const fs::path& path, const std::string& text) {
    const auto there = sandbox::read_regular_file(AT_FDCWD, path.string(), text.size());
    if (there && *there == text) return;
    if (auto written = write_report(path, text); !written) all = written;
  };
  std::error_code error;
  fs::create_directories(folder / "reports", error);
  if (error) return std::unexpected(sandbox::Error{folder.string(), error.value()});
  // Of those who are not in the batch any more.
  std::set<std::string> keys;
  for (const Graded& one : batch.handins) keys.insert(one.imported.handin.key);
  for (const auto& file : fs::directory_iterator(folder / "reports", error)) {
    if (!keys.contains(file.path().stem())) fs::remove(file.path(), error);
  }
  for (const Graded& one : batch.handins) {
    if (!one.grade) continue;
    const std::string report = (folder / "reports" / one.imported.handin.key).string();
    put(report + ".json", one.grade->json);
    put(report + ".xml", one.grade->junit);
    put(report + ".html", one.grade->html);
  }
  put(folder / "grades.csv", grades_csv(batch));
  put(folder / "index.html", class_page(batch, tool));
  put(folder / "class.xml", class_junit(batch));
  if (const auto zip = feedback_zip(batch)) {
    put(folder / "feedback.zip", *zip);
  } else {
    all = std::unexpected(zip.error().within("feedback.zip"));
  }
  return all;
}

}  // namespace ipcgrade
