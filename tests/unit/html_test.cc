#include "report/html.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/reports.h"

namespace ipcgrade {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string page_of(const Verdict& verdict) {
  static const std::vector<std::string> kSource{"one", "two <b>", "three", "four"};
  return html_report(verdict, kTool, [](const Location& at) -> std::optional<std::string> {
    const auto index = static_cast<std::size_t>(at.line) - 1;
    if (at.file != "server.c" || index >= kSource.size()) return std::nullopt;
    return kSource[index];
  });
}

Verdict racing_verdict() {
  Verdict verdict = failed_verdict();
  Finding& race = verdict.findings[0];
  race.kind = Kind::kDataRace;
  race.locations = {{"server", "server", "server.c", 2, "main"}};
  race.story = {{1, "server", "server.c", 2, "writes 'a'"},
                {2, "", "", 0, "… 3 more steps"},
                {3, "client", "client.c", 9, "reads 'a'"}};
  race.story[0].is_key = race.story[2].is_key = true;
  race.unordered = {"server at server.c:2 (writes 'a')", "client at client.c:9 (reads 'a')", 1, 3};
  return verdict;
}

TEST(Html, HoldsTheSentenceTheSourceTheStepsAndTheCommand) {
  const std::string page = page_of(racing_verdict());
  EXPECT_THAT(page, HasSubstr("<p class=\"consequence\">When both programs had ended"));
  EXPECT_THAT(page, HasSubstr("<span class=\"line marked\"><span class=\"number\">▶ 2</span>two "
                              "&lt;b&gt;"));
  EXPECT_THAT(page, HasSubstr("<th scope=\"col\">server</th><th scope=\"col\">client</th>"));
  EXPECT_THAT(page, HasSubstr("<td colspan=\"2\">… 3 more steps</td>"));
  EXPECT_THAT(page, HasSubstr("ipcgrade check shared-memory alice</pre>"));
  EXPECT_THAT(page, HasSubstr("Remove it with shmctl"));
}

TEST(Html, ShowsWhatNothingOrdersDashedAndInWords) {
  const std::string page = page_of(racing_verdict());
  EXPECT_THAT(page, HasSubstr("<line class=\"missing\""));
  EXPECT_THAT(page, HasSubstr("nothing orders server at server.c:2"));
  EXPECT_THAT(page, Not(HasSubstr("An order that works")));
}

TEST(Html, TellsWhichOfTwoStepsHadToBeFirst) {
  Verdict verdict = racing_verdict();
  Finding& finding = verdict.findings[0];
  finding.good_story = {{1, "client", "client.c", 9, "reads 'a'"},
                        {2, "server", "server.c", 2, "writes 'a'"}};
  finding.good_story[1].after = {1};
  const std::string page = page_of(verdict);
  EXPECT_THAT(page, HasSubstr("An order that works"));
  EXPECT_THAT(page, HasSubstr("missing: step 3 before step 1"));
  EXPECT_THAT(page, HasSubstr("after step 1"));
  EXPECT_THAT(page, HasSubstr("it is the other way round"));
}

TEST(Html, DrawsWhoWaitsForWhom) {
  Verdict verdict = racing_verdict();
  verdict.findings[0].waits = {
      {{"server", "server", "server.c", 2, "main"}, "waits for b", {"the mutex a"}, {"client"}},
      {{"client", "client", "client.c", 9, "main"}, "waits for a", {}, {"server"}}};
  const std::string page = page_of(verdict);
  EXPECT_THAT(page, HasSubstr("Who waits for whom"));
  EXPECT_THAT(page, HasSubstr("It holds the mutex a."));
  EXPECT_THAT(page, HasSubstr("; server waits for client; client waits for server</title>"));
}

TEST(Html, WhatIsNotThereLeavesNoTrace) {
  const std::string page = page_of(failed_verdict());
  EXPECT_THAT(page, Not(HasSubstr("How it comes about")));
  EXPECT_THAT(page, Not(HasSubstr("Who waits for whom")));
  EXPECT_THAT(page_of(passed_verdict()), Not(HasSubstr("What was found")));
}

TEST(Html, WhatAStudentWritesIsText) {
  const std::string page = page_of(hostile_verdict());
  expect_no_harm(page);
  for (const char* bad : {"<script", "<evil", "<img", "</title></style>"}) {
    EXPECT_THAT(page, Not(HasSubstr(bad)));
  }
  EXPECT_THAT(page, HasSubstr("{{tool}}{{#checks}}"));
}

TEST(Html, UngradedIsNoGrade) {
  const std::string page = page_of(ungraded_verdict());
  EXPECT_THAT(page, HasSubstr("not graded"));
  EXPECT_THAT(page, HasSubstr("mount /proc"));
  EXPECT_THAT(page, Not(HasSubstr("1/1")));
}

TEST(Html, HasWhatTheCompilerSaid) {
  const std::string page = page_of(passed_verdict());
  EXPECT_THAT(page, HasSubstr("What the compiler said"));
  EXPECT_THAT(page, HasSubstr("return type defaults to"));
}

TEST(Html, ShowsTheTwoLinesWhoseOrderIsMissing) {
  Verdict verdict = racing_verdict();
  verdict.findings[0].locations = {{"client", "client", "client.c", 42, "main"}};
  const std::string page = page_of(verdict);
  EXPECT_THAT(page, HasSubstr("whose order is missing: server.c:2 (server)"));
  EXPECT_THAT(page, HasSubstr("whose order is missing: client.c:9 (client)"));
}

TEST(Html, ACallerIsNoFault) {
  Verdict verdict = racing_verdict();
  verdict.findings[0].locations[0].callers = {{"server", "server", "server.c", 4, "run"}};
  const std::string page = page_of(verdict);
  EXPECT_THAT(page, HasSubstr("<figure class=\"aside\">\n<figcaption>called from server.c:4"));
}

TEST(Html, BothOrdersHaveTheSameColumns) {
  Verdict verdict = racing_verdict();
  verdict.findings[0].good_story = {{1, "client", "client.c", 9, "reads 'a'"},
                                    {2, "server", "server.c", 2, "writes 'a'"}};
  const std::string page = page_of(verdict);
  const std::string columns = "<th scope=\"col\">client</th><th scope=\"col\">server</th>";
  const std::size_t first = page.find(columns);
  ASSERT_NE(first, std::string::npos);
  EXPECT_NE(page.find(columns, first + 1), std::string::npos);
}

TEST(Html, WhatIsFoundAgainIsFolded) {
  Verdict verdict = racing_verdict();
  verdict.findings.push_back(verdict.findings[0]);
  verdict.checks[3].findings = {0, 2};
  const std::string page = page_of(verdict);
  const std::size_t second = page.find("id=\"finding-3\"");
  ASSERT_NE(second, std::string::npos);
  EXPECT_THAT(page.substr(0, second), Not(HasSubstr("The same sort of fault")));
  EXPECT_THAT(page.substr(second), HasSubstr("The same sort of fault"));
  EXPECT_THAT(page.substr(second), Not(HasSubstr("What to try")));
}

}  // namespace
}  // namespace ipcgrade
