// Files: what makes, removes, renames and looks at them. Opening is in open.cc, reading and writing
// in read_write.cc.
#include "ipc/file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/fs.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <array>
#include <utility>

#include "ipc/calls.h"
#include "ipc/descriptor.h"
#include "ipc/machine.h"
#include "ipc/mechanisms.h"
#include "ipc/open.h"
#include "ipc/passed_operation.h"
#include "ipc/pipe.h"
#include "ipc/words.h"
#include "sandbox/describe.h"

namespace ipcgrade {

namespace {

[[nodiscard]] int int_of(std::uint64_t argument) { return static_cast<int>(argument); }

[[nodiscard]] FileNames& names_of(Machine& machine) { return machine.state<FileNames>(); }

/// After a call that failed since the name was (was not) there.
void note_failure(Machine& machine, const FileName& name, std::int64_t result) {
  if (result == -ENOENT) {
    machine.comes_after(name.removed);
    if (const FileName* folder = names_of(machine).folder_of(machine, name.path())) {
      machine.comes_after(folder->removed);
    }
  } else {
    machine.comes_after(name.made);
  }
}

/// After what was at the name before went, and its folder came.
void comes_after_before(Machine& machine, const FileName& name) {
  machine.comes_after(name.removed);
  if (const FileName* folder = names_of(machine).folder_of(machine, name.path())) {
    machine.comes_after(folder->made);
  }
}

/// The name comes to be there.
void note_made(Machine& machine, FileName& name, std::shared_ptr<FileNode> node) {
  comes_after_before(machine, name);
  names_of(machine).made(machine, name, std::move(node));
}

[[nodiscard]] bool is_ipc_object(const FileName& name) {
  return name.path().starts_with("/dev/shm/") ||
         (name.node != nullptr && name.node->fifo != nullptr);
}

/// mkdir, mknod, mkfifo (mknod), symlink: makes a file of that sort, never over another.
std::unique_ptr<Operation> make_creation(Machine& machine, const Call& call,
                                         const PathArgument& argument, std::string text,
                                         FileNode node, std::vector<Failure> failures) {
  if (argument.name == nullptr) return nullptr;
  Passed passed{call, std::move(text), change_touches(machine, argument), std::move(failures)};
  FileName* name = argument.name;
  passed.then = [name, node = std::move(node)](Machine& m, Task&, std::int64_t result) {
    if (result < 0) {
      note_failure(m, *name, result);
      return result;
    }
    auto made = std::make_shared<FileNode>(node);
    if (made->sort == FileNode::Sort::kFifo) {
      made->fifo = &m.make<Pipe>("the FIFO " + name->name());
    }
    note_made(m, *name, std::move(made));
    return result;
  };
  return make_passed(std::move(passed));
}

std::unique_ptr<Operation> decode_mknod(Machine& machine, Task& task, const Call& call) {
  const auto& a = call.arguments;
  const bool at = call.number == SYS_mknodat;
  const auto mode = static_cast<unsigned>(at ? a[2] : a[1]);
  const auto argument =
      path_argument(machine, task, at ? int_of(a[0]) : AT_FDCWD, at ? a[1] : a[0], false);
  FileNode node;
  const bool fifo = S_ISFIFO(mode);
  if (fifo) node.sort = FileNode::Sort::kFifo;
  std::string text = fmt::format("{}({}, {:04o})", fifo ? "mkfifo" : "mknod",
                                 sandbox::quoted(argument.given), mode & 07777);
  return make_creation(machine, call, argument, std::move(text), std::move(node),
                       fifo ? std::vector<Failure>{{ENOSPC}} : std::vector<Failure>{});
}

std::unique_ptr<Operation> decode_mkdir(Machine& machine, Task& task, const Call& call) {
  const auto& a = call.arguments;
  const bool at = call.number == SYS_mkdirat;
  const auto argument =
      path_argument(machine, task, at ? int_of(a[0]) : AT_FDCWD, at ? a[1] : a[0], false);
  FileNode node;
  node.sort = FileNode::Sort::kFolder;
  std::string text = fmt::format("mkdir({}, {:04o})", sandbox::quoted(argument.given),
                                 static_cast<unsigned>(at ? a[2] : a[1]));
  return make_creation(machine, call, argument, std::move(text), std::move(node), {});
}

std::unique_ptr<Operation> decode_symlink(Machine& machine, Task& task, const Call& call) {
  const auto& a = call.arguments;
  const bool at = call.number == SYS_symlinkat;
  const auto argument =
      path_argument(machine, task, at ? int_of(a[1]) : AT_FDCWD, at ? a[2] : a[1], false);
  FileNode node;
  node.sort = FileNode::Sort::kLink;
  node.target = machine.read_text(task, a[0]);
  std::string text =
      fmt::format("symlink({}, {})", sandbox::quoted(node.target), sandbox::quoted(argument.given));
  return make_creation(machine, call, argument, std::move(text), std::move(node), {});
}

/// unlink, rmdir, unlinkat.
std::unique_ptr<Operation> decode_remove(Machine& machine, Task& task, const Call& call) {
  const auto& a = call.arguments;
  const bool at = call.number == SYS_unlinkat;
  auto argument =
      path_argument(machine, task, at ? int_of(a[0]) : AT_FDCWD, at ? a[1] : a[0], false);
  if (argument.name == nullptr) return nullptr;
  FileName* name = argument.name;
  const bool folder =
      call.number == SYS_rmdir || (at && (static_cast<unsigned>(a[2]) & AT_REMOVEDIR) != 0);
  Passed passed{call,
                fmt::format("{}({})", folder ? "rmdir" : "unlink", sandbox::quoted(argument.given)),
                change_touches(machine, argument)};
  // Of several names (sem_open makes a second one for a moment) one may always go.
  if (is_ipc_object(*name) && name->node != nullptr && name->node->names == 1) {
    passed.failures = {{EACCES}};
  }
  passed.then = [name](Machine& m, Task&, std::int64_t result) {
    if (result < 0) {
      note_failure(m, *name, result);
    } else {
      m.comes_after(name->made);
      names_of(m).removed(m, *name);
    }
    return result;
  };
  return make_passed(std::move(passed));
}

/// The file that a name, or a descriptor's own path in /proc, stands for.
std::shared_ptr<FileNode> node_named(Machine& machine, const Task& task,
                                     const PathArgument& argument) {
  if (argument.name != nullptr) return argument.name->node;
  constexpr std::string_view kOwn = "/proc/self/fd/";
  if (!argument.path.starts_with(kOwn)) return nullptr;
  const auto found = machine.descriptors(task).find(std::atoi(argument.path.c_str() + kOwn.size()));
  const auto* file = dynamic_cast<const FileDescription*>(found.get());
  return file == nullptr ? nullptr : file->node();
}

std::unique_ptr<Operation> decode_link(Machine& machine, Task& task, const Call& call) {
  const auto& a = call.arguments;
  const bool at = call.number == SYS_linkat;
  const bool follow = at && (static_cast<unsigned>(a[4]) & AT_SYMLINK_FOLLOW) != 0;
  const auto from =
      path_argument(machine, task, at ? int_of(a[0]) : AT_FDCWD, at ? a[1] : a[0], follow);
  const auto to =
      path_argument(machine, task, at ? int_of(a[2]) : AT_FDCWD, at ? a[3] : a[1], false);
  if (to.name == nullptr) return nullptr;
  auto touches = change_touches(machine, to);
  append(touches, from.touches);
  if (from.name != nullptr) touches.push_back(from.name->looks_up());
  // How many names it has is seen by a look at the old one, too.
  if (from.name != nullptr && from.name->node != nullptr) {
    touches.push_back(writes_content(from.name->node->content));
  }
  Passed passed{call,
                fmt::format("link({}, {})", sandbox::quoted(from.given), sandbox::quoted(to.given)),
                std::move(touches)};
  if (is_ipc_object(*to.name)) passed.failures = {{ENOSPC}};
  passed.then = [from, to](Machine& m, Task& t, std::int64_t result) {
    if (result < 0) {
      note_failure(m, *to.name, result);
      if (from.name != nullptr && result == -ENOENT) note_failure(m, *from.name, result);
      return result;
    }
    auto node = node_named(m, t, from);
    if (from.name != nullptr) m.comes_after(from.name->made);
    if (node != nullptr) m.hand_over(node->written);
    note_made(m, *to.name, node != nullptr ? std::move(node) : std::make_shared<FileNode>());
    return result;
  };
  return make_passed(std::move(passed));
}

std::unique_ptr<Operation> decode_rename(Machine& machine, Task& task, const Call& call) {
  const auto& a = call.arguments;
  const bool at = call.number != SYS_rename;
  const auto from =
      path_argument(machine, task, at ? int_of(a[0]) : AT_FDCWD, at ? a[1] : a[0], false);
  const auto to =
      path_argument(machine, task, at ? int_of(a[2]) : AT_FDCWD, at ? a[3] : a[1], false);
  if (from.name == nullptr || to.name == nullptr) return nullptr;
  const unsigned flags = call.number == SYS_renameat2 ? static_cast<unsigned>(a[4]) : 0;
  std::string text =
      fmt::format("rename({}, {})", sandbox::quoted(from.given), sandbox::quoted(to.given));
  if ((flags & RENAME_EXCHANGE) != 0) return unmodelled(std::move(text));
  auto touches = change_touches(machine, from);
  append(touches, change_touches(machine, to));
  Passed passed{call, std::move(text), std::move(touches)};
  passed.then = [from, to](Machine& m, Task&, std::int64_t result) {
    if (result < 0) {
      note_failure(m, result == -ENOENT ? *from.name : *to.name, result);
      return result;
    }
    m.comes_after(from.name->made);
    m.comes_after(to.name->made);
    auto node = from.name->node;
    if (node == nullptr) node = std::make_shared<FileNode>();
    if (node == to.name->node) return result;  // two names of one file: rename(2) does nothing
    comes_after_before(m, *to.name);
    names_of(m).renamed(m, *from.name, *to.name, std::move(node));
    return result;
  };
  return make_passed(std::move(passed));
}

/// Calls that look at a path: their arguments' places, and whether they see what is in the file.
struct Look {
  long number;
  const char* name;
  bool at;             ///< a folder's descriptor comes first
  int flags_argument;  ///< AT_*; -1: none
  bool sees_content;
  bool follows;
};
constexpr std::array kLooks{
    Look{SYS_stat, "stat", false, -1, true, true},
    Look{SYS_lstat, "lstat", false, -1, true, false},
    Look{SYS_newfstatat, "stat", true, 3, true, true},
    Look{SYS_statx, "stat", true, 2, true, true},
    Look{SYS_access, "access", false, -1, false, true},
    Look{SYS_faccessat, "access", true, -1, false, true},
    Look{SYS_faccessat2, "access", true, 3, false, true},
    Look{SYS_readlink, "readlink", false, -1, false, false},
    Look{SYS_readlinkat, "readlink", true, -1, false, false},
};

/// fstat, ftruncate…: a call on an open file itself. nullptr where that concerns nobody.
std::unique_ptr<Operation> make_on_node(Machine& machine, Task& task, const Call& call, int number,
                                        std::string text, Direction direction,
                                        std::vector<Failure> failures) {
  const auto description = machine.descriptors(task).find(number);
  const auto* file = dynamic_cast<const FileDescription*>(description.get());
  if (file == nullptr || file->node() == nullptr) return nullptr;
  const bool in = direction == Direction::kIn;
  const auto node = file->node();
  std::vector<Touch> touches = table_touches(machine, task, TableUse::kUses, number);
  touches.push_back(in ? reads_content(node->content) : writes_content(node->content));
  // What lies beyond its end can't be touched.
  const bool sizes = call.number == SYS_ftruncate || call.number == SYS_fallocate;
  if (sizes && node->memory != kNoObject) touches.push_back(changes_somewhere(node->memory));
  if (sizes) append(touches, names_of(machine).told(file->path()));
  Passed passed{call, fmt::format("{} [{}]", text, file->name(machine)), std::move(touches),
                std::move(failures)};
  passed.then = [node, in, sizes, path = file->path()](Machine& m, Task&, std::int64_t result) {
    if (result < 0) return result;
    if (sizes) names_of(m).tell(m, IN_MODIFY, path);
    if (in) {
      m.comes_after(node->written);
    } else {
      m.hand_over(node->written);
    }
    return result;
  };
  return make_passed(std::move(passed));
}

/// AT_*, where the call has such an argument.
unsigned flags_of(const Call& call, int argument) {
  return argument < 0 ? 0
                      : static_cast<unsigned>(call.arguments[static_cast<std::size_t>(argument)]);
}

std::unique_ptr<Operation> decode_look(Machine& machine, Task& task, const Call& call,
                                       const Look& look) {
  const auto& a = call.arguments;
  const unsigned flags = flags_of(call, look.flags_argument);
  auto argument =
      path_argument(machine, task, look.at ? int_of(a[0]) : AT_FDCWD, look.at ? a[1] : a[0],
                    look.follows && (flags & AT_SYMLINK_NOFOLLOW) == 0);
  if (argument.given.empty() && (flags & AT_EMPTY_PATH) != 0) {
    return make_on_node(machine, task, call, int_of(a[0]), fmt::format("fstat({})", int_of(a[0])),
                        Direction::kIn, {});
  }
  if (argument.name == nullptr) return nullptr;
  FileName* name = argument.name;
  std::vector<Touch> touches = std::move(argument.touches);
  touches.push_back(name->looks_up());
  if (look.sees_content) {
    touches.push_back(reads_content(name->node != nullptr ? name->node->content : name->id()));
  }
  Passed passed{call, fmt::format("{}({})", look.name, sandbox::quoted(argument.given)),
                std::move(touches)};
  passed.then = [name, content = look.sees_content](Machine& m, Task&, std::int64_t result) {
    if (result < 0) {
      note_failure(m, *name, result);
      return result;
    }
    m.comes_after(name->made);
    if (content && name->node != nullptr) m.comes_after(name->node->written);
    return result;
  };
  return make_passed(std::move(passed));
}

/// Calls that change what a look at a path shows (its size, mode, owner, times) and not the path:
/// their arguments' places. A path that is NULL means the descriptor before it: utimensat(2).
struct Change {
  long number;
  const char* name;
  bool at;
  int flags_argument;
  bool follows;
};
constexpr std::array kChanges{
    Change{SYS_truncate, "truncate", false, -1, true},
    Change{SYS_chmod, "chmod", false, -1, true},
    Change{SYS_fchmodat, "fchmodat", true, -1, true},
    Change{SYS_chown, "chown", false, -1, true},
    Change{SYS_lchown, "lchown", false, -1, false},
    Change{SYS_fchownat, "fchownat", true, 4, true},
    Change{SYS_utime, "utime", false, -1, true},
    Change{SYS_utimes, "utimes", false, -1, true},
    Change{SYS_futimesat, "futimesat", true, -1, true},
    Change{SYS_utimensat, "utimensat", true, 3, true},
};

std::unique_ptr<Operation> decode_change(Machine& machine, Task& task, const Call& call,
                                         const Change& change) {
  const auto& a = call.arguments;
  const std::uint64_t path = change.at ? a[1] : a[0];
  if (path == 0) {
    return make_on_node(machine, task, call, int_of(a[0]),
                        fmt::format("{}({})", change.name, int_of(a[0])), Direction::kOut, {});
  }
  const bool follows =
      change.follows && (flags_of(call, change.flags_argument) & AT_SYMLINK_NOFOLLOW) == 0;
  auto argument = path_argument(machine, task, change.at ? int_of(a[0]) : AT_FDCWD, path, follows);
  if (argument.name == nullptr) return nullptr;
  FileName* name = argument.name;
  std::vector<Touch> touches = std::move(argument.touches);
  touches.push_back(name->looks_up());
  touches.push_back(writes_content(name->node != nullptr ? name->node->content : name->id()));
  const bool sizes = change.number == SYS_truncate;
  if (sizes) append(touches, names_of(machine).told(argument.path));
  Passed passed{call, fmt::format("{}({})", change.name, sandbox::quoted(argument.given)),
                std::move(touches)};
  passed.then = [name, sizes](Machine& m, Task&, std::int64_t result) {
    if (result < 0) {
      note_failure(m, *name, result);
    } else {
      if (sizes) names_of(m).tell(m, IN_MODIFY, name->path());
      m.comes_after(name->made);
      if (name->node != nullptr) m.hand_over(name->node->written);
    }
    return result;
  };
  return make_passed(std::move(passed));
}

std::unique_ptr<Operation> decode_chdir(Machine& machine, Task& task, const Call& call) {
  std::string path;
  std::string text;
  std::vector<Touch> touches;
  if (call.number == SYS_fchdir) {
    const auto found = machine.descriptors(task).find(int_of(call.arguments[0]));
    const auto* file = dynamic_cast<const FileDescription*>(found.get());
    if (file == nullptr) return nullptr;
    path = file->path();
    text = fmt::format("fchdir({})", int_of(call.arguments[0]));
  } else {
    auto argument = path_argument(machine, task, AT_FDCWD, call.arguments[0], true);
    path = std::move(argument.path);
    text = fmt::format("chdir({})", sandbox::quoted(argument.given));
    touches = std::move(argument.touches);
    if (argument.name != nullptr) touches.push_back(argument.name->looks_up());
  }
  Passed passed{call, std::move(text), std::move(touches)};
  passed.then = [path](Machine& m, Task& t, std::int64_t result) {
    if (result >= 0) m.process_of(t).folder = path;
    return result;
  };
  return make_passed(std::move(passed));
}

std::unique_ptr<Operation> decode_memfd(Machine& machine, Task& task, const Call& call) {
  const std::string name = machine.read_text(task, call.arguments[0], 250);
  // MFD_CLOEXEC is 1: memfd_create(2).
  const bool close_on_exec = (call.arguments[1] & 1) != 0;
  Passed passed{call,
                fmt::format("memfd_create({})", sandbox::quoted(name)),
                table_touches(machine, task, TableUse::kAllocates),
                {{EMFILE}, {ENOMEM}}};
  passed.then = [name, close_on_exec](Machine& m, Task& t, std::int64_t result) {
    if (result < 0) return result;
    auto node = make_nameless(m, "the memfd " + name);
    m.descriptors(t).put(static_cast<int>(result),
                         make_file_description(m, O_RDWR, "memfd:" + name, std::move(node)),
                         close_on_exec);
    return result;
  };
  return make_passed(std::move(passed));
}

std::unique_ptr<Operation> decode_list(Machine& machine, Task& task, const Call& call) {
  const int number = int_of(call.arguments[0]);
  const auto found = machine.descriptors(task).find(number);
  const auto* file = dynamic_cast<const FileDescription*>(found.get());
  if (file == nullptr || file->node() == nullptr) return nullptr;
  return make_passed({call,
                      fmt::format("readdir({}) [{}]", number, file->name(machine)),
                      {{file->node()->content, FileName::kLists, FileName::kListChanges}}});
}

std::unique_ptr<Operation> decode(Machine& machine, Task& task, const Call& call) {
  const int number = int_of(call.arguments[0]);
  for (const Look& look : kLooks) {
    if (look.number == call.number) return decode_look(machine, task, call, look);
  }
  for (const Change& change : kChanges) {
    if (change.number == call.number) return decode_change(machine, task, call, change);
  }
  switch (call.number) {
    case SYS_open:
    case SYS_creat:
    case SYS_openat:
    case SYS_openat2:
      return decode_open(machine, task, call);
    case SYS_mknod:
    case SYS_mknodat:
      return decode_mknod(machine, task, call);
    case SYS_mkdir:
    case SYS_mkdirat:
      return decode_mkdir(machine, task, call);
    case SYS_symlink:
    case SYS_symlinkat:
      return decode_symlink(machine, task, call);
    case SYS_unlink:
    case SYS_rmdir:
    case SYS_unlinkat:
      return decode_remove(machine, task, call);
    case SYS_link:
    case SYS_linkat:
      return decode_link(machine, task, call);
    case SYS_rename:
    case SYS_renameat:
    case SYS_renameat2:
      return decode_rename(machine, task, call);
    case SYS_fstat:
      return make_on_node(machine, task, call, number, fmt::format("fstat({})", number),
                          Direction::kIn, {});
    case SYS_ftruncate:
      return make_on_node(machine, task, call, number,
                          fmt::format("ftruncate({}, {})", number, call.arguments[1]),
                          Direction::kOut, {{EIO}});
    case SYS_fchmod:
    case SYS_fchown:
      return make_on_node(
          machine, task, call, number,
          fmt::format("{}({})", call.number == SYS_fchmod ? "fchmod" : "fchown", number),
          Direction::kOut, {});
    case SYS_fallocate:
      return make_on_node(machine, task, call, number, fmt::format("fallocate({})", number),
                          Direction::kOut, {{ENOSPC}});
    case SYS_chdir:
    case SYS_fchdir:
      return decode_chdir(machine, task, call);
    case SYS_memfd_create:
      return decode_memfd(machine, task, call);
    default:
      return decode_list(machine, task, call);
  }
}

constexpr std::array kCalls{
    long{SYS_open},         long{SYS_creat},      long{SYS_openat},     long{SYS_openat2},
    long{SYS_mknod},        long{SYS_mknodat},    long{SYS_mkdir},      long{SYS_mkdirat},
    long{SYS_symlink},      long{SYS_symlinkat},  long{SYS_unlink},     long{SYS_rmdir},
    long{SYS_unlinkat},     long{SYS_link},       long{SYS_linkat},     long{SYS_rename},
    long{SYS_renameat},     long{SYS_renameat2},  long{SYS_truncate},   long{SYS_fstat},
    long{SYS_ftruncate},    long{SYS_fallocate},  long{SYS_chdir},      long{SYS_fchdir},
    long{SYS_memfd_create}, long{SYS_getdents},   long{SYS_getdents64}, long{SYS_stat},
    long{SYS_lstat},        long{SYS_newfstatat}, long{SYS_statx},      long{SYS_access},
    long{SYS_faccessat},    long{SYS_faccessat2}, long{SYS_readlink},   long{SYS_readlinkat},
    long{SYS_chmod},        long{SYS_fchmod},     long{SYS_fchmodat},   long{SYS_chown},
    long{SYS_fchown},       long{SYS_lchown},     long{SYS_fchownat},   long{SYS_utime},
    long{SYS_utimes},       long{SYS_utimensat},  long{SYS_futimesat},
};

}  // namespace

const Mechanism kFileMechanism{"file", kCalls, decode};

}  // namespace ipcgrade
