#!/bin/sh
# Made by `ipcgrade export gradescope @LAB@`. Gradescope runs it once, as root, when it builds the
# image: it installs what the grader needs, builds it, and says what isolation there is. Wants a
# base image of Debian 12, or of a newer one.
set -eu
cd "$(dirname "$0")/ipcgrade"
./ipcgrade list
./ipcgrade doctor || true
