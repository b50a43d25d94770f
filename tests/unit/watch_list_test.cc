#include "explore/watch_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ipcgrade {
namespace {

using testing::ElementsAre;

TEST(WatchListTest, KnowsWhatItHas) {
  WatchList list(8);
  EXPECT_TRUE(list.add({0, 100, 108}));
  EXPECT_FALSE(list.add({0, 100, 108}));
  EXPECT_FALSE(list.add({0, 102, 104}));
  EXPECT_TRUE(list.add({1, 102, 104})) << "of another program";
  EXPECT_TRUE(list.add({0, 104, 112}));
  EXPECT_THAT(list.all(), ElementsAre(Watched{0, 100, 112}, Watched{1, 102, 104}));
}

TEST(WatchListTest, JoinsWhatTouches) {
  WatchList list(8);
  list.add({0, 100, 104});
  list.add({0, 108, 112});
  list.add({0, 104, 108});
  EXPECT_THAT(list.all(), ElementsAre(Watched{0, 100, 112}));
}

TEST(WatchListTest, JoinsTheNearestWhereThereAreTooMany) {
  WatchList list(2);
  list.add({0, 100, 104});
  list.add({1, 0, 4});
  list.add({0, 200, 204});
  list.add({0, 110, 114});
  EXPECT_THAT(list.all(),
              ElementsAre(Watched{0, 100, 114}, Watched{0, 200, 204}, Watched{1, 0, 4}));
}

}  // namespace
}  // namespace ipcgrade
