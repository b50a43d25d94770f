// Whose hand-in is what: the names in a folder or an archive, as a learning platform hands them
// out, matched with students. Names only; nothing is opened here.
//
// Canvas, "Download Submissions": {name}[_LATE]_{user}_{attachment}_{file}, all files in one
//   folder; where it grades without names [LATE_]anon_{word}_{attachment}_{file}; what was typed in
//   is …_text.html, an address …_link.html. A file that was handed in again is called
//   {stem}-{n}.{ending}. (lib/content_zipper.rb of canvas-lms)
// Moodle, "Download all submissions": folders {Full name}_{id}_assignsubmission_file[_], or, where
//   that was asked for, files {Full name}_{id}_assignsubmission_file_{file}.
// Gradescope, "Export Submissions": folders submission_{id}, and submission_metadata.yml, which
// says
//   whose they are.
// GitHub Classroom, `gh classroom clone student-repos`: a folder a repository, {assignment}-{user}.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sandbox/error.h"

namespace ipcgrade {

enum class Platform { kNone, kCanvas, kMoodle, kGradescope };

/// Something at the top of what was handed out.
struct InputEntry {
  std::string name;
  bool is_folder = false;
  bool is_repository = false;  ///< of git
};

/// What a student handed in, in one piece or several.
struct Handin {
  std::string key;  ///< by which it is known here: unique, and fit for a file's name
  /// What that would be if names were told; empty: they are.
  std::string named_key{};
  std::string student;  ///< the name that the platform has; any bytes
  std::string id;       ///< the platform's number or word for the student or the hand-in, or empty
  std::string email;    ///< where that is known; of a group, as its ids, all with ", " between
  bool late = false;    ///< as the platform says
  struct Part {
    std::string entry;      ///< InputEntry::name
    std::string file_name;  ///< what its student called it; of a folder: empty
  };
  std::vector<Part> parts{};
  std::vector<std::string> notes{};  ///< what became of the rest of it, a sentence each

  /// The same in every batch, anonymous or not.
  [[nodiscard]] const std::string& identity() const { return named_key.empty() ? key : named_key; }
};

/// What Canvas calls a file.
struct CanvasName {
  std::string student;  ///< lower case; "anon" where names are not told
  std::string id;       ///< of the user; without names a word
  bool late = false;
  std::string attachment;  ///< the number of the file
  std::string file;        ///< what its student called it
  std::string prefix;      ///< all before that
};
[[nodiscard]] std::optional<CanvasName> parse_canvas_name(const std::string& name);

/// Who handed it out, by the names at the top.
[[nodiscard]] Platform platform_of(const std::vector<InputEntry>& entries);

/// What could not be matched, and why.
struct Unmatched {
  std::string name;
  std::string reason;
};

struct Matched {
  Platform platform = Platform::kNone;
  std::vector<Handin> handins;       ///< sorted by key
  std::vector<Unmatched> unmatched;  ///< sorted by name
};

/// What Gradescope calls the file that says whose folders they are.
inline constexpr const char* kGradescopeMetadata = "submission_metadata.yml";

/// Of that file: by the name of the folder.
struct Submitter {
  std::string name, sid, email;
};
using GradescopeMetadata = std::map<std::string, std::vector<Submitter>>;
[[nodiscard]] sandbox::Expected<GradescopeMetadata> parse_gradescope_metadata(
    const std::string& yaml);

/// `programs`: names of the lab's programs, by which "server-1.c" is known for a second "server.c".
[[nodiscard]] Matched match_handins(const std::vector<InputEntry>& entries,
                                    const GradescopeMetadata& metadata,
                                    const std::vector<std::string>& programs);

/// What a Mac or Windows leaves in folders and archives, "__MACOSX", ".DS_Store", "._server.c";
/// and of folders those that tools keep beside the sources, ".git", "node_modules".
[[nodiscard]] bool is_litter(const std::string& name, bool is_folder = false);

}  // namespace ipcgrade
