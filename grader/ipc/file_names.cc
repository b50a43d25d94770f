// What the model knows of files: names, nodes, descriptions. The calls are in open.cc and file.cc.
#include <fcntl.h>
#include <sys/inotify.h>

#include <algorithm>
#include <array>
#include <deque>

#include "ipc/descriptor.h"
#include "ipc/file.h"
#include "ipc/machine.h"
#include "ipc/words.h"

namespace ipcgrade {

namespace {

constexpr std::array<std::string_view, 3> kWritable{"/work", "/tmp", "/dev/shm"};

/// "alphabet.txt" for what is in the folder that programs start in.
std::string told(const std::string& path) {
  constexpr std::string_view kHome = "/work/";
  return path.starts_with(kHome) ? path.substr(kHome.size()) : path;
}

void add_components(std::deque<std::string>& to, std::string_view path) {
  std::deque<std::string> parts;
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/'), path.size());
    if (end > 0) parts.emplace_back(path.substr(0, end));
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  to.insert(to.begin(), parts.begin(), parts.end());
}

std::uint32_t folder_bit(const FileNode& node) {
  return node.sort == FileNode::Sort::kFolder ? std::uint32_t{IN_ISDIR} : 0;
}

}  // namespace

bool is_writable_place(std::string_view path) {
  return std::ranges::any_of(kWritable, [&](std::string_view place) {
    return path.starts_with(place) && (path.size() == place.size() || path[place.size()] == '/');
  });
}

FileName::FileName(ObjectId id, std::string path)
    : Object(id, ObjectKind::kFile, told(path)), path_(std::move(path)) {}

Touch reads_content(ObjectId content) {
  return {content, FileName::kReadsContent, FileName::kWritesContent};
}
Touch writes_content(ObjectId content) {
  return {content, FileName::kWritesContent, FileName::kReadsContent | FileName::kWritesContent};
}

std::string FileNames::resolve(const Machine& machine, const Task& task, int folder,
                               std::string_view path, bool follow) const {
  std::string at;
  if (!path.starts_with('/')) {
    at = machine.process_of(task).folder;
    if (folder != AT_FDCWD) {
      const auto found = machine.descriptors(task).find(folder);
      const auto* file = dynamic_cast<const FileDescription*>(found.get());
      if (file != nullptr) at = file->path();
    }
    if (at == "/") at.clear();
  }
  std::deque<std::string> left;
  add_components(left, path);
  int links = 0;
  while (!left.empty()) {
    const std::string part = std::move(left.front());
    left.pop_front();
    if (part == ".") continue;
    if (part == "..") {
      at.resize(at.empty() ? 0 : at.rfind('/'));
      continue;
    }
    at += "/" + part;
    if (left.empty() && !follow) break;
    const auto known = names_.find(at);
    if (known == names_.end() || known->second->node == nullptr) continue;
    const FileNode& node = *known->second->node;
    constexpr int kMostLinks = 40;  // path_resolution(7)
    if (node.sort != FileNode::Sort::kLink || ++links > kMostLinks) continue;
    at.resize(node.target.starts_with('/') ? 0 : at.rfind('/'));
    add_components(left, node.target);
  }
  return at.empty() ? "/" : at;
}

FileName* FileNames::find(Machine& machine, const std::string& path) {
  if (!is_writable_place(path)) return nullptr;
  auto& name = names_[path];
  if (name == nullptr) name = &machine.make<FileName>(path);
  return name;
}

FileName* FileNames::folder_of(Machine& machine, const std::string& path) {
  return find(machine, path.substr(0, path.rfind('/')));
}

void FileNames::made(Machine& machine, FileName& name, std::shared_ptr<FileNode> node) {
  const std::uint32_t what = IN_CREATE | folder_bit(*node);
  put(machine, name, std::move(node));
  tell(machine, what, name.path());
}

void FileNames::removed(Machine& machine, FileName& name) {
  const std::uint32_t what = IN_DELETE | (name.node != nullptr ? folder_bit(*name.node) : 0);
  take(machine, name);
  tell(machine, what, name.path());
}

void FileNames::put(Machine& machine, FileName& name, std::shared_ptr<FileNode> node) {
  if (name.node != nullptr) --name.node->names;
  if (node->content == kNoObject) node->content = name.id();
  ++node->names;
  name.node = std::move(node);
  name.made.clear();
  machine.hand_over(name.made);
}

void FileNames::take(Machine& machine, FileName& name) {
  if (name.node != nullptr) --name.node->names;
  name.node = nullptr;
  name.removed.clear();
  machine.hand_over(name.removed);
}

void FileNames::renamed(Machine& machine, FileName& from, FileName& to,
                        std::shared_ptr<FileNode> node) {
  const std::uint32_t folder = folder_bit(*node);
  put(machine, to, std::move(node));
  take(machine, from);
  tell(machine, IN_MOVED_FROM | folder, from.path(), ++renames_);
  tell(machine, IN_MOVED_TO | folder, to.path(), renames_);
  if (folder == 0) return;
  const std::string below = from.path() + "/";
  std::vector<FileName*> moved;
  for (auto at = names_.lower_bound(below); at != names_.end() && at->first.starts_with(below);
       ++at) {
    if (at->second->node != nullptr) moved.push_back(at->second);
  }
  for (FileName* one : moved) {
    put(machine, *find(machine, to.path() + one->path().substr(from.path().size())), one->node);
    take(machine, *one);
  }
}

void FileNames::watch(const std::string& path, const std::shared_ptr<FileWatcher>& watcher) {
  unwatch(path, *watcher);
  watchers_.emplace(path, watcher);
}

void FileNames::unwatch(const std::string& path, const FileWatcher& watcher) {
  const auto [begin, end] = watchers_.equal_range(path);
  const auto at = std::find_if(
      begin, end, [&](const auto& one) { return one.second.lock().get() == &watcher; });
  if (at != end) watchers_.erase(at);
}

void FileNames::tell(Machine& machine, std::uint32_t what, const std::string& path,
                     std::uint32_t cookie) {
  if (watchers_.empty()) return;
  const std::size_t slash = path.rfind('/');
  const std::string folder = path.substr(0, slash);
  for (const auto& [watched, name] : {std::pair(&path, std::string_view()),
                                      {&folder, std::string_view(path).substr(slash + 1)}}) {
    const auto [begin, end] = watchers_.equal_range(*watched);
    for (auto at = begin; at != end; ++at) {
      if (const auto watcher = at->second.lock()) {
        watcher->tell(machine, *watched, what, name, cookie);
      }
    }
  }
}

std::vector<Touch> FileNames::told(const std::string& path) const {
  std::vector<Touch> found;
  if (watchers_.empty()) return found;
  for (const std::string_view watched :
       {std::string_view(path), std::string_view(path).substr(0, path.rfind('/'))}) {
    const auto [begin, end] = watchers_.equal_range(watched);
    for (auto at = begin; at != end; ++at) {
      if (const auto watcher = at->second.lock()) found.push_back(watcher->told());
    }
  }
  return found;
}

std::vector<Touch> FileNames::seen_by_watch(Machine& machine, const std::string& path) {
  std::vector<Touch> found;
  const auto sees = [&](const FileName& name) {
    found.push_back(name.looks_up());
    found.push_back(reads_content(name.node != nullptr ? name.node->content : name.id()));
  };
  if (const FileName* name = find(machine, path)) {
    sees(*name);
    found.push_back({name->id(), FileName::kLists, FileName::kListChanges});
  }
  for (auto at = names_.lower_bound(path + "/");
       at != names_.end() && at->first.starts_with(path + "/"); ++at) {
    if (at->first.find('/', path.size() + 1) == std::string::npos) sees(*at->second);
  }
  return found;
}

std::vector<Touch> FileDescription::touches(Direction direction) const {
  if (node_ == nullptr) return {};
  const bool in = direction == Direction::kIn;
  std::vector<Touch> found{in ? reads_content(node_->content) : writes_content(node_->content)};
  if (position_ != kNoObject) found.push_back(writes(position_));
  // Which of its bytes, the call may know; what lies in the others stays handed over.
  if (node_->memory != kNoObject) {
    found.push_back(in ? reads(node_->memory) : changes_somewhere(node_->memory));
  }
  append(found, names_.told(path_));
  return found;
}

std::vector<Touch> FileDescription::closing() const {
  std::vector<Touch> found = names_.told(path_);
  if (node_ == nullptr) return found;
  for (const auto& companion : node_->companions) {
    const auto some = companion->closing();
    found.insert(found.end(), some.begin(), some.end());
  }
  return found;
}

void FileDescription::closed(Machine& machine, TaskId task, bool last) {
  const bool wrote = (flags() & O_ACCMODE) != O_RDONLY;
  if (last) names_.tell(machine, wrote ? IN_CLOSE_WRITE : IN_CLOSE_NOWRITE, path_);
  if (node_ == nullptr) return;
  for (const auto& companion : node_->companions) companion->closed(machine, task, *this, last);
}

void FileDescription::transferred(Machine& machine, Task&, Direction direction,
                                  std::int64_t result) {
  if (result > 0) names_.tell(machine, direction == Direction::kIn ? IN_ACCESS : IN_MODIFY, path_);
  if (node_ == nullptr || result < 0) return;
  if (direction == Direction::kIn) {
    machine.comes_after(node_->written);
  } else {
    machine.hand_over(node_->written);
  }
}

std::string FileDescription::name(const Machine&) const { return told(path_); }

std::vector<Failure> FileDescription::failures(Direction) const {
  if (!regular()) return {};
  return {{EIO}};
}

std::shared_ptr<FileNode> make_nameless(Machine& machine, std::string name) {
  auto node = std::make_shared<FileNode>();
  node->content = machine.make<Object>(ObjectKind::kFile, std::move(name)).id();
  return node;
}

std::shared_ptr<FileDescription> make_file_description(Machine& machine, int flags,
                                                       std::string path,
                                                       std::shared_ptr<FileNode> node) {
  ObjectId position = kNoObject;
  if (node != nullptr) {
    position = machine.make<Object>(ObjectKind::kFile, "the position in " + told(path)).id();
  }
  return std::make_shared<FileDescription>(machine.state<FileNames>(), flags, std::move(path),
                                           std::move(node), position);
}

PathArgument path_argument(Machine& machine, const Task& task, int folder, std::uint64_t address,
                           bool follow) {
  PathArgument argument;
  argument.given = machine.read_text(task, address);
  argument.touches = machine.buffer_touches(task, address, argument.given.size() + 1, false);
  auto& names = machine.state<FileNames>();
  argument.path = names.resolve(machine, task, folder, argument.given, follow);
  // The kernel fails for the empty path; it is no name for the folder.
  if (!argument.given.empty()) argument.name = names.find(machine, argument.path);
  return argument;
}

std::vector<Touch> change_touches(Machine& machine, const PathArgument& argument) {
  std::vector<Touch> touches = argument.touches;
  if (argument.name == nullptr) return touches;
  touches.push_back(argument.name->changes());
  if (const FileName* folder = machine.state<FileNames>().folder_of(machine, argument.path)) {
    touches.push_back({folder->id(), FileName::kListChanges, FileName::kLists});
  }
  append(touches, machine.state<FileNames>().told(argument.path));
  return touches;
}

}  // namespace ipcgrade
