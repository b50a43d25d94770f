#include "expectation.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>

namespace ipcgrade {
namespace {

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream stream(text);
  return {std::istream_iterator<std::string>(stream), {}};
}

/// What follows "// KEY: ", or "// KEY-TIERS: " with the letter of this tier among TIERS.
std::optional<std::string> value_of(const std::string& line, const std::string& key, char tier) {
  const std::string head = "// " + key;
  const std::size_t colon = line.find(": ");
  if (!line.starts_with(head) || colon == std::string::npos) return std::nullopt;
  const std::string tiers = line.substr(head.size(), colon - head.size());
  if (!tiers.empty() && (tiers[0] != '-' || tiers.find(tier) == std::string::npos)) {
    return std::nullopt;
  }
  return line.substr(colon + 2);
}

bool is_one_of(const std::string& value, const std::string& alternatives) {
  std::istringstream stream(alternatives);
  for (std::string one; std::getline(stream, one, '|');) {
    if (one == value) return true;
  }
  return false;
}

std::string text_of(const nlohmann::json& report, const std::string& key) {
  if (!report.contains(key)) return "nothing";
  const nlohmann::json& value = report[key];
  return value.is_string() ? value.get<std::string>() : value.dump();
}

bool holds(const std::string& key, char relation, const std::string& wanted,
           const nlohmann::json& report, const std::string& errors) {
  if (key == "stderr") return errors.find('\033') == std::string::npos;
  const std::string found = text_of(report, key);
  if (relation == '~') return found.find(wanted) != std::string::npos;
  if (key == "left") {
    const auto left = report.value("left", nlohmann::json::array());
    return wanted == "*" || std::to_string(left.size()) == wanted;
  }
  if (key == "call") return found.starts_with(wanted);
  return is_one_of(found, wanted);
}

std::vector<std::string> broken_place(const Expectation& expectation,
                                      const nlohmann::json& report) {
  const bool is_told = report.value("outcome", "") == "forbidden-call";
  if (expectation.refused_line == 0 || !is_told) return {};
  const nlohmann::json stack = report.value("stack", nlohmann::json::array());
  if (!stack.empty() && stack[0]["line"] == expectation.refused_line) return {};
  return {fmt::format("refused at line {}: found {}", expectation.refused_line, stack.dump())};
}

}  // namespace

Expectation expectation_of(const std::filesystem::path& program, char tier) {
  Expectation expectation;
  expectation.tier = tier;
  std::ifstream stream(program);
  std::string line;
  for (int number = 1; std::getline(stream, line); ++number) {
    for (const auto& [key, words] :
         {std::pair{"expect", &expectation.terms}, std::pair{"flags", &expectation.flags},
          std::pair{"link", &expectation.link}}) {
      if (const auto value = value_of(line, key, tier)) *words = words_of(*value);
    }
    if (line.ends_with("// refused here")) expectation.refused_line = number;
  }
  const auto speaks_of_left = [](const std::string& term) { return term.starts_with("left"); };
  if (std::ranges::none_of(expectation.terms, speaks_of_left)) {
    expectation.terms.emplace_back("left=0");
  }
  return expectation;
}

std::string compile(const std::filesystem::path& source, const Expectation& expectation,
                    const std::filesystem::path& to) {
  const std::filesystem::path messages = to.string() + ".gcc";
  const std::string command = fmt::format(
      "gcc -g -std=gnu17 -w -DTIER=\"'{}'\" -DSOURCE_DIR='\"{}\"' -DWORK_DIR='\"{}\"' -o '{}' '{}' "
      "{} 2>'{}'",
      expectation.tier, IPCGRADE_SOURCE_DIR, to.parent_path().string(), to.string(),
      source.string(), fmt::join(expectation.link, " "), messages.string());
  if (std::system(command.c_str()) == 0) return "";
  std::ifstream stream(messages);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::vector<std::string> broken_terms(const Expectation& expectation, const nlohmann::json& report,
                                      const std::string& errors) {
  std::vector<std::string> broken = broken_place(expectation, report);
  for (const std::string& term : expectation.terms) {
    const std::size_t at = term.find_first_of("=~");
    if (at == std::string::npos) {
      broken.push_back(term + " is no term");
      continue;
    }
    const std::string key = term.substr(0, at);
    if (!holds(key, term[at], term.substr(at + 1), report, errors)) {
      broken.push_back(fmt::format("{}: found {}", term, text_of(report, key)));
    }
  }
  return broken;
}

}  // namespace ipcgrade
