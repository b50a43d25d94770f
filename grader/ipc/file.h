// Files in the places that a box lets programs write to. The kernel keeps them; the model follows
// who makes, removes, opens, reads and writes which, since all of that can order two tasks: a file
// made with O_EXCL, by link or mkdir is a lock; what is read from a file comes after its writing.
// Files anywhere else can't be changed, and concern nobody.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ipc/description.h"
#include "ipc/object.h"

namespace ipcgrade {

class FileDescription;
class Pipe;

/// What another mechanism keeps with a file: record locks end as a process closes any descriptor.
class FileCompanion {
 public:
  virtual ~FileCompanion() = default;
  /// What closing a descriptor of the file touches because of it.
  [[nodiscard]] virtual std::vector<Touch> closing() const { return {}; }
  /// As Description::closed().
  virtual void closed(Machine&, TaskId, const FileDescription&, bool /*last*/) {}
};

/// A file itself (an inode), whatever its names.
struct FileNode {
  enum class Sort : std::uint8_t { kRegular, kFolder, kFifo, kLink, kSocket };
  Sort sort = Sort::kRegular;
  int names = 0;
  /// The FileName (or other object) that stands for what is in it.
  ObjectId content = kNoObject;
  HandOver written;                   ///< by write, truncate, O_TRUNC
  Pipe* fifo = nullptr;               ///< kFifo
  std::string target;                 ///< kLink
  std::weak_ptr<Description> socket;  ///< kSocket: the one that is bound to it
  ObjectId memory = kNoObject;        ///< the SharedMemory that is the file, once somebody maps it
  std::vector<std::shared_ptr<FileCompanion>> companions;
};

/// A path. It stands for its name and for what is in the file that was made under it.
class FileName : public Object {
 public:
  // What operations do.
  static constexpr std::uint16_t kLooksUp = 1;
  static constexpr std::uint16_t kChanges = 2;
  static constexpr std::uint16_t kReadsContent = 4;
  static constexpr std::uint16_t kWritesContent = 8;
  static constexpr std::uint16_t kOpensToRead = 16;  ///< a FIFO, or what could become one
  static constexpr std::uint16_t kOpensToWrite = 32;
  static constexpr std::uint16_t kLists = 64;  ///< what is in a folder
  static constexpr std::uint16_t kListChanges = 128;

  FileName(ObjectId id, std::string path);

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] Touch looks_up() const { return {id(), kLooksUp, kChanges}; }
  [[nodiscard]] Touch changes() const { return {id(), kChanges, kLooksUp | kChanges}; }

  std::shared_ptr<FileNode> node;  ///< what is there, as far as the model knows
  HandOver made;                   ///< the event that put there what is there
  HandOver removed;                ///< the one that took away what was there

 private:
  std::string path_;
};

/// Who is told of what happens to files: see inotify.cc.
class FileWatcher {
 public:
  virtual ~FileWatcher() = default;
  /// What telling it touches.
  [[nodiscard]] virtual Touch told() const = 0;
  /// By the current event. `what`: a bit of inotify(7)'s, with IN_ISDIR; `name`: of what it was
  /// done to in the folder `watched`, empty where it was done to that itself.
  virtual void tell(Machine& machine, const std::string& watched, std::uint32_t what,
                    std::string_view name, std::uint32_t cookie) = 0;
};

[[nodiscard]] Touch reads_content(ObjectId content);
[[nodiscard]] Touch writes_content(ObjectId content);

/// The names of a run: Machine::state<FileNames>().
class FileNames {
 public:
  /// The absolute path that a call's argument means, by the task's folder or that of descriptor
  /// `folder`, with "." and ".." and the symbolic links that the run has made resolved; of the last
  /// component only with `follow`.
  [[nodiscard]] std::string resolve(const Machine& machine, const Task& task, int folder,
                                    std::string_view path, bool follow) const;
  /// nullptr: not in a place that programs can write to.
  [[nodiscard]] FileName* find(Machine& machine, const std::string& path);
  [[nodiscard]] FileName* folder_of(Machine& machine, const std::string& path);

