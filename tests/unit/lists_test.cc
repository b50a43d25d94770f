#include "trace/lists.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "trace/event.h"

namespace ipcgrade {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(ListsTest, TheEmptyListIsThereFromTheBeginning) {
  Lists<Touch> lists;
  EXPECT_THAT(lists[kEmptyList], IsEmpty());
  EXPECT_EQ(lists.add({}), kEmptyList);
  EXPECT_EQ(lists.size(), 1U);
}

TEST(ListsTest, EqualListsAreKeptOnce) {
  Lists<Touch> lists;
  const std::vector<Touch> one{reads(1), writes(2, 0, 4)};
  const std::vector<Touch> begins_alike{reads(1)};
  const ListId first = lists.add(one);
  const ListId second = lists.add(begins_alike);
  EXPECT_NE(first, second);
  EXPECT_EQ(lists.add(std::vector(one)), first);
  EXPECT_THAT(lists[first], ElementsAre(reads(1), writes(2, 0, 4)));
  EXPECT_THAT(lists[second], ElementsAre(reads(1)));
  EXPECT_EQ(lists.values().size(), 3U);
}

TEST(ListsTest, ManyKeepTheirNumbers) {
  constexpr ListId kMany = 10'000;
  Lists<char> lists;
  for (ListId i = 0; i < kMany; ++i) EXPECT_EQ(lists.add(std::to_string(i)), i + 1);
  for (ListId i = 0; i < kMany; ++i) {
    const auto text = lists[i + 1];
    EXPECT_EQ(std::string(text.begin(), text.end()), std::to_string(i));
    EXPECT_EQ(lists.add(std::to_string(i)), i + 1);
  }
}

TEST(ListsTest, ACopyIsOnItsOwn) {
  Lists<char> lists;
  const ListId shared = lists.add(std::string("both"));
  Lists<char> copy = lists;
  EXPECT_EQ(copy.add(std::string("one")), lists.add(std::string("other")));
  EXPECT_EQ(copy.add(std::string("both")), shared);
  EXPECT_EQ(copy[shared].size(), 4U);
}

}  // namespace
}  // namespace ipcgrade
