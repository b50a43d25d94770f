// The command line: one file a subcommand. This is the only module that prints or decides an exit
// status.
#pragma once

namespace ipcgrade {

/// Runs what the arguments ask for; the process's exit status, as `ipcgrade --help` lists them.
[[nodiscard]] int run_app(int argc, char** argv);

}  // namespace ipcgrade
