#include "explore/token.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "explore/random.h"

namespace ipcgrade {
namespace {

using testing::HasSubstr;
using testing::Not;

Token example() {
  Token token;
  token.origin = {0x12345678, 0x9abc, 0xdef0};
  token.schedule.scenario = 2;
  token.schedule.deviations = {
      {3, {ActorKind::kTask, 1}}, {17, {ActorKind::kSignal, 0}}, {300, {ActorKind::kTimeOut, 2}}};
  return token;
}

Token random_token(Random& random) {
  Token token;
  token.origin = make_origin(random.next(), random.next(), random.next());
  token.schedule.scenario = random.below(10);
  if (random.below(2) == 0) {
    token.schedule.injection = Injection{static_cast<TaskId>(random.below(kNoTask)),
                                         static_cast<std::uint32_t>(random.next()),
                                         {static_cast<int>(random.below(134))}};
  }
  std::uint64_t address = random.next() >> 20;
  for (std::uint64_t left = random.below(2) * random.below(5); left > 0; --left) {
    const Watched one{token.schedule.watched.size() / 2, address, address + 1 + random.below(64)};
    token.schedule.watched.push_back(one);
    address = one.end + random.below(1U << 20);
  }
  std::uint32_t decision = static_cast<std::uint32_t>(random.below(3));
  for (std::uint64_t left = random.below(20); left > 0; --left) {
    const Actor actor{static_cast<ActorKind>(random.below(4)),
                      static_cast<TaskId>(random.below(kNoTask) >> random.below(16))};
    token.schedule.deviations.push_back({decision, actor});
    decision += 1 + static_cast<std::uint32_t>(random.below(1U << random.below(24)));
  }
  return token;
}

TokenFault fault_of(std::string_view text) {
  const auto token = decode(text);
  EXPECT_FALSE(token.has_value());
  return token ? TokenFault::kDamaged : token.error().fault;
}

// The format is a promise: tokens in mails and reports have to stay readable.
TEST(TokenTest, HasAFixedFormat) {
  const std::string text = "0497g-nhm2a-y9nw6-y0800-60r41-r0sp0-ganas-qzhg";
  EXPECT_EQ(encode(example()), text);
  EXPECT_EQ(decode(text).value(), example());
}

TEST(TokenTest, HoldsWhatIsWatched) {
  Token token = example();
  token.schedule.watched = {
      {0, 0x555555558010, 0x555555558014}, {0, 0x555555558020, 0x555555558028}, {1, 0x10, 0x11}};
  EXPECT_EQ(decode(encode(token)).value(), token);
  EXPECT_LT(encode(token).size(), 100u);
}

TEST(TokenTest, IsShort) {
  EXPECT_LT(encode(example()).size(), 64u);
  EXPECT_LT(encode({}).size(), 36u);
}

TEST(TokenTest, ComesBackAsItWas) {
  Random random(1, 0);
  for (int i = 0; i < 2'000; ++i) {
    const Token token = random_token(random);
    const auto back = decode(encode(token));
    ASSERT_TRUE(back.has_value()) << back.error().message;
    ASSERT_EQ(*back, token);
  }
}

TEST(TokenTest, CanBeTypedFromAScreen) {
  std::string text = encode(example());
  for (char& character : text) {
    if (character == '1') character = 'l';
    if (character == '0') character = 'O';
    if (character >= 'a' && character <= 'k') {
      character = static_cast<char>(character - 'a' + 'A');
    }
    if (character == '-') character = ' ';
  }
  EXPECT_EQ(decode("  " + text + "\n").value(), example());
}

TEST(TokenTest, EveryTypoIsFound) {
  const std::string text = encode(example());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '-') continue;
    for (const char other : std::string_view("0123456789abcdefghjkmnpqrstvwxyz")) {
      if (other == text[i]) continue;
      std::string wrong = text;
      wrong[i] = other;
      EXPECT_FALSE(decode(wrong).has_value()) << i << " " << other;
    }
    if (i + 1 < text.size() && text[i + 1] != '-' && text[i] != text[i + 1]) {
      std::string wrong = text;
      std::swap(wrong[i], wrong[i + 1]);
      EXPECT_FALSE(decode(wrong).has_value()) << i;
    }
  }
}

TEST(TokenTest, FaultsAreTold) {
  const std::string text = encode(example());
  EXPECT_EQ(fault_of(""), TokenFault::kTruncated);
  EXPECT_EQ(fault_of(text.substr(0, 20)), TokenFault::kTruncated);
  EXPECT_EQ(fault_of(text + text), TokenFault::kTooLong);
  EXPECT_EQ(fault_of("not a token!"), TokenFault::kCharacter);
  EXPECT_EQ(fault_of("zzzzz"), TokenFault::kFormat);
  std::string wrong = text;
  wrong[12] = wrong[12] == 'z' ? 'y' : 'z';
  EXPECT_EQ(fault_of(wrong), TokenFault::kTypo);
  EXPECT_THAT(decode("ab\x1b[31m").error().message, Not(HasSubstr("\x1b")));
  EXPECT_THAT(decode("1234u").error().message, HasSubstr("character 5"));
}

TEST(TokenTest, EveryBeginningIsIncomplete) {
  const std::string text = encode(example());
  for (std::size_t size = 0; size < text.size(); ++size) {
    EXPECT_FALSE(decode(text.substr(0, size)).has_value()) << size;
  }
}

TEST(TokenTest, AnyBytesMayBeGiven) {
  Random random(2, 0);
  for (int i = 0; i < 50'000; ++i) {
    std::string text;
    for (std::uint64_t left = random.below(60); left > 0; --left) {
      text += random.below(4) == 0 ? static_cast<char>(random.below(256))
                                   : "0123456789abcdefghjkmnpqrstvwxyz"[random.below(32)];
    }
    EXPECT_FALSE(decode(text).has_value()) << text;
  }
}

TEST(TokenTest, SaysWhatDiffers) {
  const Origin here = make_origin(1, 2, 3);
  EXPECT_EQ(origin_mismatch(here, here), "");
  EXPECT_THAT(origin_mismatch(make_origin(9, 2, 3), here), HasSubstr("sources"));
  EXPECT_THAT(origin_mismatch(make_origin(1, 9, 3), here), HasSubstr("lab"));
  EXPECT_THAT(origin_mismatch(make_origin(1, 2, 9), here), HasSubstr("version"));
}

TEST(FingerprintTest, KeepsTextsApart) {
  Fingerprint one;
  one.add("ab");
  one.add("c");
  Fingerprint other;
  other.add("a");
  other.add("bc");
  EXPECT_NE(one.value(), other.value());
}

}  // namespace
}  // namespace ipcgrade
