#!/bin/sh
# Shows what rbbackup does, with real processes on this machine: npm run demo [-- FOLDER]

root=$(CDPATH='' cd -P -- "$(dirname -- "$0")/.." && pwd -P) || exit 1
. "$root/scripts/ensure-installed.sh"

exec "$node" --disable-warning=ExperimentalWarning "$root/scripts/demo.ts" "$@"
