#include "assignment/scenarios.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "assignment/did_you_mean.h"
#include "assignment/ends.h"

namespace ipcgrade {
namespace {

constexpr std::array<KeySpec, 11> kScenarioKeys{{
    {"id", R"(a name of letters, digits, _ and -, such as id = "together")"},
    {"title", R"(a line for the student, such as title = "the client starts first")"},
    {"wall", R"(a duration such as "500ms", "20s" or "2min")"},
    {"given", "an array of segments, such as given = [{ segment = 5678, size = 27 }]"},
    {"like", R"(the id of a scenario above, such as like = "together")"},
    {"start", "a [[scenario.start]] for each program that is started"},
    {"result", "a [[scenario.result]] for each way in which it may rightly end"},
    {"signal", "a [[scenario.signal]] for each signal that comes from outside"},
    {"failure", "true or false"},
    {"page-map", R"("absent", "unreadable" or "zero")"},
    {"schedules", "the most orders that are explored, such as schedules = 100"},
}};
constexpr OuterTable kScenario{"[[scenario]]", kScenarioKeys};

constexpr std::array<KeySpec, 2> kGivenKeys{{
    {"segment", "a System V key, such as segment = 5678"},
    {"size", R"(bytes, such as size = 27 or size = "8KiB")"},
}};
constexpr std::array<KeySpec, 7> kStartKeys{{
    {"program", R"(one of the lab's programs, such as program = "server")"},
    {"args", R"(an array of strings, such as args = ["5", "--fast"])"},
    {"input", "a string: what the program reads from stdin"},
    {"input-file", "the path of a file below the lab's folder"},
    {"input-size", kRepeatedExpected},
    {"input-last-sent", R"(the id of a scenario above, such as input-last-sent = "together")"},
    {"when",
     R"(an array of conditions, such as when = [{ segment = 5678 }, { ended = "server" }])"},
}};
constexpr std::array<KeySpec, 4> kConditionKeys{{
    {"segment", R"(segment = 5678, a System V key, or ended = "server")"},
    {"min-size", R"(bytes, such as min-size = 27 or min-size = "8KiB")"},
    {"attached", "true or false"},
    {"ended", R"(the name of another program of the scenario, such as ended = "server")"},
}};
constexpr std::array<KeySpec, 5> kSignalKeys{{
    {"number", R"(the name of a signal, such as number = "SIGINT")"},
    {"to", kPartyExpected},
    {"once", kPartyExpected},
    {"until-output", "true or false"},
    {"after", "a number of steps, such as after = 20"},
}};

constexpr Range kSegmentSize{"1", "1GiB"};
constexpr Range kMinSize{"0", "1GiB"};

/// A scenario and where its parts stand, for what is checked across them. Those that it takes over
/// from another one (`like`) stand where that is said.
struct Draft {
  Scenario scenario;
  std::vector<Place> starts;             ///< of each start's program
  std::vector<Place> whens;              ///< of each start's conditions
  std::vector<Place> results;            ///< of each result
  std::vector<std::vector<Place>> ends;  ///< of each program of each result
  // False: a mistake in it has been noted, and checks that build on it would only repeat it.
  bool programs_sound = true;    ///< which programs are started
  bool conditions_sound = true;  ///< and when
  bool results_sound = true;
};

std::vector<std::string_view> started_programs(const Draft& draft) {
  std::vector<std::string_view> names;
  for (const Start& start : draft.scenario.starts) names.emplace_back(start.program);
  return names;
}

class ScenarioReader {
 public:
  ScenarioReader(const PartReader& parts, std::chrono::milliseconds wall, OuterTable top,
                 Mistakes& mistakes)
      : parts_(parts), wall_(wall), top_(top), mistakes_(mistakes) {}

  void read(const toml::table& table);
  std::vector<Scenario> take();

 private:
  void read_id(const TableReader& reader, Draft& draft);
  void read_like(const TableReader& reader, Draft& draft);
  void read_given(const toml::table& table, Draft& draft);
  void read_starts(const TableReader& reader, Draft& draft);
  void read_results(const TableReader& reader, Draft& draft);
  void read_start(const toml::table& table, Draft& draft);
  [[nodiscard]] std::string read_last_sent(const TableReader& reader, const std::string& program);
  std::optional<Condition> read_condition(const toml::table& table);
  void read_signal(const toml::table& table, Draft& draft);
  void read_page_map(const TableReader& reader, Draft& draft);

  void check_conditions(const Draft& draft);
  void check_results(const Draft& draft);

