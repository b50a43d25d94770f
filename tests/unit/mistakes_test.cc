// assignment.toml: the place and words of each mistake that can be in it.
#include <gtest/gtest.h>

#include <algorithm>

#include "assignment/defaults.h"
#include "unit/labs.h"

namespace ipcgrade {
namespace {

TEST(Assignment, TellsMistakesAtTheTop) {
  expect_mistakes({
      {"schema = 1", "schema = 2", {"1:10: \"schema\" is 2"}},
      {"schema = 1", "schema = \"1\"", {"1:10: \"schema\" is a string"}},
      {"schema = 1", "", {"1:1: there is no \"schema\" in the file"}},
      {"name = \"lab\"", "name = \"my lab\"", {"2:8: \"my lab\" is not a plain name"}},
      {"title = \"A lab\"", "title = \" \"", {"3:9: \"title\" is empty"}},
      {"title = \"A lab\"",
       "titel = \"A lab\"",
       {"3:1: unknown key \"titel\" in the file | did you mean \"title\"?"}},
      {"title = \"A lab\"",
       "title = \"A lab\"\ncolour = 1",
       {"4:1: unknown key \"colour\" in the file"}},
      {"[\"ping\", \"pong\"]", "\"ping\"", {"4:12: \"programs\" is a string"}},
      {"[\"ping\", \"pong\"]", "[]", {"4:12: \"programs\" is empty"}},
      {"[\"ping\", \"pong\"]",
       "[\"ping\", \"pong\", 3]",
       {"4:29: there is an integer in \"programs\""}},
      {"[\"ping\", \"pong\"]", "[\"ping\", \"pong\", \"ping\"]", {"4:29: \"ping\" is named twice"}},
      {"[\"ping\", \"pong\"]",
       "[\"ping\", \"pong\", \"a/b\"]",
       {"4:29: \"a/b\" is not a plain name"}},
      {"[\"ping\", \"pong\"]",
       "[\"ping\", \"pong\", \"-x\"]",
       {"4:29: \"-x\" is not a plain name"}},
      {"[\"ping\", \"pong\"]",
       "[\"ping\", \"pong\", \"may-leave-given\"]",
       {"4:29: \"may-leave-given\" is a key of results"}},
      {"\"timers\"",
       "\"timer\"",
       {"5:22: unknown policy group \"timer\" | did you mean \"timers\"?"}},
      {"\"timers\"", "\"kernel\"", {"5:22: unknown policy group \"kernel\""}},
      {"\"timers\"",
       "\"base\"",
       {"5:22: unknown policy group \"base\" | the base group is always there: leave it out"}},
      {"\"timers\"", "\"signals\"", {"5:22: \"signals\" is named twice"}},
      {"\"timers\"", "true", {"5:22: there is true or false in \"policy\""}},
      {"[limits]", "corpus = \"\"\n[limits]", {"7:10: \"corpus\" is empty"}},
      {"[limits]", "reference = 1\n[limits]", {"7:13: \"reference\" is an integer"}},
      {"[limits]",
       "[limit]",
       {"7:2: unknown key \"limit\" in the file | did you mean \"limits\"?"}},
  });
}

TEST(Assignment, TellsMistakesInLimits) {
  expect_mistakes({
      {"wall = \"20s\"",
       "wall = \"20\"",
       {"8:8: \"wall\" is \"20\", which is no duration | did you mean \"20s\"?"}},
      {"wall = \"20s\"", "wall = 20", {"8:8: \"wall\" is an integer | did you mean \"20s\"?"}},
      {"wall = \"20s\"", "wall = \"\"", {"8:8: \"wall\" is \"\", which is no duration"}},
      {"wall = \"20s\"", "wall = \"-1s\"", {"8:8: \"wall\" is \"-1s\", which is no duration"}},
      {"wall = \"20s\"", "wall = \"0s\"", {"8:8: \"wall\" is \"0s\""}},
      {"wall = \"20s\"", "wall = \"61min\"", {"8:8: \"wall\" is \"61min\""}},
      {"\"256MiB\"",
       "\"256MB\"",
       {"9:10: \"memory\" is \"256MB\", which is no size | did you mean \"256MiB\"?"}},
      {"\"256MiB\"", "256", {"9:10: \"memory\" is 256"}},
      {"\"256MiB\"", "-1", {"9:10: \"memory\" is -1, which is no size"}},
      {"\"256MiB\"", "1.5", {"9:10: \"memory\" is a number with a fraction"}},
      {"\"256MiB\"",
       "\"99999999999GiB\"",
       {"9:10: \"memory\" is \"99999999999GiB\", which is no size | did you mean "
        "\"99999999999GiB\"?"}},
      {"processes = 64", "processes = 0", {"10:13: \"processes\" is 0"}},
      {"processes = 64", "processes = \"64\"", {"10:13: \"processes\" is a string"}},
      {"processes = 64",
       "process = 64",
       {"10:1: unknown key \"process\" in [limits] | did you mean \"processes\"?"}},
      {"processes = 64",
       "title = \"x\"",
       {"10:1: unknown key \"title\" in [limits] | a key of the file is written above the first "
        "[table] or [[table]] in it"}},
  });
}

TEST(Assignment, TellsMistakesInScenarios) {
  expect_mistakes({
      {"id = \"both\"",
       "",
       {"12:1: there is no \"id\" in this scenario",
        "32:8: there is no scenario \"both\" above this one"}},
      {"id = \"again\"", "id = \"both\"", {"30:6: there is a scenario \"both\" above already"}},
      {"id = \"again\"", "id = \"ag ain\"", {"30:6: \"ag ain\" is not a plain name"}},
      {"title = \"both are started\"", "", {"12:1: there is no \"title\" in this scenario"}},
      {"segment = 5, size", "segment = 0, size", {"15:22: \"segment\" is 0"}},
      {"size = 100", "size = 0", {"15:32: \"size\" is 0"}},
      {"size = 100", "size = \"2TiB\"", {"15:32: \"size\" is \"2TiB\", which is no size"}},
      {"size = 100 }", "size = 100 }, { segment = 5, size = 1 }", {"15:51: key 5 is given twice"}},
      {"[{ segment = 5, size = 100 }]",
       "{ segment = 5, size = 100 }",
       {"15:9: \"given\" is a table"}},
      {"[{ segment = 5, size = 100 }]", "[5]", {"15:10: there is an integer in \"given\""}},
      {"like = \"both\"",
       "like = \"boht\"",
       {"32:8: there is no scenario \"boht\" above this one | did you mean \"both\"?"}},
      {"like = \"both\"",
       "like = \"none\"",
       {"32:8: there is no scenario \"none\" above this one"}},
      {"like = \"both\"",
       "like = \"again\"",
       {"32:8: there is no scenario \"again\" above this one"}},
      {"like = \"both\"", "like = 1", {"32:8: \"like\" is an integer"}},
      {"like = \"both\"",
       "",
       {"29:1: there is no \"start\" in this scenario",
        "29:1: there is no \"result\" in this scenario"}},
      {"like = \"both\"", "like = \"both\"\nstart = []", {"33:9: \"start\" is empty"}},
      {"like = \"both\"",
       "like = \"both\"\nwall = \"2 hours\"",
       {"33:8: \"wall\" is \"2 hours\", which is no duration"}},
  });
}

TEST(Assignment, TellsMistakesInStarts) {
  expect_mistakes({
      {"program = \"ping\"",
       "program = \"pinng\"",
       {"18:11: unknown program \"pinng\" | did you mean \"ping\"?"}},
      {"program = \"ping\"", "", {"17:1: there is no \"program\" in this start"}},
      {"program = \"ping\"",
       "progam = \"ping\"",
       {"18:1: unknown key \"progam\" in this start | did you mean \"program\"?"}},
      {"program = \"ping\"", "program = 1", {"18:11: \"program\" is an integer"}},
      {"program = \"pong\"", "program = \"ping\"", {"22:11: \"ping\" is started twice"}},
      {"args = [\"-n\", \"3\"]", "args = [\"-n\", 3]", {"19:15: there is an integer in \"args\""}},
      {"args = [\"-n\", \"3\"]", "args = \"-n 3\"", {"19:8: \"args\" is a string"}},
      {"args = [\"-n\", \"3\"]",
       "args = [\"a\\u0000b\"]",
       {"19:9: an argument cannot hold a null character"}},
      {"args = [\"-n\", \"3\"]", "input = 3", {"19:9: \"input\" is an integer"}},
      {"args = [\"-n\", \"3\"]",
       "wall = \"3s\"",
       {"19:1: unknown key \"wall\" in this start | a key of [[scenario]] is written above the "
        "first [table] or [[table]] in it"}},
      {"args = [\"-n\", \"3\"]",
       "input-file = \"../x\"",
       {"19:14: \"../x\" is not below the lab's folder"}},
      {"args = [\"-n\", \"3\"]",
       "input-file = \"/etc/passwd\"",
       {"19:14: \"/etc/passwd\" is not below the lab's folder"}},
      {"args = [\"-n\", \"3\"]",
       "input-file = \"\"",
       {"19:14: \"\" is not below the lab's folder"}},
      {"args = [\"-n\", \"3\"]",
       "input-file = \"x\"",
       {"19:14: \"x\" cannot be read: there is none"}},
  });
}

TEST(Assignment, TellsMistakesInConditions) {
  expect_mistakes({
      {"ended = \"ping\"",
       "ended = \"pang\"",
       {"23:68: unknown program \"pang\" | did you mean \"ping\"?"}},
      {"ended = \"ping\"",
       "ended = \"pong\"",
       {"23:8: \"pong\" waits for its own end", "32:8: \"pong\" waits for its own end"}},
      {"ended = \"ping\"",
       "endet = \"ping\"",
       {"23:58: there is no \"segment\" in this condition",
        "23:60: unknown key \"endet\" in this condition | did you mean \"ended\"?"}},
      {"ended = \"ping\"",
       "ended = \"ping\", min-size = 3",
       {"23:87: \"min-size\" and \"ended\" are in one condition | two conditions are two tables: "
        "[{ segment = 1 }, { ended = \"server\" }]"}},
      {"attached = true", "attached = 1", {"23:50: \"attached\" is an integer"}},
      {"min-size = 10",
       "min-size = \"10 bytes\"",
       {"23:35: \"min-size\" is \"10 bytes\", which is no size"}},
      {"{ segment = 5, min-size",
       "{ segment = 5000000000, min-size",
       {"23:21: \"segment\" is 5000000000"}},
      {"when = [{ segment = 5, min-size = 10, attached = true }, { ended = \"ping\" }]",
       "when = []",
       {"23:8: \"when\" is empty"}},
      {"when = [{ segment = 5, min-size = 10, attached = true }, { ended = \"ping\" }]",
       "when = { ended = \"ping\" }",
       {"23:8: \"when\" is a table"}},
  });
  // Each waits for the other's end; "again" has the same starts.
  std::string ring = lab_with("args = [\"-n\", \"3\"]", "when = [{ ended = \"pong\" }]");
  const std::string condition = "{ segment = 5, min-size = 10, attached = true }, ";
  ring.erase(ring.find(condition), condition.size());
  EXPECT_EQ(mistakes_in(ring),
            (Lines{"19:8: \"ping\" can never start: it waits for what only comes after it",
                   "23:8: \"pong\" can never start: it waits for what only comes after it",
                   "32:8: \"ping\" can never start: it waits for what only comes after it",
                   "32:8: \"pong\" can never start: it waits for what only comes after it"}));
}

// Nobody is there to make the segment that the first program waits for, unless it is given.
TEST(Assignment, TellsASegmentThatNobodyMakes) {
  const std::string waits = lab_with("args = [\"-n\", \"3\"]", "when = [{ segment = 5 }]");
  EXPECT_EQ(mistakes_in(waits),
            (Lines{"32:8: \"ping\" can never start: it waits for what only comes after it",
                   "32:8: \"pong\" can never start: it waits for what only comes after it"}))
      << "in \"both\" the segment is given, in \"again\" it is not";
  EXPECT_EQ(
      mistakes_in(lab_with("args = [\"-n\", \"3\"]", "when = [{ segment = 5, min-size = 101 }]"))
          .size(),
      4U)
      << "the one that is given is too small";
}

TEST(Assignment, TellsMistakesInResults) {
  expect_mistakes({
      {"ping = { output",
       "pin = { output",
       {"26:1: unknown key \"pin\" in this result | did you mean \"ping\"?"}},
      {"ping = { output = \"ping\\n\", exit = 0 }",
       "",
       {"25:1: there is no \"ping\" in this result"}},
      {"ping = { output = \"ping\\n\", exit = 0 }", "ping = 0", {"26:8: \"ping\" is an integer"}},
      {"output = \"ping\\n\", ", "", {"26:8: there is no \"output\" in the end of \"ping\""}},
      {"output = \"ping\\n\"", "output = 3", {"26:19: \"output\" is an integer"}},
      {"output = \"ping\\n\"",
       "output = \"\", output-file = \"x\"",
       {"26:37: there are both \"output\" and \"output-file\"",
        "26:37: \"x\" cannot be read: there is none"}},
      {"exit = 0 }", "exit = 256 }", {"26:36: \"exit\" is 256"}},
      {"exit = 0 }", "exit = \"zero\" }", {"26:36: \"exit\" is \"zero\""}},
      {"exit = 0 }", "exit = true }", {"26:36: \"exit\" is true or false"}},
      {"exit = 0 }", "status = 0 }", {"26:29: unknown key \"status\" in the end of \"ping\""}},
      {"may-wait = true", "may-wait = \"yes\"", {"27:70: \"may-wait\" is a string"}},
      {"may-wait = true }",
       "may-wait = true }\nmay-leave-given = 1",
       {"28:19: \"may-leave-given\" is an integer"}},
      {"[[scenario.result]]",
       "[[scenario.results]]",
       {"25:12: unknown key \"results\" in this scenario | did you mean \"result\"?"}},
  });
}

TEST(Assignment, TellsResultsThatDoNotFitTheStartsOfAnotherScenario) {
  expect_mistakes({{"like = \"both\"",
                    "like = \"both\"\n[[scenario.start]]\nprogram = \"ping\"",
                    {"32:8: a result says how \"pong\" ends, which is not started"}}});
  const std::string other =
      lab_with("like = \"both\"",
               "like = \"both\"\n[[scenario.start]]\nprogram = \"ping\"\n"
               "[[scenario.result]]\nping = { output = \"\" }\n"
               "[[scenario]]\nid = \"third\"\ntitle = \"t\"\nlike = \"again\"\n"
               "[[scenario.start]]\nprogram = \"ping\"\n"
               "[[scenario.start]]\nprogram = \"pong\"");
  EXPECT_EQ(mistakes_in(other), (Lines{"40:8: a result does not say how \"pong\" ends"}));
}

TEST(Assignment, TellsMistakesInSignalsValuesAndChannels) {
  expect_mistakes({
      {"given = [{ segment = 5, size = 100 }]",
       "signal = [{ number = \"SIGFOO\", to = \"child of pin\" }]",
       {"15:22: there is no signal \"SIGFOO\"",
        "15:37: unknown program \"pin\" | did you mean \"ping\"?"}},
      {"output = \"ping\\n\"",
       "output = \"{a}\", values = { b = { peer-address = true } }",
       {"26:37: there is no {b} in the output"}},
      {"output = \"ping\\n\"",
       "output = \"{a}\", values = { a = { } }",
       {"26:41: a value is either \"rounds\" or \"peer-address\""}},
      {"output = \"ping\\n\"",
       "output = \"\", output-size = 3",
       {"26:37: \"output\" is empty: there is nothing to repeat"}},
      {"output = \"ping\\n\"",
       "output = \"\", tries = [\"luck\"]",
       {"26:32: unknown attempt \"luck\""}},
      {"policy = [\"signals\", \"timers\"]",
       "fails = [\"close\"]",
       {"5:10: unknown call \"close\""}},
      {"[[check]]\nid = \"own\"",
       "[[channel]]\nscenarios = [\"both\", \"agai\"]\nfrom = \"ping\"\nto = \"pong\"\n"
       "through = \"air\"\n[[check]]\nid = \"own\"",
       {"40:22: there is no scenario \"agai\" | did you mean \"again\"?",
        "43:11: \"through\" is \"air\""}},
  });
}

TEST(Assignment, TellsMistakesInChecks) {
  expect_mistakes({
      {"id = \"own\"", "id = \"build\"", {"40:6: there is a check \"build\" above already"}},
      {"id = \"own\"", "", {"39:1: there is no \"id\" in this check"}},
      {"title = \"they build\"", "", {"34:1: there is no \"title\" in this check"}},
      {"points = 1", "points = -1", {"37:10: \"points\" is -1"}},
      {"points = 1", "points = nan", {"37:10: \"points\" is nan"}},
      {"points = 1", "points = inf", {"37:10: \"points\" is inf"}},
      {"points = 1", "points = \"1\"", {"37:10: \"points\" is a string"}},
      {"points = 1",
       "point = 1",
       {"37:1: unknown key \"point\" in this check | did you mean \"points\"?"}},
      {"stage = \"fair\"",
       "stage = \"order\"",
       {"43:9: unknown stage \"order\" | did you mean \"orders\"?"}},
      {"stage = \"fair\"", "", {"39:1: there is no \"stage\" in this check"}},
      {"kinds = [\"crash\", \"time-limit\"]", "", {"39:1: there is no \"kinds\" in this check"}},
      {"kinds = [\"crash\", \"time-limit\"]",
       "kinds = []",
       {"44:9: \"kinds\" is empty: nothing could fail this check"}},
      {"\"time-limit\"",
       "\"timelimit\"",
       {"44:19: unknown kind of finding \"timelimit\" | did you mean \"time-limit\"?"}},
      {"\"time-limit\"", "\"crash\"", {"44:19: \"crash\" of the stage \"fair\" is named twice"}},
      {"\"time-limit\"", "3", {"44:19: there is an integer in \"kinds\""}},
      {"stage = \"fair\"\nkinds = [\"crash\", \"time-limit\"]",
       "",
       {"40:6: unknown check \"own\""}},
      {"id = \"own\"", "id = \"own\"\nper-scenario = 1", {"41:16: \"per-scenario\" is an integer"}},
      {"[[check]]\nid = \"own\"",
       "[[checks]]\nid = \"own\"",
       {"39:3: unknown key \"checks\" in the file | did you mean \"check\"?"}},
      {"id = \"build\"", "id = \"handlers\"", {"34:1: no check is about the build"}},
  });
  const std::string worthless = lab_with("points = 1", "points = 0");
  EXPECT_TRUE(parse(worthless)) << "one check may be free";
  std::string all = worthless;
  all.replace(all.find("points = 0.5"), 12, "points = 0.0");
  EXPECT_EQ(mistakes_in(all), (Lines{"34:1: all checks together are worth 0 points"}));
  EXPECT_EQ(mistakes_in(lab_with("id = \"own\"\ntitle = \"they do not crash\"\npoints = 0.5\n"
                                 "stage = \"fair\"\nkinds = [\"crash\", \"time-limit\"]",
                                 "id = \"clean-upp\"\ntitle = \"t\"\npoints = 1")),
            (Lines{"40:6: unknown check \"clean-upp\" | did you mean \"clean-up\"?"}));
}

TEST(Assignment, AKindThatACheckNamesIsTakenFromTheDefaults) {
  const auto lab =
      parse(std::string(kLab) + "[[check]]\nid = \"output\"\ntitle = \"t\"\npoints = 1\n");
  ASSERT_TRUE(lab) << lab.error().text();
  const Check& output = lab->checks.back();
  EXPECT_TRUE(output.per_scenario);
  EXPECT_EQ(std::ranges::count(output.kinds, Kind::kWrongOutput), 1);
  EXPECT_EQ(std::ranges::count(output.kinds, Kind::kCrash), 0);
  EXPECT_EQ(std::ranges::count(output.kinds, Kind::kTimeLimit), 0);

  const std::string twice =
      std::string(kLab) +
      "[[check]]\nid = \"more\"\ntitle = \"t\"\npoints = 1\nstage = \"fair\"\n"
      "kinds = [\"crash\"]\n";
  EXPECT_EQ(mistakes_in(twice),
            (Lines{"50:10: \"crash\" of the stage \"fair\" fails the check \"own\" already"}));

  const std::string emptied = std::string(kLab) +
                              "[[check]]\nid = \"data-races\"\ntitle = \"t\"\npoints = 1\n"
                              "[[check]]\nid = \"more\"\ntitle = \"t\"\npoints = 1\n"
                              "stage = \"orders\"\nkinds = [\"data-race\"]\n";
  EXPECT_EQ(mistakes_in(emptied), (Lines{"46:6: nothing could fail \"data-races\": its kinds of "
                                         "finding fail other checks"}));
}

TEST(Assignment, TellsWhatIsMissingAltogether) {
  EXPECT_EQ(mistakes_in("schema = 1\nname = \"x\"\ntitle = \"x\"\nprograms = [\"x\"]\n"),
            (Lines{"1:1: there is no \"scenario\" in the file",
                   "1:1: there is no \"check\" in the file"}));
  EXPECT_EQ(mistakes_in("").size(), 6U);
  EXPECT_EQ(mistakes_in("schema = 1\nname = \"x\"\ntitle = \"x\"\nprograms = [\"x\"]\n"
                        "scenario = []\n[check]\nid = \"build\"\n"),
            (Lines{"5:12: \"scenario\" is empty", "6:1: \"check\" is a table"}));
}

TEST(Assignment, TellsAllMistakesInTheOrderOfTheFile) {
  std::string text = lab_with("kinds = [\"crash\"", "kinds = [\"crush\"");
  text.replace(text.find("wall = \"20s\""), 12, "wall = \"20x\"");
  text.replace(text.find("\"timers\""), 8, "\"rocket\"");
  EXPECT_EQ(mistakes_in(text),
            (Lines{"5:22: unknown policy group \"rocket\"",
                   "8:8: \"wall\" is \"20x\", which is no duration",
                   "44:10: unknown kind of finding \"crush\" | did you mean \"crash\"?"}));
}

// The parser of the TOML library stops at the first of these.
TEST(Assignment, TellsWhatIsNotToml) {
  EXPECT_EQ(mistakes_in("name = lab"),
            (Lines{"1:8: this is not TOML: parsing value: could not determine value type | text is "
                   "written in quotes: name = \"shared-memory\""}));
  EXPECT_EQ(mistakes_in("\ntitle = \"A lab\n").front().substr(0, 22), "2:15: this is not TOML");
  EXPECT_EQ(mistakes_in("a = 1\na = 2").front().substr(0, 21), "2:5: this is not TOML");
  EXPECT_EQ(mistakes_in("a = \"\xff\"").front().substr(0, 21), "1:5: this is not TOML");
  EXPECT_EQ(mistakes_in("a = " + std::string(100'000, '[')).size(), 1U);
}

TEST(Assignment, IsNotBroughtDownByLongKeys) {
  const auto dotted = [](std::string_view part, int parts) {
    std::string key(part);
    for (int i = 1; i < parts; ++i) key += "." + std::string(part);
    return key + " = 1\n";
  };
  const Lines told{"2:66: a key of too many parts"};
  EXPECT_EQ(mistakes_in("# .....................................\n" + dotted("a", 100'000)), told);
  EXPECT_EQ(mistakes_in("x = {" + dotted("\"=\"", 100'000) + "}").size(), 1U);
  EXPECT_EQ(mistakes_in("x = {" + dotted("'#'", 100'000) + "}").size(), 1U);
  // Dots in text are no parts of keys, whatever quotes are around it.
  for (const std::string_view quote : {"\"", "'", "\"\"\"", "'''"}) {
    const std::string text = std::string(quote) + std::string(100, '.') + std::string(quote);
    EXPECT_TRUE(parse(lab_with("\"A lab\"", text))) << text;
  }
  EXPECT_TRUE(parse(lab_with("\"A lab\"", "\"\\\"" + std::string(100, '.') + "\"")));
}

TEST(Assignment, PutsAMistakeIntoWords) {
  const auto lab = parse(lab_with("program = \"ping\"", "progam = \"ping\""));
  ASSERT_FALSE(lab);
  EXPECT_EQ(lab.error().text(),
            "lab.toml:18:1: unknown key \"progam\" in this start\n"
            "  expected: program, args, input, input-file, input-size, input-last-sent or when\n"
            "  hint: did you mean \"program\"?");
  const auto many = parse("schema = 1\nname = \"x\"\ntitle = \"x\"\nprograms = [\"x\"]\n");
  ASSERT_FALSE(many);
  EXPECT_EQ(many.error().text(),
            "lab.toml:1:1: there is no \"scenario\" in the file\n"
            "  expected: a [[scenario]] for each way in which the programs are started\n\n"
            "lab.toml:1:1: there is no \"check\" in the file\n"
            "  expected: a [[check]] for each part of the grade");
}

}  // namespace
}  // namespace ipcgrade
