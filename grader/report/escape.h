// Makes bytes that a student chose fit for a terminal, a log, an XML file. Every report passes what
// it did not write itself through one of these.
//
// The notation: \xNN is a byte that is no UTF-8 or an ASCII control, \uNNNN and \UNNNNNNNN a code
// point that would not be seen or would change how its neighbours are seen, \r a carriage return,
// \n a newline where newlines are escaped. Backslashes stay as they are, so that a compiler's
// message reads as the student wrote it; only a run of them that stands before something that reads
// as one of these is doubled. So different bytes always give different texts.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ipcgrade {

enum class Newlines { kKeep, kEscape };

/// Viewers stop showing at about 100,000 characters, and nobody reads so far.
inline constexpr std::size_t kTextCap = 64 * 1024;

/// Valid UTF-8 with no control but tab (and newline, if kept), nothing invisible, no bidirectional
/// controls, no noncharacters. All of it is allowed in XML 1.0, once & and < are entities.
[[nodiscard]] std::string visible(std::string_view bytes, Newlines newlines);

/// The same, but not much longer than `cap` bytes: what does not fit is left out of the middle, on
/// the boundary of a code point and never inside an escape, and a line says how much it was.
[[nodiscard]] std::string visible_capped(std::string_view bytes, Newlines newlines,
                                         std::size_t cap = kTextCap);

/// A line of C, or of what is quoted as in C: backslashes stay what the student wrote, so that an
/// escape here and one that stands there look the same.
[[nodiscard]] std::string visible_c(std::string_view bytes, std::size_t cap = kTextCap);

/// `text` with each `old` made `with`, in one pass from the left.
[[nodiscard]] std::string replaced(std::string_view text, std::string_view old,
                                   std::string_view with);

/// Breaks what CI systems take for commands when it comes in a log or a test report:
/// "[[ATTACHMENT|" (GitLab), "##[" and "##vso[" (Azure, older GitHub runners), "##teamcity[", and
/// "::name" at the start of a line (GitHub). One character of each becomes an escape; text without
/// them is unchanged. REQUIRES: `text` is visible.
[[nodiscard]] std::string defuse(std::string_view text);

/// The same for JSON, in which they can only stand inside a string, where \u0023 is the same as #.
[[nodiscard]] std::string defuse_json(std::string_view json);

/// A path as a relative reference: RFC 3986, 3.3. No first part of it is taken for a scheme.
[[nodiscard]] std::string uri_of(std::string_view path);

/// For formats with an escape of their own, as JSON: valid UTF-8 is unchanged, any other byte
/// becomes \xNN.
[[nodiscard]] std::string valid_utf8(std::string_view bytes);

}  // namespace ipcgrade
