// What is put into the template of a page.
#pragma once

#include <initializer_list>
#include <kainjow/mustache.hpp>
#include <string>
#include <utility>

namespace ipcgrade {

using PageData = kainjow::mustache::data;

// A name that is not set is looked for further out: so what an inner part may lack is set to
// false.
[[nodiscard]] inline PageData flag(bool value) {
  return value ? PageData::type::bool_true : PageData::type::bool_false;
}
[[nodiscard]] inline PageData optional(const std::string& text) {
  return text.empty() ? flag(false) : PageData(text);
}

[[nodiscard]] inline PageData object(
    std::initializer_list<std::pair<const char*, PageData>> members) {
  PageData made{PageData::type::object};
  for (const auto& [name, value] : members) made.set(name, value);
  return made;
}

template <typename Items, typename ToData>
[[nodiscard]] PageData list_of(const Items& items, ToData to_data) {
  PageData list{PageData::type::list};
  for (const auto& item : items) list << to_data(item);
  return list;
}

}  // namespace ipcgrade
