#include "assignment/reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "assignment/did_you_mean.h"
#include "assignment/units.h"

namespace ipcgrade {
namespace {

constexpr std::size_t kLongestQuote = 60;

std::vector<std::string_view> names_of(KeySpecs keys) {
  std::vector<std::string_view> names;
  for (const KeySpec& key : keys) names.push_back(key.name);
  return names;
}

std::string range_text(std::string_view least, std::string_view most) {
  return fmt::format("from {} to {}", least, most);
}

}  // namespace

std::string in_quotes(std::string_view text) {
  if (text.size() <= kLongestQuote) return fmt::format("\"{}\"", text);
  std::size_t end = kLongestQuote;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return fmt::format("\"{}...\"", text.substr(0, end));
}

void Mistakes::add(Place place, std::string message, std::string expected, std::string hint) {
  diagnostics_.push_back(
      {file_, place.line, place.column, std::move(message), std::move(expected), std::move(hint)});
}

AssignmentError Mistakes::take() {
  // Tables are walked by the order of their keys' names, and the reader goes through the file.
  std::ranges::stable_sort(diagnostics_, {}, [](const Diagnostic& diagnostic) {
    return std::tuple(diagnostic.line, diagnostic.column);
  });
  return {std::exchange(diagnostics_, {})};
}

TableReader::TableReader(const toml::table& table, std::string_view what, KeySpecs keys,
                         Mistakes& mistakes, OuterTable outer)
    : table_(&table), what_(what), keys_(keys), mistakes_(&mistakes) {
  for (const auto& [key, value] : table) {
    if (std::ranges::find(keys_, key.str(), &KeySpec::name) == keys_.end()) {
      note_unknown(key, outer);
    }
  }
}

void TableReader::note_unknown(const toml::key& key, OuterTable outer) {
  const std::vector<std::string_view> names = names_of(keys_);
  std::string hint;
  if (const auto meant = nearest_word(key.str(), names)) {
    mistyped_.emplace(*meant);
    hint = did_you_mean(key.str(), names);
  } else if (std::ranges::find(outer.keys, key.str(), &KeySpec::name) != outer.keys.end()) {
    hint = fmt::format("a key of {} is written above the first [table] or [[table]] in it",
                       outer.what);
  }
  mistakes_->add(key.source().begin,
                 fmt::format("unknown key {} in {}", in_quotes(key.str()), what_), one_of(names),
                 std::move(hint));
}

Place TableReader::place(std::string_view key) const {
  const toml::node* const node = table_->get(key);
  return node == nullptr ? place() : node->source().begin;
}

const toml::node* TableReader::find(std::string_view key, Need need) const {
  const toml::node* const node = table_->get(key);
  if (node == nullptr && need == Need::kRequired && !mistyped_.contains(key)) {
    mistakes_->add(place(), fmt::format("there is no \"{}\" in {}", key, what_),
                   std::string(expected(key)));
  }
  return node;
}

std::string_view TableReader::expected(std::string_view key) const {
  const auto found = std::ranges::find(keys_, key, &KeySpec::name);
  return found == keys_.end() ? std::string_view{} : found->expected;
}

void TableReader::reject(std::string_view key, std::string message, std::string hint) const {
  mistakes_->add(place(key), std::move(message), std::string(expected(key)), std::move(hint));
}

void TableReader::reject_type(std::string_view key, const toml::node& node,
                              std::string hint) const {
  reject(key, fmt::format("\"{}\" is {}", key, type_of(node)), std::move(hint));
}

std::optional<std::string> TableReader::text(std::string_view key, Need need) const {
  const toml::node* const node = find(key, need);
  if (node == nullptr) return std::nullopt;
  if (!node->is_string()) {
    reject_type(key, *node);
    return std::nullopt;
  }
  return node->as_string()->get();
}

std::optional<std::string> TableReader::title(std::string_view key, Need need) const {
  auto value = text(key, need);
  if (value && value->find_first_not_of(" \t\r\n") == std::string::npos) {
    reject(key, fmt::format("\"{}\" is empty", key));
    return std::nullopt;
  }
  return value;
}

std::optional<std::string> TableReader::name(std::string_view key, Need need) const {
  auto value = text(key, need);
  if (value && !is_plain_name(*value)) {
    reject(key, fmt::format("{} is not a plain name", in_quotes(*value)));
    return std::nullopt;
  }
  return value;
}

std::optional<bool> TableReader::flag(std::string_view key) const {
  const toml::node* const node = find(key, Need::kOptional);
  if (node == nullptr) return std::nullopt;
  if (!node->is_boolean()) {
    reject_type(key, *node);
    return std::nullopt;
  }
  return node->as_boolean()->get();
}

std::optional<double> TableReader::number(std::string_view key, Need need) const {
  const toml::node* const node = find(key, need);
  if (node == nullptr) return std::nullopt;
  if (!node->is_number()) {
    reject_type(key, *node);
    return std::nullopt;
  }
  return node->value<double>();
}

std::optional<std::int64_t> TableReader::integer(std::string_view key, Need need,
                                                 std::int64_t least, std::int64_t most) const {
  const toml::node* const node = find(key, need);
  if (node == nullptr) return std::nullopt;
  if (!node->is_integer()) {
    reject_type(key, *node);
    return std::nullopt;
  }
  const std::int64_t value = node->as_integer()->get();
  if (value < least || value > most) {
    mistakes_->add(place(key), fmt::format("\"{}\" is {}", key, value),
                   range_text(std::to_string(least), std::to_string(most)));
    return std::nullopt;
  }
  return value;
}

std::optional<std::chrono::milliseconds> TableReader::duration(std::string_view key, Need need,
                                                               Range range) const {
  const toml::node* const node = find(key, need);
  if (node == nullptr) return std::nullopt;
  if (!node->is_string()) {
    const auto seconds = node->value_exact<std::int64_t>();
    reject_type(key, *node, seconds ? fmt::format("did you mean \"{}s\"?", *seconds) : "");
    return std::nullopt;
  }
  const std::string& written = node->as_string()->get();
  const auto value = try_duration(written);
  if (!value) {
    const std::string likely = likely_duration(written);
    reject(key, fmt::format("\"{}\" is {}, which is no duration", key, in_quotes(written)),
           likely.empty() ? "" : fmt::format("did you mean {}?", in_quotes(likely)));
    return std::nullopt;
  }
  if (*value < try_duration(range.least) || *value > try_duration(range.most)) {
    mistakes_->add(place(key), fmt::format("\"{}\" is {}", key, in_quotes(written)),
                   range_text(in_quotes(range.least), in_quotes(range.most)));
    return std::nullopt;
  }
  return value;
}

std::optional<std::uint64_t> TableReader::size(std::string_view key, Need need, Range range) const {
  const toml::node* const node = find(key, need);
  if (node == nullptr) return std::nullopt;
  if (!node->is_string() && !node->is_integer()) {
    reject_type(key, *node);
    return std::nullopt;
  }
  const std::string written = node->is_string() ? in_quotes(node->as_string()->get())
                                                : std::to_string(node->as_integer()->get());
  const auto value =
      try_size(node->is_string() ? std::string_view(node->as_string()->get()) : written);
  if (!value) {
    const std::string likely = node->is_string() ? likely_size(node->as_string()->get()) : "";
    reject(key, fmt::format("\"{}\" is {}, which is no size", key, written),
           likely.empty() ? "" : fmt::format("did you mean {}?", in_quotes(likely)));
    return std::nullopt;
  }
  if (*value < try_size(range.least) || *value > try_size(range.most)) {
    mistakes_->add(place(key), fmt::format("\"{}\" is {}", key, written),
                   range_text(in_quotes(range.least), in_quotes(range.most)));
    return std::nullopt;
  }
  return value;
}

const toml::table* TableReader::table(std::string_view key, Need need) const {
  const toml::node* const node = find(key, need);
  if (node == nullptr) return nullptr;
  if (!node->is_table()) reject_type(key, *node);
  return node->as_table();
}

const toml::array* TableReader::array(std::string_view key, Need need) const {
  const toml::node* const node = find(key, need);
  if (node == nullptr) return nullptr;
  if (!node->is_array()) reject_type(key, *node);
  return node->as_array();
}

std::vector<const toml::table*> TableReader::tables(std::string_view key, Need need) const {
  std::vector<const toml::table*> tables;
  const toml::array* const nodes = array(key, need);
  if (nodes == nullptr) return tables;
  if (nodes->empty() && need == Need::kRequired) reject(key, fmt::format("\"{}\" is empty", key));
  for (const toml::node& node : *nodes) {
    if (node.is_table()) {
      tables.push_back(node.as_table());
    } else {
      mistakes_->add(node.source().begin, fmt::format("there is {} in \"{}\"", type_of(node), key),
                     std::string(expected(key)));
    }
  }
  return tables;
}

std::optional<std::vector<TableReader::Text>> TableReader::texts(std::string_view key,
                                                                 Need need) const {
  const toml::array* const nodes = array(key, need);
  if (nodes == nullptr) return std::nullopt;
  std::vector<Text> texts;
  for (const toml::node& node : *nodes) {
    if (node.is_string()) {
      texts.push_back({node.as_string()->get(), node.source().begin});
    } else {
      mistakes_->add(node.source().begin, fmt::format("there is {} in \"{}\"", type_of(node), key),
                     std::string(expected(key)));
    }
  }
  return texts;
}

std::string_view type_of(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::table:
      return "a table";
    case toml::node_type::array:
      return "an array";
    case toml::node_type::string:
      return "a string";
    case toml::node_type::integer:
      return "an integer";
    case toml::node_type::floating_point:
      return "a number with a fraction";
    case toml::node_type::boolean:
      return "true or false";
    case toml::node_type::date:
    case toml::node_type::time:
    case toml::node_type::date_time:
      return "a date or time";
    case toml::node_type::none:
      break;
  }
  return "nothing";
}

bool is_plain_name(std::string_view text) {
  // Not isalnum(): what the locale takes for a letter is none here.
  constexpr std::string_view kFirst =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";
  return !text.empty() && kFirst.contains(text.front()) &&
         std::ranges::all_of(text, [&](char c) { return c == '-' || kFirst.contains(c); });
}

}  // namespace ipcgrade
