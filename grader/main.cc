#include "cli/app.h"

int main(int argc, char** argv) { return ipcgrade::run_app(argc, argv); }
