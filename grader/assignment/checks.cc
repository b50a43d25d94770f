#include "assignment/checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <string>
#include <utility>

#include "assignment/defaults.h"
#include "assignment/did_you_mean.h"
#include "assignment/visibility.h"

namespace ipcgrade {
namespace {

constexpr std::array<KeySpec, 7> kCheckKeys{{
    {"id", R"(a name of letters, digits, _ and -, such as id = "output")"},
    {"title", R"(a line for the student, such as title = "nothing is left behind")"},
    {"points", "a number from 0 to 1000000, such as points = 2 or points = 0.5"},
    {"stage", R"("build", "fair", "orders" or "faults")"},
    {"kinds", R"(an array of kinds of finding, such as kinds = ["crash", "deadlock"])"},
    {"per-scenario", "true or false"},
    {"visibility", kVisibilities},
}};

constexpr double kMostPoints = 1e6;

std::vector<std::string_view> ids_with_defaults() {
  std::vector<std::string_view> ids;
  for (const CheckDefaults& defaults : check_defaults()) ids.push_back(defaults.id);
  return ids;
}

class CheckReader {
 public:
  CheckReader(OuterTable top, Mistakes& mistakes) : top_(top), mistakes_(mistakes) {}

  void read(const toml::table& table);
  std::vector<Check> take(Place place);

 private:
  void read_stage(const TableReader& reader, Need need, Check& check);
  void read_kinds(const TableReader& reader, Need need, Check& check);
  void claim(const Check& check, Kind kind, Place place);
  void yield_defaults();

  OuterTable top_;
  Mistakes& mistakes_;
  std::vector<Check> checks_;
  std::vector<std::pair<std::size_t, Place>> by_default_;  ///< the checks that name no kinds
  std::map<std::pair<Stage, Kind>, std::string> claims_;   ///< the check that names each finding
};

void CheckReader::read(const toml::table& table) {
  const TableReader reader(table, "this check", kCheckKeys, mistakes_, top_);
  Check check;
  const auto id = reader.name("id", Need::kRequired);
  check.id = id.value_or("");
  if (id && std::ranges::find(checks_, *id, &Check::id) != checks_.end()) {
    reader.reject("id", fmt::format("there is a check {} above already", in_quotes(*id)));
  }
  check.title = reader.title("title", Need::kRequired).value_or("");
  if (const auto points = reader.number("points", Need::kRequired)) {
    check.points = *points;
    // Written so that NaN is rejected, too.
    if (!(*points >= 0 && *points <= kMostPoints)) {
      reader.reject("points", fmt::format("\"points\" is {}", *points));
    }
  }

  check.visibility = read_visibility(reader, "visibility");

  const CheckDefaults* const defaults = defaults_of(check.id);
  if (defaults != nullptr) {
    check.stage = defaults->stage;
    check.kinds = defaults->kinds;
    check.per_scenario = defaults->per_scenario;
  }
  if (id && defaults == nullptr && !reader.has("stage") && !reader.has("kinds")) {
    const std::vector<std::string_view> ids = ids_with_defaults();
    mistakes_.add(reader.place("id"), fmt::format("unknown check {}", in_quotes(*id)),
                  fmt::format("{}; a check of another name says its stage and kinds", one_of(ids)),
                  did_you_mean(*id, ids));
  } else {
    // Where the id itself is missing, nobody can tell whether it has defaults.
    const Need need = id && defaults == nullptr ? Need::kRequired : Need::kOptional;
    read_stage(reader, need, check);
    if (defaults != nullptr && !reader.has("kinds")) {
      by_default_.emplace_back(checks_.size(), reader.place("id"));
    }
    read_kinds(reader, need, check);
    check.per_scenario = reader.flag("per-scenario").value_or(check.per_scenario);
  }
  checks_.push_back(std::move(check));
}

void CheckReader::read_stage(const TableReader& reader, Need need, Check& check) {
  const auto word = reader.text("stage", need);
  if (!word) return;
  if (const auto stage = stage_named(*word)) {
    check.stage = *stage;
  } else {
    reader.reject("stage", fmt::format("unknown stage {}", in_quotes(*word)),
                  did_you_mean(*word, stage_names()));
  }
}

void CheckReader::read_kinds(const TableReader& reader, Need need, Check& check) {
  const auto words = reader.texts("kinds", need);
  if (!words) return;
  std::vector<std::string_view> names;
  for (const Kind kind : all_kinds()) names.push_back(name_of(kind));
  check.kinds.clear();
  for (const auto& [word, place] : *words) {
    if (const auto kind = kind_named(word)) {
      check.kinds.push_back(*kind);
      claim(check, *kind, place);
    } else {
      mistakes_.add(place, fmt::format("unknown kind of finding {}", in_quotes(word)),
                    one_of(names), did_you_mean(word, names));
    }
  }
  if (words->empty()) reader.reject("kinds", "\"kinds\" is empty: nothing could fail this check");
}

// One fault costs one check.
void CheckReader::claim(const Check& check, Kind kind, Place place) {
  const auto [claim, fresh] = claims_.try_emplace({check.stage, kind}, check.id);
  if (fresh) return;
  const std::string fault =
      fmt::format("\"{}\" of the stage \"{}\"", name_of(kind), name_of(check.stage));
  mistakes_.add(place,
                claim->second == check.id
                    ? fmt::format("{} is named twice", fault)
                    : fmt::format("{} fails the check {} already", fault, in_quotes(claim->second)),
                "each kind of a stage in one check, so that one fault costs one check");
}

// A check that names a finding takes it from the one whose default it is.
void CheckReader::yield_defaults() {
  for (const auto& [index, place] : by_default_) {
    Check& check = checks_[index];
    std::erase_if(check.kinds, [&](Kind kind) { return claims_.contains({check.stage, kind}); });
    if (check.kinds.empty()) {
      mistakes_.add(place,
                    fmt::format("nothing could fail {}: its kinds of finding fail other checks",
                                in_quotes(check.id)));
    }
  }
}

std::vector<Check> CheckReader::take(Place place) {
  yield_defaults();
  if (mistakes_.none()) {
    // What comes after a failed build is skipped, so a lab without that check would lose nothing.
    if (std::ranges::find(checks_, Stage::kBuild, &Check::stage) == checks_.end()) {
      mistakes_.add(place, "no check is about the build", R"(a [[check]] with id = "build")");
    }
    if (std::ranges::none_of(checks_, [](const Check& check) { return check.points > 0; })) {
      mistakes_.add(place, "all checks together are worth 0 points",
                    "a check with more than 0 points");
    }
  }
  return std::move(checks_);
}

}  // namespace

std::vector<Check> read_checks(const std::vector<const toml::table*>& tables, Place place,
                               OuterTable top, Mistakes& mistakes) {
  CheckReader reader(top, mistakes);
  for (const toml::table* table : tables) reader.read(*table);
  return reader.take(place);
}

}  // namespace ipcgrade
