// The JUnit XML report, for CI systems: one testsuite a submission, one testcase a check.
//
// `failure` is the student's, `error` the grader's, `skipped` a check whose prerequisite failed or
// that this version does not decide. A verdict that is ungraded has one error, and its checks are
// skipped: neither red nor green for the student. Points are in the properties of the suite and at
// the start of a message ("0/3 points: …") and never in a name, so that a test keeps its history
// when its points change.
#pragma once

#include <string>

#include "verdict/verdict.h"

namespace ipcgrade {

enum class JunitFlavor {
  /// What all consumers take: valid against jenkins-junit.xsd. Places are in the bodies.
  kStrict,
  /// And `file` and `line` on a testcase, properties on a testcase, a message on `skipped`, and
  /// the count of skipped ones on the root, which some consumers read and no schema has.
  kExtended,
};

struct JunitOptions {
  JunitFlavor flavor = JunitFlavor::kStrict;
  /// When it was graded, as 2026-01-31T12:00:00 and without a zone; left out when empty.
  std::string timestamp;
};

/// UTF-8, ends with a newline.
[[nodiscard]] std::string junit_report(const Verdict& verdict, const JunitOptions& options = {});

}  // namespace ipcgrade
