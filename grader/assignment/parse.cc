#include "assignment/parse.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <system_error>
#include <utility>

#include "assignment/channels.h"
#include "assignment/checks.h"
#include "assignment/did_you_mean.h"
#include "assignment/ends.h"
#include "assignment/reader.h"
#include "assignment/scenarios.h"
#include "assignment/syntax.h"
#include "assignment/visibility.h"
#include "sandbox/files.h"

namespace ipcgrade {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kSchema = 1;

constexpr std::array<KeySpec, 16> kTopKeys{{
    {"schema", "schema = 1"},
    {"name", R"(a name of letters, digits, _ and -, such as name = "shared-memory")"},
    {"title", R"(a line for people, such as title = "A server and a client")"},
    {"programs", R"(an array of program names, such as programs = ["server", "client"])"},
    {"policy", R"(an array of policy groups, such as policy = ["sysv-shared-memory"])"},
    {"refused", R"(an array of policy groups, such as refused = ["peer-memory"])"},
    {"fails", R"(an array of calls, such as fails = ["kill"])"},
    {"isolation", R"(the least that hand-ins may be graded in: "A", "B", "C" or "D")"},
    {"polling", "true or false"},
    {"reference", R"(the folder of a solution, such as reference = "solution")"},
    {"corpus", R"(the folder of hand-ins whose grade is known, such as corpus = "corpus")"},
    {"limits", "a [limits] table"},
    {"gradescope", "a [gradescope] table"},
    {"scenario", "a [[scenario]] for each way in which the programs are started"},
    {"channel", "a [[channel]] for each way that data must take"},
    {"check", "a [[check]] for each part of the grade"},
}};
constexpr OuterTable kTop{"the file", kTopKeys};

constexpr std::string_view kDuration = R"(a duration such as "500ms", "20s" or "2min")";
constexpr std::string_view kSize = R"(a size such as "512", "1KiB" or "256MiB")";
constexpr std::array<KeySpec, 8> kLimitKeys{{
    {"wall", kDuration},
    {"cpu", kDuration},
    {"memory", kSize},
    {"processes", "a number, such as processes = 64"},
    {"open-files", "a number, such as open-files = 256"},
    {"file-size", kSize},
    {"output", kSize},
    {"storage", kSize},
}};

constexpr std::array<KeySpec, 2> kGradescopeKeys{{
    {"visibility", kVisibilities},
    {"stdout-visibility", kVisibilities},
}};

std::optional<std::vector<std::string>> read_programs(const TableReader& top, Mistakes& mistakes) {
  const auto texts = top.texts("programs", Need::kRequired);
  if (!texts) return std::nullopt;
  if (texts->empty()) top.reject("programs", "\"programs\" is empty");
  std::vector<std::string> programs;
  bool sound = !texts->empty() && texts->size() == top.node("programs")->as_array()->size();
  const auto reject = [&](const TableReader::Text& text, std::string_view why,
                          std::string_view expected) {
    mistakes.add(text.place, fmt::format("{} {}", in_quotes(text.value), why),
                 std::string(expected));
    sound = false;
  };
  for (const TableReader::Text& text : *texts) {
    if (!is_plain_name(text.value)) {
      reject(text, "is not a plain name",
             R"(letters, digits, _ and -, without an ending: "server" for server.c)");
    } else if (is_result_key(text.value)) {
      reject(text, "is a key of results", "another name for the program");
    } else if (std::ranges::find(programs, text.value) != programs.end()) {
      reject(text, "is named twice", "each program once");
    }
    programs.push_back(text.value);
  }
  if (!sound) return std::nullopt;
  return programs;
}

std::vector<std::string> read_groups(const TableReader& top, std::string_view key,
                                     const std::vector<std::string_view>& groups,
                                     Mistakes& mistakes) {
  std::vector<std::string> policy;
  for (auto& [group, place] :
       top.texts(key, Need::kOptional).value_or(std::vector<TableReader::Text>{})) {
    if (std::ranges::find(groups, group) == groups.end()) {
      mistakes.add(place, fmt::format("unknown policy group {}", in_quotes(group)), one_of(groups),
                   group == "base" ? "the base group is always there: leave it out"
                                   : did_you_mean(group, groups));
    } else if (std::ranges::find(policy, group) != policy.end()) {
      mistakes.add(place, fmt::format("{} is named twice", in_quotes(group)),
                   "each policy group once");
    }
    policy.push_back(std::move(group));
  }
  return policy;
}

// The bounds are there for slips of the keyboard: below them nothing runs, above them nothing is
// limited.
sandbox::Limits read_limits(const TableReader& top, Mistakes& mistakes) {
  sandbox::Limits limits;
  const toml::table* const table = top.table("limits", Need::kOptional);
  if (table == nullptr) return limits;
  const TableReader reader(*table, "[limits]", kLimitKeys, mistakes, kTop);
  const auto size = [&](std::string_view key, Range range, std::uint64_t& limit) {
    limit = reader.size(key, Need::kOptional, range).value_or(limit);
  };
  const auto count = [&](std::string_view key, std::int64_t least, std::uint32_t& limit) {
    if (const auto value = reader.integer(key, Need::kOptional, least, 65536)) {
      limit = static_cast<std::uint32_t>(*value);
    }
  };
  limits.wall = reader.duration("wall", Need::kOptional, kWallRange).value_or(limits.wall);
  limits.cpu = reader.duration("cpu", Need::kOptional, kWallRange).value_or(limits.cpu);
  size("memory", {"4MiB", "1024GiB"}, limits.memory);
  count("processes", 1, limits.processes);
  count("open-files", sandbox::Limits::kLeastOpenFiles, limits.open_files);
  size("file-size", {"1", "1024GiB"}, limits.file_size);
  size("output", {"1", "1GiB"}, limits.output);
  size("storage", {"4KiB", "1024GiB"}, limits.storage);
  return limits;
}

Visibility read_gradescope(const TableReader& top, Mistakes& mistakes) {
  const toml::table* const table = top.table("gradescope", Need::kOptional);
  if (table == nullptr) return {};
  const TableReader reader(*table, "[gradescope]", kGradescopeKeys, mistakes, kTop);
  return {read_visibility(reader, "visibility"), read_visibility(reader, "stdout-visibility")};
}

/// False where the file was written for another version, whose keys this one does not know.
bool read_schema(const TableReader& top) {
  const toml::node* const schema = top.node("schema");
  const auto version = schema == nullptr ? std::nullopt : schema->value_exact<std::int64_t>();
  if (!version) {
    static_cast<void>(top.integer("schema", Need::kRequired, kSchema, kSchema));
    return true;
  }
  return *version == kSchema;
}

Assignment read_assignment(const TableReader& top,
                           const std::vector<std::string_view>& policy_groups,
                           const ReadLabFile& read_file, Mistakes& mistakes) {
  Assignment assignment;
  assignment.name = top.name("name", Need::kRequired).value_or("");
  assignment.title = top.title("title", Need::kRequired).value_or("");
  const auto programs = read_programs(top, mistakes);
  assignment.programs = programs.value_or(std::vector<std::string>{});
  assignment.policy = read_groups(top, "policy", policy_groups, mistakes);
  assignment.refused = read_groups(top, "refused", policy_groups, mistakes);
  for (auto& [call, place] :
       top.texts("fails", Need::kOptional).value_or(std::vector<TableReader::Text>{})) {
    if (call != "kill" && call != "sigaction" && call != "wait") {
      mistakes.add(place, fmt::format("unknown call {}", in_quotes(call)),
                   "kill, sigaction or wait: the others fail in every lab, or in none");
    }
    assignment.fails.push_back(std::move(call));
  }
  if (const auto letter = top.text("isolation", Need::kOptional)) {
    assignment.isolation = sandbox::tier_of_letter(*letter);
    if (!assignment.isolation) top.reject("isolation", in_quotes(*letter) + " is no isolation");
  }
  assignment.polling = top.flag("polling").value_or(true);
  assignment.reference = top.title("reference", Need::kOptional).value_or("");
  assignment.corpus = top.title("corpus", Need::kOptional).value_or("");
  assignment.limits = read_limits(top, mistakes);
  assignment.visibility = read_gradescope(top, mistakes);
  const PartReader parts(programs, read_file, mistakes);
  assignment.scenarios = read_scenarios(top.tables("scenario", Need::kRequired), parts,
                                        assignment.limits.wall, kTop, mistakes);
  assignment.channels = read_channels(top.tables("channel", Need::kOptional), parts,
                                      assignment.scenarios, kTop, mistakes);
  assignment.checks =
      read_checks(top.tables("check", Need::kRequired), top.place("check"), kTop, mistakes);
  return assignment;
}

AssignmentError file_error(const fs::path& file, std::string_view why) {
  return {{{file.string(), 0, 0, fmt::format("cannot be read: {}", why), {}, {}}}};
}

/// The bytes of a regular file; links are followed, since labs are the instructor's own.
std::expected<std::string, std::string> read_file_at(const fs::path& path, std::uint64_t most) {
  std::error_code error;
  const fs::path real = fs::canonical(path, error);
  if (error) return std::unexpected(error.message());
  auto bytes = sandbox::read_regular_file(AT_FDCWD, real.string(), most);
  if (!bytes && sandbox::is_of_the_machine(bytes.error().error_number)) {
    throw std::system_error(bytes.error().error_number, std::generic_category(),
                            "read " + path.string());
  }
  if (!bytes) return std::unexpected(bytes.error().text());
  return std::move(*bytes);
}

}  // namespace

