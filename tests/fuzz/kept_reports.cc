// The reports that a batch kept, or that another machine's part of it did: up to a NUL the JSON,
// then the JUnit file.
#include <string>

#include "batch/class_report.h"
#include "batch/compare.h"
#include "batch/rows.h"
#include "fuzz/fuzz.h"

namespace {

ipcgrade::Batch batch_of(std::string_view json, std::string_view junit) {
  using namespace ipcgrade;
  Graded one;
  one.imported.handin.key = "ann";
  one.imported.handin.parts = {{"ann", ""}};
  one.grade = Grade{.outcome = "failed", .score = 5, .max_score = 10};
  one.grade->json = json;
  one.grade->junit = junit;
  Batch batch;
  batch.origin.max_score = 10;
  batch.handins.push_back(one);
  return batch;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ipcgrade;
  using fuzz::expect;
  fuzz::Input input(data, size);
  const std::string_view json = input.take_until('\0');
  const Batch batch = batch_of(json, input.rest());
  expect(read_rows(batch).rows.size() == 1, "who has a grade has a line");
  expect(compare(batch, batch).empty(), "the same is no change");
  (void)compare(batch_of("{}", ""), batch);
  expect(grades_csv(batch).contains("ann"), "who has a grade is in the list");
  const std::string page = class_page(batch, "ipcgrade");
  expect(page.contains("ann"), "who has a grade is on the page");
  expect(!page.contains("<script"), "a page has no scripts");
  const Batch again = batch_of(json, class_junit(batch));
  expect(class_junit(again) == class_junit(batch), "what is written again is read as the same");
  return 0;
}
