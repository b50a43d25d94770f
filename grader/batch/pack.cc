#include "batch/pack.h"

#include <cstdint>
#include <nlohmann/json.hpp>

namespace ipcgrade {

using nlohmann::json;
using sandbox::Expected;

namespace {

json bytes_of(const std::string& text) {
  return json::binary(std::vector<std::uint8_t>(text.begin(), text.end()));
}
std::string text_of(const json& bytes) {
  const auto& binary = bytes.get_binary();
  return {binary.begin(), binary.end()};
}

std::string packed_json(const json& value) {
  const std::vector<std::uint8_t> bytes = json::to_cbor(value);
  return {bytes.begin(), bytes.end()};
}

template <typename Read>
auto read_packed(std::string_view bytes, Read read) -> Expected<decltype(read(json()))> try {
  return read(json::from_cbor(bytes));
} catch (const json::exception& error) {
  return sandbox::failure(error.what());
}

}  // namespace

std::string packed(const std::vector<Grade>& grades) {
  json all = json::array();
  for (const Grade& one : grades) {
    all.push_back({one.outcome, bytes_of(one.ungraded_reason), one.is_final, one.score,
                   one.max_score, one.seconds, bytes_of(one.json), bytes_of(one.junit),
                   bytes_of(one.html), bytes_of(one.text)});
  }
  return packed_json(all);
}

Expected<std::vector<Grade>> unpacked_grades(std::string_view bytes) {
  return read_packed(bytes, [](const json& all) {
    std::vector<Grade> grades;
    for (const json& one : all) {
      grades.push_back({.outcome = one.at(0),
                        .ungraded_reason = text_of(one.at(1)),
                        .is_final = one.at(2),
                        .score = one.at(3),
                        .max_score = one.at(4),
                        .seconds = one.at(5),
                        .json = text_of(one.at(6)),
                        .junit = text_of(one.at(7)),
                        .html = text_of(one.at(8)),
                        .text = text_of(one.at(9))});
    }
    return grades;
  });
}

std::string packed(const Imported& imported) {
  const Handin& handin = imported.handin;
  json parts = json::array();
  for (const Handin::Part& one : handin.parts) {
    parts.push_back({bytes_of(one.entry), bytes_of(one.file_name)});
  }
  json notes = json::array();
  for (const std::string& one : handin.notes) notes.push_back(bytes_of(one));
  return packed_json({{"key", bytes_of(handin.key)},
                      {"named_key", bytes_of(handin.named_key)},
                      {"student", bytes_of(handin.student)},
                      {"id", bytes_of(handin.id)},
                      {"email", bytes_of(handin.email)},
                      {"late", handin.late},
                      {"parts", parts},
                      {"notes", notes},
                      {"folder", bytes_of(imported.folder.string())},
                      {"digest", imported.digest},
                      {"doubt", bytes_of(imported.doubt)}});
}

Expected<Imported> unpacked_imported(std::string_view bytes) {
  return read_packed(bytes, [](const json& all) {
    Imported imported;
    Handin& handin = imported.handin;
    handin.key = text_of(all.at("key"));
    handin.student = text_of(all.at("student"));
    handin.id = text_of(all.at("id"));
    handin.email = text_of(all.at("email"));
    handin.late = all.at("late");
    for (const json& one : all.at("parts")) {
      handin.parts.push_back({text_of(one.at(0)), text_of(one.at(1))});
    }
    for (const json& one : all.at("notes")) handin.notes.push_back(text_of(one));
    imported.folder = text_of(all.at("folder"));
    imported.digest = all.at("digest");
    // Batches of older versions have neither.
    if (all.contains("doubt")) imported.doubt = text_of(all.at("doubt"));
    if (all.contains("named_key")) handin.named_key = text_of(all.at("named_key"));
    return imported;
  });
}

std::string packed(const BatchOrigin& origin) {
  return packed_json({{"lab", bytes_of(origin.lab)},
                      {"lab_path", bytes_of(origin.lab_path)},
                      {"input", bytes_of(origin.input.string())},
                      {"grading", origin.grading},
                      {"max_score", origin.max_score},
                      {"platform", static_cast<int>(origin.platform)},
                      {"anonymous", origin.anonymous},
                      {"seed", origin.seed},
                      {"schedules", origin.schedules},
                      {"budget", origin.budget ? json(*origin.budget) : json()},
                      {"shard", origin.shard.number},
                      {"shards", origin.shard.of}});
}

Expected<BatchOrigin> unpacked_origin(std::string_view bytes) {
  return read_packed(bytes, [](const json& all) {
    BatchOrigin origin;
    origin.lab = text_of(all.at("lab"));
    origin.lab_path = text_of(all.at("lab_path"));
    origin.input = text_of(all.at("input"));
    origin.grading = all.at("grading");
    origin.max_score = all.at("max_score");
    origin.platform = static_cast<Platform>(all.at("platform").get<int>());
    origin.anonymous = all.at("anonymous");
    origin.seed = all.at("seed");
    origin.schedules = all.at("schedules");
    if (!all.at("budget").is_null()) origin.budget = all.at("budget").get<double>();
    origin.shard = {all.value("shard", std::size_t{1}), all.value("shards", std::size_t{1})};
    return origin;
  });
}

}  // namespace ipcgrade
