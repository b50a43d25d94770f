#include "assignment/channels.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "assignment/did_you_mean.h"

namespace ipcgrade {
namespace {

constexpr std::array<KeySpec, 6> kChannelKeys{{
    {"scenarios",
     R"(two scenarios that differ in their input's bytes alone, such as ["text", "other-text"])"},
    {"from", kPartyExpected},
    {"to", kPartyExpected},
    {"through", R"("pipe" or "queue")"},
    {"names", R"(an array of queues, such as names = ["5679", "/ipc-lab"])"},
    {"changes", "true or false"},
}};

void read_scenario_names(const TableReader& reader, const std::vector<Scenario>& scenarios,
                         Mistakes& mistakes, Channel& channel) {
  const auto texts = reader.texts("scenarios", Need::kRequired);
  if (!texts) return;
  if (texts->size() != 2) {
    reader.reject("scenarios", fmt::format("there are {} scenarios", texts->size()));
    return;
  }
  std::vector<std::string_view> ids;
  for (const Scenario& one : scenarios) ids.emplace_back(one.id);
  for (const auto& [value, place] : *texts) {
    if (std::ranges::find(ids, value) != ids.end()) continue;
    mistakes.add(place, fmt::format("there is no scenario {}", in_quotes(value)), one_of(ids),
                 did_you_mean(value, ids));
  }
  channel.scenario = (*texts)[0].value;
  channel.other_scenario = (*texts)[1].value;
}

}  // namespace

std::vector<Channel> read_channels(const std::vector<const toml::table*>& tables,
                                   const PartReader& parts, const std::vector<Scenario>& scenarios,
                                   OuterTable top, Mistakes& mistakes) {
  std::vector<Channel> channels;
  for (const toml::table* table : tables) {
    const TableReader reader(*table, "this channel", kChannelKeys, mistakes, top);
    Channel channel;
    read_scenario_names(reader, scenarios, mistakes, channel);
    channel.from = parts.party(reader, "from", Need::kRequired).value_or(Party{});
    channel.to = parts.party(reader, "to", Need::kRequired).value_or(Party{});
    const auto means = reader.text("through", Need::kRequired);
    if (means && *means != "pipe" && *means != "queue") {
      reader.reject("through", fmt::format("\"through\" is {}", in_quotes(*means)));
    }
    channel.means = means == "pipe" ? Channel::Means::kPipe : Channel::Means::kQueue;
    for (auto& [value, place] :
         reader.texts("names", Need::kOptional).value_or(std::vector<TableReader::Text>{})) {
      channel.names.push_back(std::move(value));
    }
    channel.changes = reader.flag("changes").value_or(false);
    channels.push_back(std::move(channel));
  }
  return channels;
}

}  // namespace ipcgrade
