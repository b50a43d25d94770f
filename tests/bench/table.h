// A table of words and numbers, for the terminal or in Markdown.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

class Table {
 public:
  using Row = std::vector<std::string>;

  Table(std::string title, Row head) : title_(std::move(title)), rows_{std::move(head)} {}

  /// As many cells as the head has.
  void add(Row row) { rows_.push_back(std::move(row)); }

  void print(bool markdown) const {
    std::printf("%s\n\n", title_.c_str());
    for (std::size_t row = 0; row < rows_.size(); ++row) {
      print_row(rows_[row], markdown);
      if (row == 0 && markdown) print_rule();
    }
    std::printf("\n");
  }

 private:
  void print_row(const Row& row, bool markdown) const {
    std::printf(markdown ? "| %-*s" : "%-*s", width(0), row[0].c_str());
    for (std::size_t column = 1; column < row.size(); ++column) {
      std::printf(markdown ? " | %*s" : "  %*s", width(column), row[column].c_str());
    }
    std::printf(markdown ? " |\n" : "\n");
  }
  void print_rule() const {
    std::printf("|---|");
    for (std::size_t column = 1; column < rows_[0].size(); ++column) std::printf("---:|");
    std::printf("\n");
  }
  [[nodiscard]] int width(std::size_t column) const {
    std::size_t most = 0;
    for (const Row& row : rows_) most = std::max(most, row[column].size());
    return static_cast<int>(most);
  }

  std::string title_;
  std::vector<Row> rows_;
};

/// Three digits that count, as people read them: 0.123, 1.23, 12.3, 123, 1234.
inline std::string figure(double value) {
  char text[32];
  const int places = value < 0.9995 ? 3 : value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  std::snprintf(text, sizeof text, "%.*f", places, value);
  return text;
}
