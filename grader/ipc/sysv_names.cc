#include "ipc/sysv_names.h"

#include <fmt/format.h>

namespace ipcgrade {
namespace {

// A touch of the table: kReads and kWrites are by key, as a range of one "byte"; these are beside.
constexpr std::uint16_t kAllocates = 4;  // which id comes next
constexpr std::uint16_t kAsks = 8;       // by an id that is not known (yet), or for all
constexpr std::uint16_t kChanges = 16;   // what there is, and who has attached it
constexpr std::uint16_t kWatches = 32;

Touch by_key(ObjectId names, key_t key, bool writes_it) {
  const std::uint64_t at = static_cast<std::uint32_t>(key);
  return writes_it ? writes(names, at, at + 1) : reads(names, at, at + 1);
}

}  // namespace

std::string key_text(key_t key) {
  constexpr key_t kWrittenInDecimal = 1'000'000;
  if (key >= 0 && key < kWrittenInDecimal) return fmt::format("{}", key);
  return fmt::format("{:#x}", static_cast<std::uint32_t>(key));
}

std::string sysv_object_name(std::string_view kind, const SysvEntry& entry) {
  if (entry.key == IPC_PRIVATE) return fmt::format("the private {} {}", kind, entry.id);
  return fmt::format("the {} with key {}", kind, key_text(entry.key));
}

std::string sysv_reference(const SysvEntry& entry) {
  if (entry.key == IPC_PRIVATE) return fmt::format("private {}", entry.id);
  return key_text(entry.key);
}

std::string get_flags_text(int flags) {
  std::string text = fmt::format("{:04o}", flags & 0777);
  if ((flags & IPC_CREAT) != 0) text += " | IPC_CREAT";
  if ((flags & IPC_EXCL) != 0) text += " | IPC_EXCL";
  return text;
}

void fill_permissions(const SysvEntry& entry, const SysvUser& user, ipc_perm& into) {
  into.__key = entry.key;
  into.uid = entry.user;
  into.gid = entry.group;
  into.cuid = user.user;
  into.cgid = user.group;
  into.mode = entry.mode;
  into.__seq = 0;
}

SysvTable::SysvTable(Machine& machine, const char* name, std::size_t most)
    : names_(machine.make<Object>(ObjectKind::kName, name).id()), most_(most) {}

std::vector<Touch> SysvTable::get_touches(key_t key, int flags) const {
  std::vector<Touch> touches;
  const bool makes = key == IPC_PRIVATE || (flags & IPC_CREAT) != 0;
  if (key != IPC_PRIVATE) touches.push_back(by_key(names_, key, makes));
  // Ids are seen by the program: which of two creations comes first shows in them.
  if (makes) touches.push_back({.object = names_, .does = kAllocates, .disturbs = kAllocates});
  return touches;
}

Touch SysvTable::unknown_touch() const {
  return {.object = names_, .does = kAsks, .disturbs = kAllocates};
}

Touch SysvTable::removal_touch(const SysvEntry& entry) const {
  return by_key(names_, entry.key, true);
}

Touch SysvTable::list_touch() const {
  return {.object = names_, .does = kAsks, .disturbs = kAllocates | kWrites};
}

Touch SysvTable::change_touch() const {
  return {.object = names_, .does = kChanges, .disturbs = kWatches};
}

Touch SysvTable::watch_touch() const {
  return {.object = names_, .does = kWatches, .disturbs = kChanges};
}

std::expected<std::optional<ObjectId>, int> SysvTable::get(Machine& machine, key_t key, int flags) {
  if (key != IPC_PRIVATE) {
    machine.comes_after(changes_[key]);
    if (const ObjectId found = find_key(key); found != kNoObject) {
      if ((flags & IPC_CREAT) != 0 && (flags & IPC_EXCL) != 0) return std::unexpected(EEXIST);
      return found;
    }
    if ((flags & IPC_CREAT) == 0) return std::unexpected(ENOENT);
  }
  if (alive_ >= most_) return std::unexpected(ENOSPC);
  return std::nullopt;
}

void SysvTable::add(Machine& machine, ObjectId object, SysvEntry& entry, key_t key, int flags,
                    bool given) {
  const auto& user = machine.state<SysvUser>();
  entry.id = static_cast<int>(objects_.size());
  entry.key = key;
  entry.mode = static_cast<mode_t>(flags) & 0777U;
  entry.user = user.user;
  entry.group = user.group;
  if (!given) machine.hand_over(entry.made);
  objects_.push_back(object);
  ++alive_;
  if (key == IPC_PRIVATE) return;
  keys_[key] = object;
  changes_[key] = entry.made;
}

void SysvTable::remove_key(Machine& machine, SysvEntry& entry) {
  const auto at = keys_.find(entry.key);
  if (at == keys_.end() || at->second != objects_[static_cast<std::size_t>(entry.id)]) return;
  keys_.erase(at);
  changes_[entry.key].clear();
  machine.hand_over(changes_[entry.key]);
}

void SysvTable::remove(Machine& machine, SysvEntry& entry) {
  remove_key(machine, entry);
  entry.removed = true;
  machine.hand_over(entry.removed_by);
  --alive_;
}

ObjectId SysvTable::find(std::int64_t id) const {
  if (id < 0 || static_cast<std::size_t>(id) >= objects_.size()) return kNoObject;
  return objects_[static_cast<std::size_t>(id)];
}

ObjectId SysvTable::find_key(key_t key) const {
  const auto at = keys_.find(key);
  return at == keys_.end() ? kNoObject : at->second;
}

}  // namespace ipcgrade
