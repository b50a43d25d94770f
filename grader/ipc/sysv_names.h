// Keys and ids of System V objects, which the three mechanisms share: sysvipc(7), ftok(3).
//
// Ids are given out in the order of creation, 0, 1, …, and none is given twice, as in a kernel
// whose namespace is new (it goes round after 32768).
#pragma once

#include <sys/ipc.h>
#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ipc/machine.h"

namespace ipcgrade {

/// What every System V object has, beside being an Object: ipc_perm and its story.
struct SysvEntry {
  int id = 0;
  key_t key = IPC_PRIVATE;
  mode_t mode = 0;  ///< the nine permission bits
  uid_t user = 0;
  gid_t group = 0;
  bool removed = false;  ///< no id names it any more
  HandOver made;         ///< later uses come after it
  HandOver removed_by;   ///< calls that fail for it come after it
};

/// All tasks of a run are one user's.
struct SysvUser {
  uid_t user = 1000;
  gid_t group = 1000;
};

/// "5678", or as ftok's keys are written: "0x4101f3c2".
[[nodiscard]] std::string key_text(key_t key);
/// "the segment with key 5678"; "the private segment 3" where it has none.
[[nodiscard]] std::string sysv_object_name(std::string_view kind, const SysvEntry& entry);
/// "5678" for calls by id: the key says more to a student than the id, where there is one.
[[nodiscard]] std::string sysv_reference(const SysvEntry& entry);
/// "0600 | IPC_CREAT | IPC_EXCL"
[[nodiscard]] std::string get_flags_text(int flags);

/// `wanted` is of 4 (read), 2 (write), 1 (execute): EACCES where false. The owner's bits count.
[[nodiscard]] inline bool may(const SysvEntry& entry, unsigned wanted) {
  return (wanted & ~(entry.mode >> 6U) & 7U) == 0;
}
void fill_permissions(const SysvEntry& entry, const SysvUser& user, ipc_perm& into);

/// The table of one mechanism.
class SysvTable {
 public:
  SysvTable(Machine& machine, const char* name, std::size_t most);

  /// What a get call with these arguments touches.
  [[nodiscard]] std::vector<Touch> get_touches(key_t key, int flags) const;
  /// What a call by an id that is not (yet) given out touches: it depends on creations.
  [[nodiscard]] Touch unknown_touch() const;
  /// What a removal touches, beside the object.
  [[nodiscard]] Touch removal_touch(const SysvEntry& entry) const;
  /// What a look at the whole table touches (SHM_INFO, IPC_INFO).
  [[nodiscard]] Touch list_touch() const;

  /// What changes whether a start that waits for an object may come, and what such a start looks
  /// at. Changes commute with each other.
  [[nodiscard]] Touch change_touch() const;
  [[nodiscard]] Touch watch_touch() const;

  /// The object that a get call finds, or none where it is to make one; an errno where it fails.
  /// The current event comes after what made it so.
  [[nodiscard]] std::expected<std::optional<ObjectId>, int> get(Machine& machine, key_t key,
                                                                int flags);
  /// Fills in the entry of a new object, whose number is `object`; the current event made it, or
  /// none did (it was there before).
  void add(Machine& machine, ObjectId object, SysvEntry& entry, key_t key, int flags, bool given);
  /// No key leads to it any more; by its id, if it is not gone, it is still known.
  void remove_key(Machine& machine, SysvEntry& entry);
  void remove(Machine& machine, SysvEntry& entry);

  /// Any id ever given out, removed or not; kNoObject: it was not.
  [[nodiscard]] ObjectId find(std::int64_t id) const;
  [[nodiscard]] ObjectId find_key(key_t key) const;
  [[nodiscard]] const std::vector<ObjectId>& all() const { return objects_; }
  [[nodiscard]] std::size_t alive() const { return alive_; }

 private:
  ObjectId names_;
  std::size_t most_;
  std::size_t alive_ = 0;
  std::vector<ObjectId> objects_;  ///< by id
  std::map<key_t, ObjectId> keys_;
  std::map<key_t, HandOver> changes_;  ///< what last made or removed the key's object
};

}  // namespace ipcgrade
