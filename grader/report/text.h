// What the reports that people read have in common: how numbers and places are written, and which
// findings belong to a check.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "verdict/verdict.h"

namespace ipcgrade {

/// Two decimals at most and none that are 0: "3", "0.5", "0.67". The same in every locale.
[[nodiscard]] std::string points(double value);
/// As a number of JSON: nobody wants to read 0.6000000000000001.
[[nodiscard]] double rounded(double value);
/// "1.5/3".
[[nodiscard]] std::string points_of(const CheckResult& check);

/// "server.c:32, in main"; empty where nothing is known. Visible, on one line.
[[nodiscard]] std::string place(const Location& location);

/// "server.c:32" of a step; empty where nothing is known.
[[nodiscard]] std::string place(const StoryStep& step);

/// The line of source at a place, if it can be had. Reports open no files themselves.
using FindSourceLine = std::function<std::optional<std::string>(const Location&)>;

/// A step of a story, on one line. What calls moved is quoted in it as in C, and stays as it is.
[[nodiscard]] std::string shown_step(std::string_view text, std::size_t cap);

/// "passed", "error": as scripts know them, too.
[[nodiscard]] std::string_view name_of(CheckOutcome outcome);
[[nodiscard]] std::string_view name_of(Severity severity);
[[nodiscard]] std::string_view name_of(VerdictOutcome outcome);

/// More than a sentence has.
inline constexpr std::size_t kSentenceCap = 4000;  // bytes
/// Any bytes on one visible line, and not much more than that.
[[nodiscard]] std::string sentence(std::string_view bytes);

/// A finding as it is told: with its check, the first that it is of; nullptr: it belongs to none.
struct ToldFinding {
  std::size_t index = 0;  ///< into Verdict::findings
  const CheckResult* check = nullptr;
};
/// In the order in which they are told, each once: those of the checks first.
[[nodiscard]] std::vector<ToldFinding> findings_to_tell(const Verdict& verdict);

/// Whether one of the same sort, at the same places, is told before told[at]: what it means, how it
/// comes about and what to try are known then.
[[nodiscard]] bool told_before(const Verdict& verdict, const std::vector<ToldFinding>& told,
                               std::size_t at);

/// "five rounds (scenario rounds-5)"; empty for the build.
[[nodiscard]] std::string situation_of(const Finding& finding,
                                       std::string_view before_id = "scenario ");

/// "together: all 4 orders explored"
[[nodiscard]] std::string exploration_text(const Exploration& explored);

/// Whether any check has points: else it was asked what there is to find.
[[nodiscard]] bool has_points(const Verdict& verdict);
struct ScoreText {
  std::string score;   ///< "7/10 points", "something found"
  std::string checks;  ///< "1 check failed, 5 passed"
};
[[nodiscard]] ScoreText score_text(const Verdict& verdict);

/// Which order is missing, in a sentence; empty where that is not known. Any bytes.
[[nodiscard]] std::string missing_order(const Finding& finding);

/// Its own hint, or that of its kind.
[[nodiscard]] std::string_view hint_of(const Finding& finding);

/// The indices of `check` that are indices of `verdict`, each once.
[[nodiscard]] std::vector<std::size_t> findings_of(const Verdict& verdict,
                                                   const CheckResult& check);

/// "1 check", "2 checks".
[[nodiscard]] std::string counted(std::size_t count, std::string_view noun);

/// Any bytes as visible lines, as they are but for what is left out of the middle past `cap` bytes.
/// Never empty.
[[nodiscard]] std::vector<std::string> verbatim_lines(std::string_view bytes, std::size_t cap);

/// The lines, each with a newline; where that is more than `cap` bytes, whole lines are left out of
/// the middle and a line says how many. One line alone may be longer than `cap`.
[[nodiscard]] std::string capped_lines(const std::vector<std::string>& lines, std::size_t cap);

/// How many columns of a terminal visible text takes, about: East Asian wide characters take two,
/// combining marks none, a tab eight.
[[nodiscard]] std::size_t columns(std::string_view text);

/// Breaks one line of visible text into lines of at most `width` columns, at spaces; a word that is
/// longer than a line is cut. Never empty.
[[nodiscard]] std::vector<std::string> wrapped(std::string_view text, std::size_t width);

/// The same, but keeping every space, and breaking words rather than leave more than a third of a
/// line empty: for text where each byte counts.
[[nodiscard]] std::vector<std::string> chopped(std::string_view text, std::size_t width);

}  // namespace ipcgrade
