// What a batch keeps.
#include "batch/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "support/process.h"

namespace ipcgrade {
namespace {

using testing::HasSubstr;

Imported imported(const std::string& key, const std::string& digest) {
  Imported one;
  one.handin.key = key;
  one.digest = digest;
  return one;
}

TEST(StoreTest, KeepsWhatItIsGiven) {
  const test::TemporaryFolder folder;
  EXPECT_FALSE(Store::is_in(folder.path()));
  const std::string bytes("a\0\xff", 3);
  {
    auto store = Store::open(folder.path());
    ASSERT_TRUE(store) << store.error().text();
    Grade grade{.outcome = "failed", .score = 7.5, .max_score = 10, .json = bytes};
    ASSERT_TRUE(store->keep(imported("alice", "d1"), "lab 1", grade));
    grade.score = 8;
    ASSERT_TRUE(store->keep(imported("alice", "d1"), "lab 2", grade));
  }
  EXPECT_TRUE(Store::is_in(folder.path()));
  auto store = Store::open(folder.path());
  ASSERT_TRUE(store);
  const auto found = store->grade(imported("alice", "d1"), "lab 1");
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->score, 7.5);
  EXPECT_EQ((*found)->json, bytes);
  for (const auto& [one, grading] :
       {std::pair{imported("alice", "d2"), "lab 1"}, std::pair{imported("alice", "d1"), "lab 3"},
        std::pair{imported("bob", "d1"), "lab 1"}}) {
    const auto none = store->grade(one, grading);
    ASSERT_TRUE(none);
    EXPECT_FALSE(*none) << one.handin.key << one.digest << grading;
  }
}

TEST(StoreTest, TheBatchWithItsGrades) {
  const test::TemporaryFolder folder;
  auto store = Store::open(folder.path());
  ASSERT_TRUE(store);
  EXPECT_FALSE(store->batch()) << "nothing was begun";
  Batch batch;
  batch.origin.lab = "pipes";
  batch.origin.grading = "g";
  batch.origin.budget = 1.5;
  batch.handins = {{imported("alice", "d1")}, {imported("bob\xff", "d2")}};
  batch.handins[1].imported.handin.parts = {{"a\xfe", "b"}};
  batch.handins[1].imported.handin.notes = {"n\xfd"};
  batch.unmatched = {{"x", "is odd"}};
  ASSERT_TRUE(store->set(batch));
  ASSERT_TRUE(store->keep(batch.handins[1].imported, "g", {.outcome = "passed", .score = 3}));
  const auto read = store->batch();
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(read->origin.lab, "pipes");
  EXPECT_EQ(read->origin.budget, 1.5);
  ASSERT_EQ(read->handins.size(), 2U);
  EXPECT_FALSE(read->handins[0].grade);
  ASSERT_TRUE(read->handins[1].grade);
  EXPECT_EQ(read->handins[1].grade->score, 3);
  EXPECT_EQ(read->handins[1].imported.handin.key, "bob\xff");
  EXPECT_EQ(read->handins[1].imported.handin.parts[0].entry, "a\xfe");
  EXPECT_EQ(read->handins[1].imported.handin.notes[0], "n\xfd");
  EXPECT_EQ(read->unmatched[0].reason, "is odd");
}

TEST(StoreTest, IsOneProcesssAlone) {
  const test::TemporaryFolder folder;
  const auto mine = Store::open(folder.path());
  ASSERT_TRUE(mine);
  const pid_t child = ::fork();
  if (child == 0) {
    const auto theirs = Store::open(folder.path());
    ::_exit(!theirs && theirs.error().text().contains("another ipcgrade") ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

TEST(StoreTest, OthersReadWhileItIsWritten) {
  const test::TemporaryFolder folder;
  auto mine = Store::open(folder.path());
  ASSERT_TRUE(mine);
  Batch batch;
  batch.origin.grading = "g";
  batch.handins = {{imported("alice", "d1")}, {imported("bob", "d2")}};
  ASSERT_TRUE(mine->set(batch));
  const pid_t child = ::fork();
  if (child == 0) {
    for (int i = 0; i < 200; ++i) {
      auto store = Store::open_to_read(folder.path());
      if (!store || !store->batch() || store->batch()->handins.size() != 2) ::_exit(1);
    }
    ::_exit(0);
  }
  int status = -1;
  int writes = 0;
  for (; ::waitpid(child, &status, WNOHANG) == 0; ++writes) {
    ASSERT_TRUE(mine->keep(batch.handins[0].imported, "g", {.outcome = "passed"}));
    // SQLite's locks are not fair: without a pause between, who reads may wait for ever. No hand-in
    // is graded as fast.
    ::usleep(2000);
  }
  EXPECT_EQ(status, 0);
  EXPECT_GT(writes, 0);
}

TEST(StoreTest, KeptMeansKeptWhoeverIsKilledThen) {
  const test::TemporaryFolder folder;
  const pid_t child = ::fork();
  if (child == 0) {
    auto store = Store::open(folder.path());
    for (int i = 0; store && i < 5; ++i) {
      (void)store->keep(imported("s" + std::to_string(i), "d"), "lab", {.outcome = "passed"});
    }
    ::raise(SIGKILL);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  auto store = Store::open(folder.path());
  ASSERT_TRUE(store);
  for (int i = 0; i < 5; ++i) {
    EXPECT_TRUE(*store->grade(imported("s" + std::to_string(i), "d"), "lab"));
  }
}

TEST(StoreTest, WhatIsDamagedIsSaid) {
  const test::TemporaryFolder folder;
  {
    auto store = Store::open(folder.path());
    ASSERT_TRUE(store);
    Batch batch;
    batch.handins = {{imported("alice", "d1")}};
    ASSERT_TRUE(store->set(batch));
  }
  {
    SQLite::Database other((folder / "results.db").string(), SQLite::OPEN_READWRITE);
    other.exec("UPDATE handins SET packed = x'ff00'");
  }
  auto store = Store::open(folder.path());
  ASSERT_TRUE(store);
  const auto batch = store->batch();
  ASSERT_FALSE(batch);
  EXPECT_THAT(batch.error().text(), HasSubstr("results.db is damaged; move it away"));
  EXPECT_NE(batch.error().error_number, 0);
  const test::TemporaryFolder text;
  text.write("results.db", std::string(5000, 'x'));
  const auto none = Store::open(text.path());
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().text(), HasSubstr("results.db is damaged; move it away"));
}

TEST(StoreTest, WhatIsNoStoreIsAnError) {
  const auto none = Store::open("/nonexistent/folder");
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().text(), HasSubstr("results can't be kept"));
}

}  // namespace
}  // namespace ipcgrade
