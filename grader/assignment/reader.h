// Reads typed values out of TOML tables. A mistake is noted with its place and reading goes on, so
// that all of them are told at once: what could not be read is nullopt.
#pragma once

#include <toml++/toml.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assignment/parse.h"

namespace ipcgrade {

using Place = toml::source_position;

/// Text in quotation marks, cut short where it is long.
[[nodiscard]] std::string in_quotes(std::string_view text);

class Mistakes {
 public:
  explicit Mistakes(std::string file) : file_(std::move(file)) {}

  void add(Place place, std::string message, std::string expected = {}, std::string hint = {});
  [[nodiscard]] bool none() const { return diagnostics_.empty(); }
  /// Those found so far, in the order of the file.
  [[nodiscard]] AssignmentError take();

 private:
  std::string file_;
  std::vector<Diagnostic> diagnostics_;
};

/// A key that a table may have, and what is expected there, as a mistake's second line says it.
struct KeySpec {
  std::string_view name;
  std::string_view expected;
};
using KeySpecs = std::span<const KeySpec>;

/// A table that this one is written below. TOML gives a key to the table above it, so a key of the
/// outer one that comes too late lands in the inner one: the hint says so.
struct OuterTable {
  std::string_view what;
  KeySpecs keys;
};

enum class Need { kRequired, kOptional };

/// The least and the most, written as the file writes such values: "100ms", "60min".
struct Range {
  std::string_view least;
  std::string_view most;
};

/// A view of a table: neither it nor what it was made from is owned.
class TableReader {
 public:
  /// Notes the keys that are not in `keys`. `what` completes "in ...": "this scenario".
  TableReader(const toml::table& table, std::string_view what, KeySpecs keys, Mistakes& mistakes,
              OuterTable outer = {});

  /// Where the table begins; for an inline one, its brace.
  [[nodiscard]] Place place() const { return table_->source().begin; }
  /// Where the value of a key begins; where the table does if it has no such key.
  [[nodiscard]] Place place(std::string_view key) const;
  [[nodiscard]] bool has(std::string_view key) const { return table_->contains(key); }

  /// nullptr where there is no such key.
  [[nodiscard]] const toml::node* node(std::string_view key) const { return table_->get(key); }
  [[nodiscard]] std::optional<std::string> text(std::string_view key, Need need) const;
  /// Text of at least one character that is not a space.
  [[nodiscard]] std::optional<std::string> title(std::string_view key, Need need) const;
  /// Letters, digits, _ and -, not a - first: safe as the name of a file.
  [[nodiscard]] std::optional<std::string> name(std::string_view key, Need need) const;
  [[nodiscard]] std::optional<bool> flag(std::string_view key) const;
  [[nodiscard]] std::optional<double> number(std::string_view key, Need need) const;
  [[nodiscard]] std::optional<std::int64_t> integer(std::string_view key, Need need,
                                                    std::int64_t least, std::int64_t most) const;
  [[nodiscard]] std::optional<std::chrono::milliseconds> duration(std::string_view key, Need need,
                                                                  Range range) const;
  /// Bytes, written as an integer or as text with a unit.
  [[nodiscard]] std::optional<std::uint64_t> size(std::string_view key, Need need,
                                                  Range range) const;
  [[nodiscard]] const toml::table* table(std::string_view key, Need need) const;
  [[nodiscard]] const toml::array* array(std::string_view key, Need need) const;
  /// An array of tables; its elements that are none are noted and left out.
  [[nodiscard]] std::vector<const toml::table*> tables(std::string_view key, Need need) const;

  struct Text {
    std::string value;
    Place place;
  };
  /// An array of strings, likewise.
  [[nodiscard]] std::optional<std::vector<Text>> texts(std::string_view key, Need need) const;

  /// Notes that the value of a key is not as it must be.
  void reject(std::string_view key, std::string message, std::string hint = {}) const;

 private:
  [[nodiscard]] const toml::node* find(std::string_view key, Need need) const;
  [[nodiscard]] std::string_view expected(std::string_view key) const;
  void reject_type(std::string_view key, const toml::node& node, std::string hint = {}) const;
  void note_unknown(const toml::key& key, OuterTable outer);

  const toml::table* table_;
  std::string_view what_;
  KeySpecs keys_;
  Mistakes* mistakes_;
  std::set<std::string, std::less<>> mistyped_;  ///< known keys that an unknown one stands for
};

/// "a string", "an integer", ...
[[nodiscard]] std::string_view type_of(const toml::node& node);

[[nodiscard]] bool is_plain_name(std::string_view text);

}  // namespace ipcgrade
