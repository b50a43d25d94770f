// From what a platform hands out to one folder a student: archives are unpacked, archives inside
// archives, too, and wrapping folders taken away.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "batch/match.h"
#include "compile/submission.h"
#include "sandbox/error.h"

namespace ipcgrade {

/// What is graded of a student.
struct Imported {
  Handin handin;
  std::filesystem::path folder;  ///< below `work`, or where it was, if it was a plain folder
  /// SHA-256, in hexadecimal, of all that is graded: the same for the same files.
  std::string digest;
  /// Why it may not be what its student handed in, a sentence: something could not be read, or it
  /// is several hand-ins. Where it does not build, that says nothing then. Empty: it is.
  std::string doubt{};
};

struct Import {
  Platform platform = Platform::kNone;
  std::vector<Imported> handins;     ///< sorted by key
  std::vector<Unmatched> unmatched;  ///< sorted by name: with these somebody has to look
};

/// Reads `input`, a folder or an archive. What has to be written goes into `work`, which is emptied
/// first; nothing else is changed. An error is wrong input (there is no such file, it is no
/// archive, nothing in it is a hand-in), or a disk that is full. What one student's archive has
/// wrong is a note of its hand-in.
[[nodiscard]] sandbox::Expected<Import> import_handins(const std::filesystem::path& input,
                                                       const std::filesystem::path& work,
                                                       const std::vector<std::string>& programs);

/// In hexadecimal.
[[nodiscard]] std::string sha256(std::string_view bytes);

/// See Imported::digest.
[[nodiscard]] std::string digest_of(const Submission& submission, const std::string& doubt = "");

}  // namespace ipcgrade
