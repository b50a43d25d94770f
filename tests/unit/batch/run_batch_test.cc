// A batch with a grader that only says what it saw.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <map>
#include <random>

#include "batch/batch.h"
#include "batch/compare.h"
#include "support/process.h"

namespace ipcgrade {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

struct RunBatchTest : testing::Test {
  test::TemporaryFolder folder;
  BatchSpec spec{.out = folder / "out"};

  RunBatchTest() {
    spec.origin.input = folder / "in";
    spec.origin.grading = "lab 1";
    spec.cores = {::sched_getcpu(), ::sched_getcpu()};
    spec.grade = [this](const std::vector<const Imported*>& same) {
      // In another process: what it did is told by a file.
      std::ofstream log(folder / "log", std::ios::app);
      std::vector<Grade> grades;
      for (const Imported* one : same) {
        grades.push_back({.outcome = "passed", .score = 1, .json = one->handin.key});
        log << one->handin.key + " ";
      }
      log << std::endl;
      return grades;
    };
  }
  void add(const std::string& name, const std::string& bytes) const {
    folder.write("in/" + name + "/server.c", bytes);
  }
  /// The groups that were graded since the last time, in any order.
  std::vector<std::string> graded() const {
    std::ifstream log(folder / "log");
    std::vector<std::string> lines;
    for (std::string line; std::getline(log, line);) lines.push_back(line);
    std::filesystem::remove(folder / "log");
    std::ranges::sort(lines);
    return lines;
  }
  Batch run() const {
    auto batch = run_batch(spec);
    if (!batch) throw std::runtime_error(batch.error().text());
    return std::move(*batch);
  }
  static std::map<std::string, std::string> outcomes(const Batch& batch) {
    std::map<std::string, std::string> all;
    for (const Graded& one : batch.handins) {
      all[one.imported.handin.key] = one.grade ? one.grade->outcome : "";
    }
    return all;
  }
};

TEST_F(RunBatchTest, TheSameIsGradedOnce) {
  add("alice", "1");
  add("bob", "2");
  add("carol", "1");
  const Batch batch = run();
  EXPECT_THAT(graded(), ElementsAre("alice carol ", "bob "));
  ASSERT_THAT(batch.handins, SizeIs(3));
  for (const Graded& one : batch.handins) {
    EXPECT_EQ(one.grade->json, one.imported.handin.key) << "each has its own report";
  }
  EXPECT_EQ(batch.graded_now, 3U);
}

TEST_F(RunBatchTest, WhatChangedIsGradedAgain) {
  add("alice", "1");
  add("bob", "2");
  (void)run();
  (void)graded();
  EXPECT_EQ(run().graded_now, 0U);
  EXPECT_THAT(graded(), IsEmpty());
  add("alice", "3");
  add("dan", "4");
  EXPECT_EQ(run().graded_now, 2U);
  EXPECT_THAT(graded(), ElementsAre("alice ", "dan "));
  spec.again = {"bob"};
  (void)run();
  EXPECT_THAT(graded(), ElementsAre("bob "));
  spec.origin.grading = "lab 2";
  EXPECT_EQ(run().graded_now, 3U);
}

TEST_F(RunBatchTest, WhoGoesAwayIsNotInTheNextOne) {
  add("alice", "1");
  add("bob", "2");
  (void)run();
  std::filesystem::remove_all(folder / "in/bob");
  const Batch second = run();
  EXPECT_THAT(outcomes(second), ElementsAre(testing::Pair("alice", "passed")));
  EXPECT_THAT(second.gone, ElementsAre("bob"));
  EXPECT_THAT(outcomes(*kept_batch(spec.out)), ElementsAre(testing::Pair("alice", "passed")));
}

TEST_F(RunBatchTest, AFaultOfTheGraderIsTriedOnceMoreAndLaterAgain) {
  add("alice", "1");
  add("bob", "2");
  const auto well = spec.grade;
  spec.grade = [this, well](const std::vector<const Imported*>& same) {
    if (same[0]->handin.key == "alice") {
      std::ofstream(folder / "tries", std::ios::app) << "x";
      ::raise(SIGKILL);
    }
    return well(same);
  };
  const Batch batch = run();
  EXPECT_EQ(test::contents(folder / "tries"), "xx");
  EXPECT_EQ(outcomes(batch).at("alice"), "ungraded");
  EXPECT_EQ(batch.handins[0].grade->ungraded_reason, "the grader's worker was ended by SIGKILL");
  EXPECT_EQ(outcomes(batch).at("bob"), "passed");
  spec.grade = well;
  EXPECT_EQ(outcomes(run()).at("alice"), "passed");
}

TEST_F(RunBatchTest, WhatNobodyCanGradeIsNotTriedForEver) {
  add("alice", "1");
  spec.grade = [this](const std::vector<const Imported*>& same) {
    std::ofstream(folder / "tries", std::ios::app) << "x";
    return std::vector<Grade>(same.size(), {.outcome = "ungraded", .ungraded_reason = "io_uring"});
  };
  (void)run();
  (void)run();
  EXPECT_EQ(test::contents(folder / "tries"), "x");
}

TEST_F(RunBatchTest, WhatWasStoppedHasNoGrade) {
  add("alice", "1");
  spec.grade = [](const std::vector<const Imported*>&) { return std::vector<Grade>(); };
  EXPECT_EQ(outcomes(run()).at("alice"), "");
}

TEST_F(RunBatchTest, ShardsAreDisjointAndTogetherTheWhole) {
  std::minstd_rand random(7);
  for (int i = 0; i < 23; ++i) add("s" + std::to_string(i), std::to_string(random() % 15));
  const Batch whole = run();
  for (const std::size_t of : {2, 5, 30}) {
    std::vector<std::filesystem::path> shards;
    std::multiset<std::string> keys;
    for (std::size_t number = 1; number <= of; ++number) {
      spec.out = folder / ("out" + std::to_string(of) + "-" + std::to_string(number));
      spec.origin.shard = {number, of};
      shards.push_back(spec.out);
      for (const Graded& one : run().handins) keys.insert(one.imported.handin.key);
    }
    EXPECT_THAT(keys, SizeIs(23));
    EXPECT_EQ(std::set(keys.begin(), keys.end()).size(), 23U);
    const auto merged = merge_batches(shards, folder / ("merged" + std::to_string(of)));
    ASSERT_TRUE(merged) << merged.error().text();
    EXPECT_EQ(outcomes(*merged), outcomes(whole));
    EXPECT_THAT(compare(whole, *merged), IsEmpty());
    EXPECT_EQ(outcomes(*kept_batch(folder / ("merged" + std::to_string(of)))), outcomes(whole));
  }
}

TEST_F(RunBatchTest, OnlyPartsOfOneBatchAreMerged) {
  add("alice", "1");
  (void)run();
  spec.out = folder / "other";
  spec.origin.grading = "lab 2";
  (void)run();
  const auto merged = merge_batches({folder / "out", folder / "other"}, folder / "merged");
  ASSERT_FALSE(merged);
  EXPECT_THAT(merged.error().text(), HasSubstr("is no shard of the same batch"));
  EXPECT_FALSE(std::filesystem::exists(folder / "merged"));
  EXPECT_FALSE(merge_batches({folder / "in"}, folder / "merged"));
  EXPECT_FALSE(kept_batch(folder / "in"));
}

TEST_F(RunBatchTest, AnonymousKeysAreTheSameInEveryRun) {
  add("alice", "1");
  add("bob", "2");
  spec.origin.anonymous = true;
  const auto first = outcomes(run());
  EXPECT_EQ(outcomes(run()), first);
  for (const auto& [key, outcome] : first) EXPECT_THAT(key, testing::StartsWith("anonymous-"));
  spec.out = folder / "other";
  EXPECT_NE(outcomes(run()), first) << "nobody can compute them from the names";
}

TEST_F(RunBatchTest, AnonymousAndNamedBatchesAreCompared) {
  add("alice", "1");
  add("bob", "2");
  add("carol", "3");
  const Batch named = run();
  std::filesystem::remove_all(folder / "in/carol");
  add("alice", "4");
  const auto well = spec.grade;
  spec.grade = [well](const std::vector<const Imported*>& same) {
    auto grades = well(same);
    for (Grade& one : grades) one.score = same[0]->handin.identity() == "alice" ? 0 : one.score;
    return grades;
  };
  spec.origin.anonymous = true;
  spec.out = folder / "other";
  (void)run();
  const auto hidden = kept_batch(spec.out);
  ASSERT_TRUE(hidden);
  const auto changes = compare(named, *hidden);
  ASSERT_THAT(changes, SizeIs(2));
  EXPECT_THAT(changes[0].key, testing::StartsWith("anonymous-"));
  EXPECT_EQ(changes[0].before, 1);
  EXPECT_EQ(changes[0].after, 0);
  EXPECT_EQ(changes[1].key, "somebody");
  const auto back = compare(*hidden, named);
  ASSERT_THAT(back, SizeIs(2));
  EXPECT_EQ(back[0].key, "alice");
}

TEST_F(RunBatchTest, WhoMovesTheFolderIsTold) {
  add("alice", "1");
  add("bob", "2");
  spec.progress = [this](const BatchProgress& progress) {
    std::error_code error;
    if (progress.just_done != nullptr)
      std::filesystem::rename(spec.out, folder / "elsewhere", error);
  };
  const auto moved = run_batch(spec);
  ASSERT_FALSE(moved);
  EXPECT_THAT(moved.error().text(), HasSubstr("was moved or removed while the batch ran"));
  EXPECT_NE(moved.error().error_number, 0) << "a fault of the machine, not of what was asked";
  EXPECT_EQ(kept_batch(folder / "elsewhere")->handins.size(), 2U);
}

TEST_F(RunBatchTest, WhatIsNotWantedIsToldBeforeAnybodyIsGraded) {
  add("alice", "1");
  spec.ready = [](const Batch& batch) -> sandbox::Expected<void> {
    EXPECT_THAT(batch.handins, SizeIs(1));
    return sandbox::failure("another gradebook");
  };
  const auto none = run_batch(spec);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().text(), "another gradebook");
  EXPECT_THAT(graded(), IsEmpty());
}

