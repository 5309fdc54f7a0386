#!/bin/sh
# Compiles assembly/gear.ts to src/chunk/gear.wasm, or to the path given. The binary is committed; a test
# compiles again and compares.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
node=${NODE:-node}
cd "$here"
exec "$node" node_modules/assemblyscript/bin/asc.js assembly/gear.ts \
  --outFile "${1:-src/chunk/gear.wasm}" --runtime stub --importMemory --noAssert -O3
