# Starts one of the two programs. Sourced by bin/rbbackup and bin/rbbackupd, with $program set to the
# program's name, $root to the checkout and the user's arguments in place.

. "$root/bin/find-node.sh"

find_node "$root" || exit 1
if [ ! -f "$root/src/cli/$program.ts" ]; then
  fail_launch "$root/src/cli/$program.ts is missing: the checkout is incomplete. Run: git -C '$root' checkout -- src"
  exit 1
fi
if [ ! -d "$root/node_modules/@napi-rs/blake-hash" ]; then
  fail_launch "The libraries in $root/node_modules are missing. Run: npm ci --prefix '$root'"
  exit 1
fi

# Compiled code is kept between starts: 70 ms instead of 300. Only where the user may write it.
if [ -z "${NODE_COMPILE_CACHE:-}" ] && [ -w "$root/node_modules" ]; then
  NODE_COMPILE_CACHE=$root/node_modules/.cache/compile
  export NODE_COMPILE_CACHE
fi

# glibc gives each thread a heap of its own, and none of them gives memory back: some 40 MB in the hub.
MALLOC_ARENA_MAX=${MALLOC_ARENA_MAX:-2}
export MALLOC_ARENA_MAX

# node:sqlite and type stripping announce themselves as experimental at every start. Most of what a program makes lives
# a moment: a young heap of 4 MB a half holds it as well as the usual 16, and each thread has one. Pages and bundles wait
# a little for their turn; V8 would take what is made of them for lasting and make it in the old heap, where some 10 MB
# of garbage more pile up, 30 at worst.
exec "$node" --disable-warning=ExperimentalWarning --max-semi-space-size=4 --no-allocation-site-pretenuring \
  "$root/src/cli/$program.ts" "$@"
