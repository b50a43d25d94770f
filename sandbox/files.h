// Small whole-file reads and writes, relative to a directory descriptor.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sandbox/error.h"
#include "sandbox/fd.h"

namespace sandbox {

/// Reads a kernel file (procfs, cgroupfs) to its end. Not for files that a student made: there is
/// no bound on the size.
[[nodiscard]] Expected<std::string> read_kernel_file(int directory, const char* path);

/// Whether an errno of opening or reading tells of the machine, and nothing of the file: no memory,
/// no descriptor, a broken disk.
[[nodiscard]] bool is_of_the_machine(int error_number);

/// The names in a folder, in no order, without "." and "..".
[[nodiscard]] Expected<std::vector<std::string>> names_in(int directory, const char* path);

/// Those that are numbers: processes in /proc, threads, descriptors.
[[nodiscard]] Expected<std::vector<std::string>> numbers_in(int directory, const char* path);

/// Writes to a kernel file in one write(2), which is how such files want it.
[[nodiscard]] Expected<void> write_kernel_file(int directory, const char* path,
                                               std::string_view text);

/// Reads a regular file of at most `most` bytes. Links are not followed; a FIFO, device, folder or
/// larger file is an error that says so, and is never waited for.
[[nodiscard]] Expected<std::string> read_regular_file(int directory, const std::string& path,
                                                      std::uint64_t most);

/// Opens a path as it is seen by who has `root` as its root folder: no link leads out of it, and
/// links of /proc that are none on a disk are not followed. `flags` as for open(2). Empty, with
/// errno set, where it can't be opened. (openat2(2), Linux 5.6)
[[nodiscard]] Fd open_in_root(int root, const char* path, unsigned flags);

/// As read_regular_file(), but links are followed as they are seen in a box whose root folder is
/// `root`, up to a file that lies in the file system of `folder`. No program of the box may run.
[[nodiscard]] Expected<std::string> read_file_in_box(int root, const std::string& path, int folder,
                                                     std::uint64_t most);

/// Makes a new file with these bytes; the folders above it are made with mode 0755. All that is
/// made belongs to `owner` (user and group), or to the caller.
[[nodiscard]] Expected<void> make_file(int directory, const std::string& path,
                                       std::string_view bytes, unsigned mode,
                                       std::optional<uid_t> owner = std::nullopt);

/// Opens a folder and locks it as long as the descriptor is open, by flock(2): for whoever made it,
/// so that others see that it is in use. Empty where another has locked it, or it has gone.
[[nodiscard]] Fd lock_folder(const char* path);

/// Removes all that is in a folder which nobody changes meanwhile, however deep it is, and also
/// what its owner may not look into. Links are not followed. An error where something stays.
[[nodiscard]] Expected<void> empty_folder(int folder);

/// An anonymous read-only file with these bytes, at its beginning.
[[nodiscard]] Expected<Fd> anonymous_file(std::string_view bytes);

/// For a program's stdin, with these bytes: a pipe that nobody writes to any more, so that nothing
/// about it tells how many they are; or, where a pipe does not hold them, an anonymous_file().
[[nodiscard]] Expected<Fd> input_with(std::string_view bytes);

/// Writes all of it, through EINTR and short writes.
[[nodiscard]] Expected<void> write_all(int fd, std::string_view bytes);

}  // namespace sandbox
