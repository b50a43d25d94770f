// Puts a report into a file so that a reader sees the old one or the new one and nothing between,
// and so that the old one is still there when the new one could not be written.
#pragma once

#include <filesystem>
#include <string_view>

#include "sandbox/error.h"

namespace ipcgrade {

/// Links are followed. What exists and is not a regular file (a FIFO, /dev/null, /dev/stdout) is
/// written to and not replaced; opening a FIFO waits for its reader. The caller ignores SIGPIPE,
/// if a reader that goes away is to be an error and not the end.
///
/// The error's text is visible and ends in the reason: "write out/report.xml: the disk is full:
/// No space left on device".
[[nodiscard]] sandbox::Expected<void> write_report(const std::filesystem::path& path,
                                                   std::string_view text);

}  // namespace ipcgrade
