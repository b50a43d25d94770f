// `ipcgrade sandbox` as a program of its own: the same subcommand without the rest of the grader,
// linked statically. To start it takes a third of the time, which counts where it is called often.
#include "cli/commands.h"

int main(int argc, char** argv) {
  ipcgrade::open_standard_descriptors();
  return ipcgrade::or_ungraded([&] {
    ipcgrade::Context context;
    CLI::App app;
    app.name("ipcgrade");
    app.require_subcommand(1, 1);
    ipcgrade::add_sandbox(app, context);
    return ipcgrade::parse_and_run(argc, argv, app, context);
  });
}