TEST_F(RunBatchTest, ProgressSaysWhoIsGraded) {
  add("alice", "1");
  add("bob", "2");
  std::vector<std::string> done;
  std::vector<std::string> grading;
  spec.progress = [&](const BatchProgress& progress) {
    EXPECT_EQ(progress.all, 2U);
    if (progress.just_done != nullptr) done.push_back(progress.just_done->imported.handin.key);
    grading.insert(grading.end(), progress.grading.begin(), progress.grading.end());
  };
  (void)run();
  EXPECT_THAT(done, testing::UnorderedElementsAre("alice", "bob"));
  EXPECT_THAT(grading, Contains("bob"));
}

TEST(CompareTest, WhoseReportSaysOtherThings) {
  const auto graded = [](const std::string& key, double score, const std::string& kind) {
    Graded one;
    one.imported.handin.key = key;
    one.grade =
        Grade{.outcome = "failed",
              .score = score,
              .json = R"({"checks": [{"id": "errors", "score": )" + std::to_string(score) +
                      R"(}], "findings": [{"kind": ")" + kind + R"(", "severity": "error"}]})"};
    return one;
  };
  const Batch before{.handins = {graded("alice", 3, "crash"), graded("bob", 3, "crash"),
                                 graded("old", 1, "crash")}};
  const Batch after{.handins = {graded("alice", 3, "crash"), graded("bob", 4.5, "deadlock"),
                                graded("new", 2, "crash")}};
  const auto changes = compare(before, after);
  ASSERT_THAT(changes, SizeIs(3));
  EXPECT_EQ(changes[0].key, "bob");
  EXPECT_EQ(changes[0].before, 3);
  EXPECT_EQ(changes[0].after, 4.5);
  EXPECT_THAT(changes[0].why, ElementsAre("errors 3 -> 4.5", "deadlock is found now",
                                          "crash is not found any more"));
  EXPECT_THAT(changes[1].why, ElementsAre("was not there before"));
  EXPECT_THAT(changes[2].why, ElementsAre("is not there any more"));
}

}  // namespace
}  // namespace ipcgrade
