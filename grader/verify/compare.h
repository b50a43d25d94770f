// A verdict against what it should have been. A fault missed and a fault invented are different
// failures of the grader.
#pragma once

#include <string>
#include <vector>

#include "verdict/verdict.h"
#include "verify/expectation.h"

namespace ipcgrade {

/// In words: "check data-races", "kind crash", "scenario alone", "line data-race server.c:33",
/// "score 9 (right: 8.6)".
struct Differences {
  std::vector<std::string> missed;    ///< was to be found and was not; points too many
  std::vector<std::string> invented;  ///< was found and is not there; points too few

  [[nodiscard]] bool none() const { return missed.empty() && invented.empty(); }
};

/// REQUIRES: the verdict is not `ungraded`.
[[nodiscard]] Differences compare(const Expectation& expectation, const Verdict& verdict);

/// Where the reports of two verdicts differ first, times aside; empty where they do not. A bounded
/// part of a line of each, in any bytes.
[[nodiscard]] std::string instability(const Verdict& first, const Verdict& second);

/// Each finding as a line: "data-race in together at server.c:33, client.c:31: server writes …".
/// Bytes of the student's are in it as they are.
[[nodiscard]] std::vector<std::string> findings_told(const Verdict& verdict);

}  // namespace ipcgrade