bool is_below(const fs::path& path, const fs::path& folder) {
  const auto [end, ignored] = std::ranges::mismatch(folder, path);
  return end == folder.end();
}

std::string Diagnostic::text() const {
  std::string text = line == 0 ? fmt::format("{}: {}", file, message)
                               : fmt::format("{}:{}:{}: {}", file, line, column, message);
  if (!expected.empty()) text += "\n  expected: " + expected;
  if (!hint.empty()) text += "\n  hint: " + hint;
  return text;
}

std::string AssignmentError::text() const {
  std::string text;
  for (const Diagnostic& diagnostic : diagnostics) {
    if (!text.empty()) text += "\n\n";
    text += diagnostic.text();
  }
  return text;
}

std::expected<Assignment, AssignmentError> parse_assignment_text(
    std::string_view text, std::string file, const std::vector<std::string_view>& policy_groups,
    const ReadLabFile& read_file) {
  Mistakes mistakes(file);
  const auto root = parse_toml(text, mistakes);
  if (!root) return std::unexpected(mistakes.take());
  const TableReader top(*root, "the file", kTopKeys, mistakes);
  if (!read_schema(top)) {
    Mistakes only(std::move(file));
    only.add(top.place("schema"),
             fmt::format("\"schema\" is {}", (*root)["schema"].value_or(std::int64_t{0})),
             "schema = 1, the only one that this version of ipcgrade reads");
    return std::unexpected(only.take());
  }
  Assignment assignment = read_assignment(top, policy_groups, read_file, mistakes);
  if (!mistakes.none()) return std::unexpected(mistakes.take());
  return assignment;
}

std::expected<Assignment, AssignmentError> parse_assignment(
    const std::filesystem::path& folder, const std::vector<std::string_view>& policy_groups) {
  const fs::path file = folder / "assignment.toml";
  std::error_code error;
  const fs::path real_folder = fs::canonical(folder, error);
  if (error) return std::unexpected(file_error(file, error.message()));
  const auto text = read_file_at(file, kLargestAssignment);
  if (!text) return std::unexpected(file_error(file, text.error()));

  const ReadLabFile read_file =
      [&](const std::string& name) -> std::expected<std::string, std::string> {
    std::error_code failed;
    const fs::path real = fs::canonical(real_folder / name, failed);
    if (failed) return std::unexpected(failed.message());
    if (!is_below(real, real_folder)) return std::unexpected("it leads out of the lab's folder");
    return read_file_at(real, kLargestLabFile);
  };
  auto assignment = parse_assignment_text(*text, file.string(), policy_groups, read_file);
  if (assignment) assignment->folder = real_folder;
  return assignment;
}

}  // namespace ipcgrade
