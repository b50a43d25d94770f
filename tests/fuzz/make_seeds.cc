// Makes the seeds that are no text: make_seeds FOLDER PROGRAM writes FOLDER/TARGET/NAME.
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "support/process.h"
#include "unit/batch/make_archive.h"

namespace {

namespace fs = std::filesystem;
class Seeds {
 public:
  explicit Seeds(fs::path folder) : folder_(std::move(folder)) {}

  void write(const std::string& target, const std::string& name, const std::string& bytes) const {
    fs::create_directories(folder_ / target);
    std::ofstream(folder_ / target / name, std::ios::binary) << bytes;
  }

 private:
  fs::path folder_;
};

template <typename T>
std::string bytes_of(T value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

void write_archives(const Seeds& seeds) {
  using ipcgrade_test::archive_of;
  using ipcgrade_test::Entry;
  using ipcgrade_test::Format;
  const std::string inner = archive_of({{"server.c", "int main() {}\n"}, {"client.c", "//\n"}});
  const std::vector<Entry> odd{{"ann/server.c", "int main() {}\n"},
                               {"ann/client.c", std::string(5000, 'x')},
                               {"../outside", "x"},
                               {"/absolute", "x"},
                               {"bob/link", "", AE_IFLNK, "/etc"},
                               {"bob/link/passwd", "x"},
                               {"bob/", "", AE_IFDIR},
                               {"caf\xc3\xa9/server.c", "x"},
                               {"ann/server.c", "again"}};
  const std::vector<Entry> canvas{{"doejane_4711_123_server.c", "int main() {}\n"},
                                  {"doejane_4711_124_client.c", "//\n"},
                                  {"roe_LATE_12_125_lab.zip", inner},
                                  {"roe_12_126_lab-1.zip", inner}};
  const std::vector<Entry> gradescope{
      {"x/submission_1/server.c", "//\n"},
      {"x/submission_metadata.yml",
       "submission_1:\n  :submitters:\n  - :name: Ann\n    :sid: '1'\n"}};
  int number = 0;
  for (const Format format : {Format::kZip, Format::kTarGz, Format::k7Zip}) {
    for (const auto& entries : {odd, canvas, gradescope}) {
      const std::string name = "archive-" + std::to_string(++number);
      for (const char* target : {"archives", "import"}) {
        seeds.write(target, name, archive_of(entries, format));
      }
    }
  }
}

nlohmann::json binary(const std::string& text) {
  return nlohmann::json::binary(std::vector<std::uint8_t>(text.begin(), text.end()));
}

void write_packed(const Seeds& seeds) {
  using nlohmann::json;
  const auto write = [&](const std::string& name, const json& value) {
    const std::vector<std::uint8_t> bytes = json::to_cbor(value);
    seeds.write("packed", name, {bytes.begin(), bytes.end()});
  };
  const json grade{"failed", binary("a reason"), true,       7.5,        10,
                   3.25,     binary("{}"),       binary(""), binary(""), binary("text")};
  write("grades", json::array({grade, grade}));
  write("imported", {{"key", binary("doe_1")},
                     {"named_key", binary("")},
                     {"student", binary("D\xf6")},
                     {"id", binary("1")},
                     {"email", binary("")},
                     {"late", false},
                     {"parts", json::array({json::array({binary("doe.zip"), binary("lab.zip")})})},
                     {"notes", json::array({binary("a note")})},
                     {"folder", binary("/work/submissions/doe_1")},
                     {"digest", "0123"},
                     {"doubt", binary("")}});
  write("origin", {{"lab", binary("pipes")},
                   {"lab_path", binary("assignments/pipes")},
                   {"input", binary("/class")},
                   {"grading", "0123"},
                   {"max_score", 10},
                   {"platform", 1},
                   {"anonymous", false},
                   {"seed", 1},
                   {"schedules", 0},
                   {"budget", 2.5},
                   {"shard", 1},
                   {"shards", 2}});
}

void write_instructions(const Seeds& seeds) {
  const std::vector<std::string> code{
      std::string("\x8b\x07\x89\x06\x48\x01\x1f\xf0\x0f\xb1\x0e", 11),  // mov, add, lock cmpxchg
      std::string("\xf0\x48\x0f\xc7\x0f\x87\x07\x0f\xc1\x07", 10),      // cmpxchg16b, xchg, xadd
      std::string("\xf3\xa4\xf3\x48\xab\xf2\xae\xf3\xa6\xac\xa5", 11),  // rep movsb … movsd
      std::string("\x0f\x10\x07\x0f\x29\x06\xf3\x0f\x6f\x07\x66\x0f\xfc\x07", 14),  // movups …
      std::string("\xc5\xfe\x6f\x07\xc5\xfe\x7f\x06\xc4\xe2\x7d\x58\x07", 13),      // VEX
      std::string("\x62\xf1\x7c\x48\x10\x07\x62\xf1\x7c\x49\x11\x06", 12),  // EVEX, with a mask
      std::string("\xff\x37\x8f\x07\xff\x17\xff\x27\x0f\xa3\x07\x0f\xab\x0f", 14),  // push … bts
      std::string("\xf7\x27\xf7\x3f\xd3\x27\xd1\x07\x0f\x94\x07\x0f\x44\x07", 14),  // mul … cmove
      std::string("\x64\x8b\x04\x25\0\0\0\0\x67\x8b\x07\x8b\x05\x10\0\0\0", 17),    // fs, rip
      std::string("\xc4\xe2\x7d\x90\x04\x0f\x0f\x38\xf0\x07\xd7\x63\x07", 13),      // gather, movbe
  };
  for (std::size_t i = 0; i < code.size(); ++i) {
    const std::string name = "code-" + std::to_string(i);
    seeds.write("instructions", name, bytes_of(std::uint64_t{i}) + code[i]);
  }
}

/// As system_calls reads them: every call once, by its place in the list.
void write_calls(const Seeds& seeds) {
  for (std::uint16_t first = 0; first < 512; first = static_cast<std::uint16_t>(first + 8)) {
    std::string steps;
    for (std::uint16_t call = first; call < first + 8; ++call) {
      steps += static_cast<char>(call % 3) + bytes_of(call);
      for (const int argument : {0x08 + call % 6, 0x41, 0x48, 0x09, 0x60, 0x0a}) {
        steps += static_cast<char>(argument);
      }
    }
    seeds.write("system_calls", "calls-" + std::to_string(first), steps);
  }
}

void write_program(const Seeds& seeds, const std::string& program) {
  for (const std::uint64_t where : {0x1000, 0x1040, 0x4000}) {
    seeds.write("debug_info", "at-" + std::to_string(where), bytes_of(where) + program);
  }
  seeds.write("imports", "program", bytes_of(std::uint16_t{16}) + program);
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) return 2;
  const Seeds seeds(arguments[1]);
  write_archives(seeds);
  write_packed(seeds);
  write_instructions(seeds);
  write_calls(seeds);
  write_program(seeds, ipcgrade::test::contents(arguments[2]));
  return 0;
}
