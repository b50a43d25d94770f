#include "assignment/parts.h"

#include <fmt/format.h>
#include <string.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <filesystem>

#include "assignment/did_you_mean.h"

namespace ipcgrade {
namespace {

constexpr std::string_view kChildOf = "child of ";
constexpr Range kRepeated{"1", "64MiB"};

constexpr std::array<KeySpec, 6> kRoundsKeys{{
    {"ask", R"(the name of a signal, such as ask = "SIGUSR1")"},
    {"answer", R"(the name of a signal, such as answer = "SIGUSR2")"},
    {"from", kPartyExpected},
    {"to", kPartyExpected},
    {"times", "a number of rounds, such as times = 5"},
    {"end", R"(the name of a signal, such as end = "SIGTERM")"},
}};

}  // namespace

bool PartReader::knows(std::string_view program, Place place) const {
  if (!programs_) return true;
  const std::vector<std::string_view> names(programs_->begin(), programs_->end());
  if (std::ranges::find(names, program) != names.end()) return true;
  mistakes_.add(place, fmt::format("unknown program {}", in_quotes(program)), one_of(names),
                did_you_mean(program, names));
  return false;
}

std::optional<Party> PartReader::party(const TableReader& reader, std::string_view key,
                                       Need need) const {
  const auto text = reader.text(key, need);
  if (!text) return std::nullopt;
  Party party{*text};
  if (party.program.starts_with(kChildOf)) {
    party.child = true;
    party.program.erase(0, kChildOf.size());
  }
  if (!knows(party.program, reader.place(key))) return std::nullopt;
  return party;
}

std::optional<int> PartReader::signal(const TableReader& reader, std::string_view key,
                                      Need need) const {
  const auto name = reader.text(key, need);
  if (!name) return std::nullopt;
  for (int number = 1; number < SIGRTMIN; ++number) {
    const char* short_name = ::sigabbrev_np(number);
    if (short_name != nullptr && *name == std::string("SIG") + short_name) return number;
  }
  reader.reject(key, fmt::format("there is no signal {}", in_quotes(*name)));
  return std::nullopt;
}

Rounds PartReader::rounds(const toml::table& table, OuterTable outer, std::uint64_t* times,
                          int* end) const {
  const KeySpecs keys = KeySpecs(kRoundsKeys).first(times == nullptr ? 4 : end == nullptr ? 5 : 6);
  const TableReader reader(table, "these rounds", keys, mistakes_, outer);
  Rounds rounds;
  rounds.ask = signal(reader, "ask", Need::kRequired).value_or(0);
  rounds.answer = signal(reader, "answer", Need::kRequired).value_or(0);
  rounds.from = party(reader, "from", Need::kRequired).value_or(Party{});
  rounds.to = party(reader, "to", Need::kRequired).value_or(Party{});
  constexpr std::int64_t kMostTimes = 1'000'000'000;
  if (times != nullptr) {
    *times = static_cast<std::uint64_t>(
        reader.integer("times", Need::kRequired, 0, kMostTimes).value_or(0));
  }
  if (end != nullptr) *end = signal(reader, "end", Need::kOptional).value_or(0);
  return rounds;
}

std::optional<std::string> PartReader::bytes(const TableReader& reader, BytesKeys keys,
                                             Need need) const {
  auto text = text_or_file(reader, keys, need);
  const auto size = reader.size(keys.size, Need::kOptional, kRepeated);
  if (!text || !size) return text;
  if (text->empty()) {
    reader.reject(keys.size, fmt::format("\"{}\" is empty: there is nothing to repeat", keys.text));
    return text;
  }
  const std::string once = *text;
  text->reserve(*size);
  while (text->size() < *size) text->append(once, 0, *size - text->size());
  text->resize(*size);
  return text;
}

std::optional<std::string> PartReader::text_or_file(const TableReader& reader, BytesKeys keys,
                                                    Need need) const {
  if (!reader.has(keys.file)) return reader.text(keys.text, need);
  if (reader.has(keys.text)) {
    reader.reject(keys.file, fmt::format("there are both \"{}\" and \"{}\"", keys.text, keys.file));
  }
  const auto path = reader.text(keys.file, Need::kRequired);
  if (!path) return std::nullopt;
  const std::filesystem::path parts(*path);
  if (path->empty() || parts.is_absolute() || path->contains('\0') ||
      std::ranges::find(parts, "..") != parts.end()) {
    reader.reject(keys.file, fmt::format("{} is not below the lab's folder", in_quotes(*path)));
    return std::nullopt;
  }
  auto bytes = read_file_(*path);
  if (!bytes) {
    reader.reject(keys.file, fmt::format("{} cannot be read: {}", in_quotes(*path), bytes.error()));
    return std::nullopt;
  }
  return std::move(*bytes);
}

}  // namespace ipcgrade