  /// The file has come to be there (gone from there), by the current event.
  void made(Machine& machine, FileName& name, std::shared_ptr<FileNode> node);
  void removed(Machine& machine, FileName& name);
  /// Both, and all that is below a folder.
  void renamed(Machine& machine, FileName& from, FileName& to, std::shared_ptr<FileNode> node);

  void watch(const std::string& path, const std::shared_ptr<FileWatcher>& watcher);
  void unwatch(const std::string& path, const FileWatcher& watcher);
  /// Tells those who watch the path or its folder.
  void tell(Machine& machine, std::uint32_t what, const std::string& path,
            std::uint32_t cookie = 0);
  /// What that touches.
  [[nodiscard]] std::vector<Touch> told(const std::string& path) const;
  /// What who begins to watch the path must not come before or after by chance.
  [[nodiscard]] std::vector<Touch> seen_by_watch(Machine& machine, const std::string& path);

 private:
  void put(Machine& machine, FileName& name, std::shared_ptr<FileNode> node);
  void take(Machine& machine, FileName& name);

  std::map<std::string, FileName*, std::less<>> names_;
  std::multimap<std::string, std::weak_ptr<FileWatcher>, std::less<>> watchers_;
  std::uint32_t renames_ = 0;
};

/// Whether programs can make files there.
[[nodiscard]] bool is_writable_place(std::string_view path);

/// An open file that the kernel keeps: its reads and writes pass.
class FileDescription : public Description {
 public:
  /// `node`: nullptr outside the writable places. `position`: an object, in case it is shared.
  FileDescription(FileNames& names, int flags, std::string path, std::shared_ptr<FileNode> node,
                  ObjectId position)
      : Description(flags),
        names_(names),
        path_(std::move(path)),
        node_(std::move(node)),
        position_(position) {}

  /// As it was opened: absolute.
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] const std::shared_ptr<FileNode>& node() const { return node_; }
  /// Known only in the writable places.
  [[nodiscard]] bool regular() const {
    return node_ != nullptr && node_->sort == FileNode::Sort::kRegular;
  }

  [[nodiscard]] bool passes() const override { return true; }
  [[nodiscard]] short ready(const Machine&) const override {
    return POLLIN | POLLRDNORM | POLLOUT | POLLWRNORM;
  }
  [[nodiscard]] std::vector<Touch> touches(Direction direction) const override;
  [[nodiscard]] std::vector<Touch> looks() const override { return {}; }
  [[nodiscard]] std::vector<Touch> closing() const override;
  void closed(Machine& machine, TaskId task, bool last) override;
  void transferred(Machine& machine, Task& task, Direction direction, std::int64_t result) override;
  [[nodiscard]] std::string name(const Machine&) const override;
  [[nodiscard]] std::vector<Failure> failures(Direction) const override;

 private:
  FileNames& names_;
  std::string path_;
  std::shared_ptr<FileNode> node_;
  ObjectId position_;
};

/// A new file that has no name (yet): memfd_create, O_TMPFILE.
[[nodiscard]] std::shared_ptr<FileNode> make_nameless(Machine& machine, std::string name);
[[nodiscard]] std::shared_ptr<FileDescription> make_file_description(
    Machine& machine, int flags, std::string path, std::shared_ptr<FileNode> node);

/// A path argument of a call, as far as decoding needs it.
struct PathArgument {
  std::string given;           ///< as the program wrote it
  std::string path;            ///< resolved
  FileName* name = nullptr;    ///< nullptr: elsewhere
  std::vector<Touch> touches;  ///< of reading the text itself, where it lies in shared memory
};
[[nodiscard]] PathArgument path_argument(Machine& machine, const Task& task, int folder,
                                         std::uint64_t address, bool follow);
/// The touches of making or removing a name.
[[nodiscard]] std::vector<Touch> change_touches(Machine& machine, const PathArgument& argument);

}  // namespace ipcgrade
