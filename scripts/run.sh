#!/bin/sh
# Runs a command with the project's own Node and tools on the PATH, installing them first if needed:
#   sh scripts/run.sh node scripts/test.ts

root=$(CDPATH='' cd -P -- "$(dirname -- "$0")/.." && pwd -P) || exit 1
cd "$root" || exit 1
. "$root/scripts/ensure-installed.sh"

exec "$@"
