// What learning platforms export: CSV with names that students chose.
#include "batch/gradebook.h"

#include <string>

#include "batch/csv.h"
#include "fuzz/fuzz.h"

namespace {

using namespace ipcgrade;
using fuzz::expect;

Batch a_batch(Platform platform) {
  Batch batch;
  batch.origin.platform = platform;
  batch.origin.max_score = 10;
  for (const char* id : {"4711", "12", "99"}) {
    Graded one;
    one.imported.handin.key = one.imported.handin.student = std::string("key") + id;
    one.imported.handin.id = id;
    one.grade = Grade{.outcome = "failed", .score = 7.5, .max_score = 10};
    batch.handins.push_back(one);
  }
  return batch;
}

bool has_mark(std::string_view text) {
  return text.starts_with(kByteOrderMark) || text.starts_with("\xff\xfe") ||
         text.starts_with("\xfe\xff");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::Input(data, size).rest();
  const CsvFile file = parse_csv(text);
  std::string written;
  bool is_lost = false;  // an empty line is none, and a mark at the beginning is no text
  for (const CsvRow& row : file.rows) {
    expect(!row.empty(), "a line has a cell");
    is_lost = is_lost || (row.size() == 1 && row[0].empty());
    written += csv_line(row, file.separator);
  }
  if (!is_lost && !has_mark(written)) {
    const CsvFile again = parse_csv(written);
    expect(again.separator != file.separator || again.rows == file.rows,
           "what is written again is read as the same");
  }
  for (const Platform platform : {Platform::kCanvas, Platform::kMoodle}) {
    const Batch batch = a_batch(platform);
    const auto book = gradebook_for_import(batch, text, "", "lab");
    if (!book) {
      expect(!book.error().text().empty(), "who is refused hears why");
      continue;
    }
    const CsvFile made = parse_csv(book->csv);
    expect(!made.rows.empty(), "a gradebook has a heading");
    expect(book->unknown.size() <= batch.handins.size(), "only those who have a grade are unknown");
  }
  return 0;
}
