#include "batch/grade.h"

#include <cstdint>
#include <nlohmann/json.hpp>

namespace ipcgrade {

using nlohmann::json;

namespace {

// As bytes: what students name and print need be no UTF-8.
json bytes_of(const std::string& text) {
  return json::binary(std::vector<std::uint8_t>(text.begin(), text.end()));
}
std::string text_of(const json& bytes) {
  const auto& binary = bytes.get_binary();
  return {binary.begin(), binary.end()};
}

}  // namespace

std::string packed(const std::vector<Grade>& results) {
  json all = json::array();
  for (const Grade& one : results) {
    all.push_back({one.outcome, bytes_of(one.ungraded_reason), one.is_final, one.score,
                   one.max_score, one.seconds, bytes_of(one.json), bytes_of(one.junit),
                   bytes_of(one.html)});
  }
  const std::vector<std::uint8_t> bytes = json::to_cbor(all);
  return {bytes.begin(), bytes.end()};
}

sandbox::Expected<std::vector<Grade>> unpacked(std::string_view bytes) try {
  std::vector<Grade> results;
  for (const json& one : json::from_cbor(bytes)) {
    results.push_back({.outcome = one.at(0),
                       .ungraded_reason = text_of(one.at(1)),
                       .is_final = one.at(2),
                       .score = one.at(3),
                       .max_score = one.at(4),
                       .seconds = one.at(5),
                       .json = text_of(one.at(6)),
                       .junit = text_of(one.at(7)),
                       .html = text_of(one.at(8))});
  }
  return results;
} catch (const json::exception& error) {
  return sandbox::failure(error.what());
}

}  // namespace ipcgrade
