// What is said of a class.
#include "batch/class_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "a_class.h"
#include "archives/read.h"
#include "support/process.h"

namespace ipcgrade {
namespace {

using ipcgrade_test::graded;
using ipcgrade_test::ungraded;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

Batch a_batch() {
  Batch batch{.origin = {.lab = "pipes", .max_score = 10},
              .handins = {graded("alice", "1", 10), graded("bob", "2", 4, "data-race"),
                          graded("carol", "3", 6.5, "data-race"), ungraded("dan", "no sandbox")},
              .unmatched = {{"<b>.txt", "is neither"}}};
  batch.handins[1].imported.handin.late = true;
  batch.handins[1].imported.handin.notes = {"=x is a link"};
  return batch;
}
TEST(ClassReportTest, GradesAsATable) {
  EXPECT_EQ(grades_csv(a_batch()),
            "hand-in,student,id,email,late,outcome,score,max_score,build,output,faults,notes\r\n"
            "alice,alice,1,,,passed,10,10,1,9,,\r\n"
            "bob,bob,2,,late,failed,4,10,1,3,data-race,'=x is a link\r\n"
            "carol,carol,3,,,failed,6.5,10,1,5.5,data-race,\r\n"
            "dan,dan,,,,ungraded,,,,,,no sandbox\r\n");
}

TEST(ClassReportTest, ThePage) {
  const std::string page = class_page(a_batch(), "ipcgrade 1");
  EXPECT_THAT(page, HasSubstr("3 graded, 1 with everything passed. Of 10 points: mean 6.83, "
                              "median 6.5."));
  EXPECT_THAT(page, HasSubstr("<li>dan: no sandbox</li>"));
  EXPECT_THAT(page, HasSubstr("<code>&lt;b&gt;.txt</code> is neither"));
  EXPECT_THAT(page, HasSubstr(R"(<a href="reports/bob.html">bob</a>)"));
  EXPECT_THAT(page, HasSubstr("(data-race)</th><td class=\"count\">2</td>"));
  EXPECT_THAT(page, Not(HasSubstr("busy-wait"))) << "a note is no fault";
  EXPECT_THAT(page, HasSubstr("<div>late</div><div>=x is a link</div>"));
}

TEST(ClassReportTest, NothingOfAStudentsIsMarkup) {
  Batch batch = a_batch();
  batch.handins[0].imported.handin.student = "</td><script>alert(1)</script>{{tool}}";
  batch.handins[0].imported.handin.key = "a\"b%#?é";
  const std::string page = class_page(batch, "ipcgrade 1");
  EXPECT_THAT(page, Not(HasSubstr("<script")));
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;"));
  EXPECT_THAT(page, HasSubstr("{{tool}}"));
  EXPECT_THAT(page, HasSubstr(R"(href="reports/a%22b%25%23%3F%C3%A9.html")"));
}

TEST(ClassReportTest, NamesThatMustNotShow) {
  Batch batch = a_batch();
  batch.origin.anonymous = true;
  for (Graded& one : batch.handins) {
    one.imported.handin.student = "Jane";
    one.imported.handin.notes = {"jane.zip is damaged"};
    one.imported.handin.id = "4711";
  }
  batch.unmatched = {{"jane's file", "is no file"}};
  for (const std::string& text : {grades_csv(batch), class_page(batch, "ipcgrade 1")}) {
    for (const char* name : {"Jane", "jane", "4711"}) EXPECT_THAT(text, Not(HasSubstr(name)));
  }
}

TEST(ClassReportTest, FilesOfThoseWhoAreGoneGo) {
  const test::TemporaryFolder folder;
  Batch batch = a_batch();
  ASSERT_TRUE(write_class_reports(batch, folder.path(), "ipcgrade 1"));
  EXPECT_EQ(test::contents(folder / "reports/bob.html"), "<p>bob");
  EXPECT_FALSE(test::contents(folder / "feedback.zip").empty());
  batch.handins.erase(batch.handins.begin() + 1);
  ASSERT_TRUE(write_class_reports(batch, folder.path(), "ipcgrade 1"));
  EXPECT_FALSE(std::filesystem::exists(folder / "reports/bob.html"));
  EXPECT_TRUE(std::filesystem::exists(folder / "reports/carol.html"));
}

// Light and dark, on a desk and on a telephone: readable to all, and silent.
TEST(ClassReportTest, ABrowserShowsThePageAndRunsNothing) {
  const std::filesystem::path installed = IPCGRADE_CONSUMERS_DIR;
  if (test::run({"sh", "-c", "command -v node chromium"}).status != 0 ||
      !std::filesystem::exists(installed / "node_modules/playwright-core")) {
    GTEST_SKIP() << "needs node, chromium and playwright-core (tests/support/consumers/install.sh)";
  }
  Batch batch = a_batch();
  batch.handins[0].imported.handin.student = "</td><img src=x onerror=alert(1)><script>1</script>";
  batch.handins[0].imported.handin.key = "javascript:alert(1)";
  const test::TemporaryFolder folder;
  folder.write("index.html", class_page(batch, "ipcgrade 1"));
  const auto read = test::run({"node", std::string(IPCGRADE_CONSUMER_SCRIPTS) + "/read_page.mjs",
                               installed.string(), "/usr/bin/chromium", folder / "index.html"});
  std::string expected;
  for (const char* where : {"light 1280", "light 360", "dark 1280", "dark 360"}) {
    expected += std::string(where) +
                ": 0 requests, 0 errors, 0 scripts, 0 handlers, 0 too wide, 0 findings, 0 "
                "pictures, 0 violations\n";
  }
  EXPECT_EQ(read.output, expected) << read.errors;
}

TEST(ClassReportTest, OneJunitForAll) {
  const std::string xml = class_junit(a_batch());
  EXPECT_THAT(xml, HasSubstr(R"(<testsuites name="pipes" tests="6" failures="3" errors="0">)"));
  for (const char* name : {"alice", "bob", "carol"}) {
    EXPECT_THAT(xml, HasSubstr(std::string("<testsuite name=\"lab.") + name));
  }
}

std::vector<std::string> names_in(const std::string& zip) {
  std::vector<std::string> names;
  EXPECT_TRUE(read_archive(std::string_view(zip), {},
                           {.take = [&](const ArchiveFile& file) -> sandbox::Expected<void> {
                              names.push_back(file.path);
                              return {};
                            },
                            .leave_out = [](const std::string&, const std::string&, bool) {}}));
  return names;
}

TEST(ClassReportTest, FeedbackIsNamedAsThePlatformWantsIt) {
  Batch batch = a_batch();
  EXPECT_THAT(names_in(*feedback_zip(batch)), ElementsAre("alice.html", "bob.html", "carol.html"));
  batch.origin.platform = Platform::kMoodle;
  const auto set = [&](std::size_t at, const char* entry, const char* file) {
    batch.handins[at].imported.handin.parts = {{entry, file}};
  };
  set(0, "Alice A_1_assignsubmission_file", "");
  set(1, "Bob_B_2_assignsubmission_file_", "");
  set(2, "Carol_3_assignsubmission_file_lab.zip", "lab.zip");
  EXPECT_THAT(names_in(*feedback_zip(batch)),
              ElementsAre("Alice A_1_assignsubmission_file_/report.html",
                          "Bob_B_2_assignsubmission_file_/report.html",
                          "Carol_3_assignsubmission_file_/report.html"));
  batch.origin.platform = Platform::kCanvas;
  set(0, "alice_1_90_my_lab.zip", "my_lab.zip");
  set(1, "bob_LATE_2_91_server.c", "server.c");
  set(2, "carol_3_92_x", "x");
  EXPECT_THAT(
      names_in(*feedback_zip(batch)),
      ElementsAre("alice_1_90_report.html", "bob_LATE_2_91_report.html", "carol_3_92_report.html"));
}

}  // namespace
}  // namespace ipcgrade
