#include "assignment/ends.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "assignment/did_you_mean.h"

namespace ipcgrade {
namespace {

constexpr std::array<KeySpec, 14> kEndKeys{{
    {"output", R"(a string: all that the program prints on stdout, such as output = "done\n")"},
    {"output-file", "the path of a file below the lab's folder"},
    {"output-size", kRepeatedExpected},
    {"output-is-input-of", R"(a program of the scenario, such as output-is-input-of = "sender")"},
    {"values", "a table of what stands for a {name} in the output"},
    {"beginning", "true or false"},
    {"may-be-slow", "true or false"},
    {"complains", "true or false"},
    {"tries", R"(an array of "peer-memory", "page-map" and "shared-page")"},
    {"most-children", "so many children, from 0 to 1000, as it may fork"},
    {"child-exit", "the exit status, from 0 to 255, of each of its children"},
    {"exit", R"(an exit status from 0 to 255, or "nonzero")"},
    {"may-wait", "true or false"},
    {"from-segment", "the System V key of the segment that it reads what it prints from"},
}};
constexpr OuterTable kEnd{"the end of a program", kEndKeys};

constexpr std::array<KeySpec, 2> kValueKeys{{
    {"rounds", kRoundsExpected},
    {"peer-address", "true"},
}};

std::optional<ExitRule> read_exit(const TableReader& reader) {
  const toml::node* const node = reader.node("exit");
  if (node == nullptr) return std::nullopt;
  const auto word = node->value_exact<std::string>();
  if (word == "nonzero") return ExitNonzero{};
  const auto status = node->value_exact<std::int64_t>();
  if (status && *status >= 0 && *status <= 255) return ExitIs{static_cast<int>(*status)};
  reader.reject("exit", fmt::format("\"exit\" is {}", word     ? in_quotes(*word)
                                                      : status ? std::to_string(*status)
                                                               : std::string(type_of(*node))));
  return std::nullopt;
}

std::optional<ValueRule> read_value(const toml::table& table, const PartReader& parts,
                                    Mistakes& mistakes) {
  const TableReader reader(table, "this value", kValueKeys, mistakes, kEnd);
  const toml::table* rounds = reader.table("rounds", Need::kOptional);
  const bool address = reader.flag("peer-address").value_or(false);
  if ((rounds != nullptr) == address) {
    mistakes.add(reader.place(), "a value is either \"rounds\" or \"peer-address\"",
                 "{ rounds = { … } } or { peer-address = true }");
    return std::nullopt;
  }
  if (address) return PeerAddress{};
  return RoundsSoFar{parts.rounds(*rounds, kEnd)};
}

void read_values(const TableReader& reader, const PartReader& parts, Mistakes& mistakes,
                 ExpectedEnd& end) {
  const toml::table* values = reader.table("values", Need::kOptional);
  if (values == nullptr) return;
  for (const auto& [key, node] : *values) {
    const std::string name(key.str());
    const toml::table* value = node.as_table();
    if (value == nullptr) {
      mistakes.add(key.source().begin, fmt::format("the value {} is no table", in_quotes(name)),
                   "{ rounds = { … } } or { peer-address = true }");
      continue;
    }
    if (!end.output.contains("{" + name + "}")) {
      mistakes.add(key.source().begin, fmt::format("there is no {{{}}} in the output", name),
                   "a name that is there");
    }
    if (auto rule = read_value(*value, parts, mistakes)) end.values.emplace(name, std::move(*rule));
  }
}

void read_tries(const TableReader& reader, Mistakes& mistakes, ExpectedEnd& end) {
  constexpr std::array<std::pair<std::string_view, Attempt>, 3> kAttempts{
      {{"peer-memory", Attempt::kPeerMemory},
       {"page-map", Attempt::kPageMap},
       {"shared-page", Attempt::kSharedPage}}};
  const auto texts = reader.texts("tries", Need::kOptional);
  for (const auto& [value, place] : texts.value_or(std::vector<TableReader::Text>{})) {
    const auto at =
        std::ranges::find(kAttempts, value, &std::pair<std::string_view, Attempt>::first);
    if (at == kAttempts.end()) {
      mistakes.add(place, fmt::format("unknown attempt {}", in_quotes(value)),
                   "peer-memory, page-map or shared-page");
    } else {
      end.tries.push_back(at->second);
    }
  }
}

ExpectedEnd read_end(const toml::table& table, std::string program, const PartReader& parts,
                     Mistakes& mistakes) {
  const std::string what = fmt::format("the end of {}", in_quotes(program));
  const TableReader reader(table, what, kEndKeys, mistakes);
  ExpectedEnd end;
  end.program = std::move(program);
  end.output_is_input_of = reader.text("output-is-input-of", Need::kOptional).value_or("");
  const Need need = end.output_is_input_of.empty() ? Need::kRequired : Need::kOptional;
  end.output = parts.bytes(reader, {"output", "output-file", "output-size"}, need).value_or("");
  read_values(reader, parts, mistakes, end);
  end.beginning = reader.flag("beginning").value_or(false);
  end.may_be_slow = reader.flag("may-be-slow").value_or(false);
  end.complains = reader.flag("complains").value_or(false);
  read_tries(reader, mistakes, end);
  if (const auto most = reader.integer("most-children", Need::kOptional, 0, 1000)) {
    end.most_children = static_cast<int>(*most);
  }
  if (const auto status = reader.integer("child-exit", Need::kOptional, 0, 255)) {
    end.child_exit = static_cast<int>(*status);
  }
  end.exit = read_exit(reader).value_or(ExitIs{0});
  end.may_wait = reader.flag("may-wait").value_or(false);
  if (const auto key = reader.integer("from-segment", Need::kOptional, 1, kLargestKey)) {
    end.from_segment = static_cast<int>(*key);
  }
  return end;
}

constexpr std::string_view kPlayed = "played";

Result::Played read_played(const TableReader& reader, std::string_view key, const PartReader& parts,
                           OuterTable outer) {
  const toml::table* table = reader.table(key, Need::kOptional);
  Result::Played played;
  if (table == nullptr) return played;
  int* end = key == kPlayed ? &played.end : nullptr;
  played.rounds = parts.rounds(*table, outer, &played.times, end);
  return played;
}

}  // namespace

bool is_result_key(std::string_view key) {
  return std::ranges::find(kResultKeys, key, &KeySpec::name) != kResultKeys.end();
}

ReadResult read_result(const toml::table& table,
                       const std::optional<std::vector<std::string_view>>& programs,
                       const PartReader& parts, OuterTable outer, Mistakes& mistakes) {
  std::vector<KeySpec> keys;
  if (programs) {
    for (const std::string_view program : *programs) keys.push_back({program, kEndExpected});
  } else {
    for (const auto& [key, value] : table) {
      if (!is_result_key(key.str())) keys.push_back({key.str(), kEndExpected});
    }
  }
  const std::size_t count = keys.size();
  keys.insert(keys.end(), kResultKeys.begin(), kResultKeys.end());
  const TableReader reader(table, "this result", keys, mistakes, outer);
  ReadResult read;
  read.place = reader.place();
  read.result.may_leave_given = reader.flag("may-leave-given").value_or(false);
  read.result.played = read_played(reader, kPlayed, parts, outer);
  read.result.signal_after = read_played(reader, "signal-after", parts, outer);
  for (const KeySpec& key : std::span(keys).first(count)) {
    const toml::table* end = reader.table(key.name, Need::kRequired);
    if (end == nullptr) continue;
    read.result.programs.push_back(read_end(*end, std::string(key.name), parts, mistakes));
    const std::string& giver = read.result.programs.back().output_is_input_of;
    if (!giver.empty() && programs && std::ranges::find(*programs, giver) == programs->end()) {
      mistakes.add(reader.place(key.name),
                   fmt::format("{} is not started in this scenario", in_quotes(giver)),
                   one_of(*programs));
    }
    read.ends.push_back(reader.place(key.name));
  }
  read.sound = read.result.programs.size() == count;
  return read;
}

}  // namespace ipcgrade
