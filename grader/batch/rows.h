// What the JSON reports of hand-ins say, as far as a class is told of it.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "batch/graded.h"

namespace ipcgrade {

struct Row {
  const Graded* graded = nullptr;  ///< the batch's
  bool anonymous = false;
  struct Check {
    std::string outcome;
    double score = 0, max_score = 0;
  };
  std::map<std::string, Check> checks{};
  std::set<std::string> kinds{};  ///< of findings that are errors

  [[nodiscard]] bool has_grade() const { return graded->grade && is_graded(*graded->grade); }
  [[nodiscard]] const Handin& handin() const { return graded->imported.handin; }
  /// What may be told of it: names of files name students, too.
  [[nodiscard]] Handin shown() const;
  /// "passed", "not yet graded"
  [[nodiscard]] std::string state() const;
};

struct ClassRows {
  std::vector<Row> rows;            ///< in the order of the batch, which must live as long
  std::vector<std::string> checks;  ///< in the order of the lab
};

[[nodiscard]] ClassRows read_rows(const Batch& batch);

/// What is told of things that are nobody's: of an anonymous batch not their names.
[[nodiscard]] std::vector<Unmatched> shown_unmatched(const Batch& batch);

}  // namespace ipcgrade