  const PartReader& parts_;
  std::chrono::milliseconds wall_;
  OuterTable top_;
  Mistakes& mistakes_;
  std::vector<Draft> drafts_;
};

void ScenarioReader::read(const toml::table& table) {
  const TableReader reader(table, "this scenario", kScenarioKeys, mistakes_, top_);
  Draft draft;
  draft.scenario.wall = wall_;
  read_id(reader, draft);
  draft.scenario.title = reader.title("title", Need::kRequired).value_or("");
  const bool like = reader.has("like");
  if (like) read_like(reader, draft);
  if (const auto wall = reader.duration("wall", Need::kOptional, kWallRange)) {
    draft.scenario.wall = *wall;
  }
  for (const toml::table* given : reader.tables("given", Need::kOptional)) {
    read_given(*given, draft);
  }

  for (const toml::table* signal : reader.tables("signal", Need::kOptional)) {
    read_signal(*signal, draft);
  }
  draft.scenario.failure = reader.flag("failure").value_or(false);
  read_page_map(reader, draft);
  if (const auto most = reader.integer("schedules", Need::kOptional, 1, 1'000'000)) {
    draft.scenario.most_schedules = static_cast<std::size_t>(*most);
  }

  if (reader.has("start") || !like) read_starts(reader, draft);
  if (draft.programs_sound && draft.conditions_sound) check_conditions(draft);
  if (reader.has("result") || !like) {
    read_results(reader, draft);
  } else if (draft.programs_sound && draft.results_sound) {
    check_results(draft);
  }
  drafts_.push_back(std::move(draft));
}

void ScenarioReader::read_starts(const TableReader& reader, Draft& draft) {
  draft.scenario.starts.clear();
  draft.starts.clear();
  draft.whens.clear();
  const auto tables = reader.tables("start", Need::kRequired);
  if (tables.empty()) draft.programs_sound = false;
  for (const toml::table* start : tables) read_start(*start, draft);
  if (!draft.programs_sound) return;
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < draft.starts.size(); ++i) {
    const std::string& program = draft.scenario.starts[i].program;
    if (seen.insert(program).second) continue;
    draft.programs_sound = false;
    mistakes_.add(draft.starts[i], fmt::format("{} is started twice", in_quotes(program)),
                  "each program at most once in a scenario");
  }
}

void ScenarioReader::read_results(const TableReader& reader, Draft& draft) {
  draft.scenario.results.clear();
  draft.results.clear();
  draft.ends.clear();
  for (const toml::table* table : reader.tables("result", Need::kRequired)) {
    std::optional<std::vector<std::string_view>> programs;
    if (draft.programs_sound) programs = started_programs(draft);
    ReadResult read = read_result(*table, programs, parts_, kScenario, mistakes_);
    if (!read.sound) draft.results_sound = false;
    draft.scenario.results.push_back(std::move(read.result));
    draft.results.push_back(read.place);
    draft.ends.push_back(std::move(read.ends));
  }
}

void ScenarioReader::read_signal(const toml::table& table, Draft& draft) {
  const TableReader reader(table, "this signal", kSignalKeys, mistakes_, kScenario);
  OutsideSignal signal;
  signal.number = parts_.signal(reader, "number", Need::kRequired).value_or(0);
  signal.to = parts_.party(reader, "to", Need::kRequired).value_or(Party{});
  signal.once = parts_.party(reader, "once", Need::kOptional);
  signal.until_output = reader.flag("until-output").value_or(false);
  constexpr std::int64_t kMostSteps = 1'000'000;
  signal.after = static_cast<std::uint32_t>(
      reader.integer("after", Need::kOptional, 0, kMostSteps).value_or(0));
  draft.scenario.signals.push_back(std::move(signal));
}

void ScenarioReader::read_page_map(const TableReader& reader, Draft& draft) {
  const auto word = reader.text("page-map", Need::kOptional);
  if (!word) return;
  constexpr std::array<std::pair<std::string_view, PageMap>, 3> kWords{
      {{"absent", PageMap::kAbsent},
       {"unreadable", PageMap::kUnreadable},
       {"zero", PageMap::kZero}}};
  const auto at = std::ranges::find(kWords, *word, &std::pair<std::string_view, PageMap>::first);
  if (at == kWords.end()) {
    reader.reject("page-map", fmt::format("\"page-map\" is {}", in_quotes(*word)));
  } else {
    draft.scenario.page_map = at->second;
  }
}

std::vector<Scenario> ScenarioReader::take() {
  std::vector<Scenario> scenarios;
  for (Draft& draft : drafts_) scenarios.push_back(std::move(draft.scenario));
  return scenarios;
}

void ScenarioReader::read_id(const TableReader& reader, Draft& draft) {
  const auto id = reader.name("id", Need::kRequired);
  if (!id) return;
  const auto same = [&](const Draft& other) { return other.scenario.id == *id; };
  if (std::ranges::any_of(drafts_, same)) {
    reader.reject("id", fmt::format("there is a scenario {} above already", in_quotes(*id)));
  }
  draft.scenario.id = *id;
}

void ScenarioReader::read_like(const TableReader& reader, Draft& draft) {
  const auto id = reader.text("like", Need::kRequired);
  const Place place = reader.place("like");
  const auto model = std::ranges::find_if(
      drafts_, [&](const Draft& other) { return id && other.scenario.id == *id; });
  if (model == drafts_.end()) {
    draft.programs_sound = draft.conditions_sound = draft.results_sound = false;
    if (!id) return;
    std::vector<std::string_view> ids;
    for (const Draft& other : drafts_) ids.emplace_back(other.scenario.id);
    reader.reject("like", fmt::format("there is no scenario {} above this one", in_quotes(*id)),
                  did_you_mean(*id, ids));
    return;
  }
  draft.programs_sound = model->programs_sound;
  draft.conditions_sound = model->conditions_sound;
  draft.results_sound = model->results_sound;
  draft.scenario.starts = model->scenario.starts;
  draft.scenario.results = model->scenario.results;
  draft.scenario.wall = model->scenario.wall;
  draft.starts.assign(model->starts.size(), place);
  draft.whens.assign(model->whens.size(), place);
  draft.results.assign(model->results.size(), place);
  for (const auto& ends : model->ends) draft.ends.emplace_back(ends.size(), place);
}

void ScenarioReader::read_given(const toml::table& table, Draft& draft) {
  const TableReader reader(table, "this given segment", kGivenKeys, mistakes_, kScenario);
  const auto key = reader.integer("segment", Need::kRequired, 1, kLargestKey);
  const auto size = reader.size("size", Need::kRequired, kSegmentSize);
  if (!key || !size) {
    draft.conditions_sound = false;
    return;
  }
  const GivenSegment given{static_cast<key_t>(*key), *size};
  if (std::ranges::find(draft.scenario.given, given.key, &GivenSegment::key) !=
      draft.scenario.given.end()) {
    reader.reject("segment", fmt::format("key {} is given twice", given.key));
  }
  draft.scenario.given.push_back(given);
}

void ScenarioReader::read_start(const toml::table& table, Draft& draft) {
  const TableReader reader(table, "this start", kStartKeys, mistakes_, kScenario);
  Start start;
  const auto program = reader.text("program", Need::kRequired);
  if (!program || !parts_.knows(*program, reader.place("program"))) {
    draft.programs_sound = false;
  }
  start.program = program.value_or("");
  for (auto& [value, place] :
       reader.texts("args", Need::kOptional).value_or(std::vector<TableReader::Text>{})) {
    if (value.contains('\0')) {
      mistakes_.add(place, "an argument cannot hold a null character");
    }
    start.arguments.push_back(std::move(value));
  }
  start.input =
      parts_.bytes(reader, {"input", "input-file", "input-size"}, Need::kOptional).value_or("");
  start.input_last_sent = read_last_sent(reader, start.program);
  if (reader.has("when")) {
    const auto conditions = reader.tables("when", Need::kRequired);
    for (const toml::table* condition : conditions) {
      if (auto read = read_condition(*condition)) start.when.push_back(std::move(*read));
    }
    if (conditions.empty() || start.when.size() != conditions.size()) {
      draft.conditions_sound = false;
    }
  }
  draft.scenario.starts.push_back(std::move(start));
  draft.starts.push_back(reader.place("program"));
  draft.whens.push_back(reader.place("when"));
}

/// The id of a scenario above that starts the program.
std::string ScenarioReader::read_last_sent(const TableReader& reader, const std::string& program) {
  constexpr std::string_view kKey = "input-last-sent";
  const auto id = reader.text(kKey, Need::kOptional);
  if (!id) return "";
  std::vector<std::string_view> ids;
  for (const Draft& other : drafts_) {
    const auto& starts = other.scenario.starts;
    if (std::ranges::find(starts, program, &Start::program) == starts.end()) continue;
    ids.emplace_back(other.scenario.id);
  }
  if (std::ranges::find(ids, *id) != ids.end()) return *id;
  reader.reject(kKey,
                fmt::format("there is no scenario {} above this one that starts {}", in_quotes(*id),
                            in_quotes(program)),
                did_you_mean(*id, ids));
  return "";
}

std::optional<Condition> ScenarioReader::read_condition(const toml::table& table) {
  const TableReader reader(table, "this condition", kConditionKeys, mistakes_, kScenario);
  if (reader.has("ended")) {
    for (const std::string_view other : {"segment", "min-size", "attached"}) {
      if (reader.has(other)) {
        reader.reject(other, fmt::format("\"{}\" and \"ended\" are in one condition", other),
                      "two conditions are two tables: [{ segment = 1 }, { ended = \"server\" }]");
      }
    }
    auto program = reader.text("ended", Need::kRequired);
    if (!program || !parts_.knows(*program, reader.place("ended"))) return std::nullopt;
    return ProgramEnded{std::move(*program)};
  }
  const auto key = reader.integer("segment", Need::kRequired, 1, kLargestKey);
  const auto min_size = reader.size("min-size", Need::kOptional, kMinSize);
  const auto attached = reader.flag("attached");
  if (!key) return std::nullopt;
  return SegmentExists{static_cast<key_t>(*key), min_size.value_or(0), attached.value_or(false)};
}

// A program can start when one of its conditions can come to hold by what is given and by the
// programs that can start. What is left over waits for itself, alone or in a ring.
void ScenarioReader::check_conditions(const Draft& draft) {
  const std::vector<Start>& starts = draft.scenario.starts;
  const std::vector<std::string_view> started = started_programs(draft);
  std::set<std::string_view> can_start;
  const auto can_hold = [&](const Condition& condition) {
    if (const auto* const ended = std::get_if<ProgramEnded>(&condition)) {
      return can_start.contains(ended->program);
    }
    const auto& segment = std::get<SegmentExists>(condition);
    const auto gives = [&](const GivenSegment& given) {
      return given.key == segment.key && given.size >= segment.min_size && !segment.attached;
    };
    return !can_start.empty() || std::ranges::any_of(draft.scenario.given, gives);
  };
  for (std::size_t before = SIZE_MAX; before != can_start.size();) {
    before = can_start.size();
    for (const Start& start : starts) {
      if (start.when.empty() || std::ranges::any_of(start.when, can_hold)) {
        can_start.insert(start.program);
      }
    }
  }
  for (std::size_t i = 0; i < starts.size(); ++i) {
    bool noted = false;
    for (const Condition& condition : starts[i].when) {
      const auto* const ended = std::get_if<ProgramEnded>(&condition);
      if (ended == nullptr) continue;
      if (std::ranges::find(started, ended->program) == started.end()) {
        noted = true;
        mistakes_.add(draft.whens[i],
                      fmt::format("{} is not started in this scenario", in_quotes(ended->program)),
                      one_of(started));
      } else if (ended->program == starts[i].program) {
        noted = true;
        mistakes_.add(draft.whens[i],
                      fmt::format("{} waits for its own end", in_quotes(ended->program)),
                      "the name of another program of the scenario");
      }
    }
    if (noted || can_start.contains(starts[i].program)) continue;
    mistakes_.add(draft.whens[i],
                  fmt::format("{} can never start: it waits for what only comes after it",
                              in_quotes(starts[i].program)),
                  "a condition that \"given\" or a program that is started before it brings about");
  }
}

// A scenario's own results are read against its programs; those that it takes over are not.
void ScenarioReader::check_results(const Draft& draft) {
  const std::vector<std::string_view> started = started_programs(draft);
  for (std::size_t i = 0; i < draft.scenario.results.size(); ++i) {
    const std::vector<ExpectedEnd>& ends = draft.scenario.results[i].programs;
    for (std::size_t j = 0; j < ends.size(); ++j) {
      if (std::ranges::find(started, ends[j].program) == started.end()) {
        mistakes_.add(draft.ends[i][j],
                      fmt::format("a result says how {} ends, which is not started",
                                  in_quotes(ends[j].program)),
                      one_of(started));
      }
    }
    for (const std::string_view program : started) {
      if (std::ranges::find(ends, program, &ExpectedEnd::program) == ends.end()) {
        mistakes_.add(draft.results[i],
                      fmt::format("a result does not say how {} ends", in_quotes(program)),
                      fmt::format("{} = {}", program, kEndExpected));
      }
    }
  }
}

}  // namespace

std::vector<Scenario> read_scenarios(const std::vector<const toml::table*>& tables,
                                     const PartReader& parts, std::chrono::milliseconds wall,
                                     OuterTable top, Mistakes& mistakes) {
  ScenarioReader reader(parts, wall, top, mistakes);
  for (const toml::table* table : tables) reader.read(*table);
  return reader.take();
}

}  // namespace ipcgrade
