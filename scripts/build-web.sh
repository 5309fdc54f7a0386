#!/bin/sh
# Builds the pages of the consoles, web/dist, from web/ if they are missing or older than it: sh scripts/build-web.sh
# May run several times at once; web/dist is replaced as a whole.

root=$(CDPATH='' cd -P -- "$(dirname -- "$0")/.." && pwd -P) || exit 1

[ -d "$root/web" ] || exit 0

# Its date is when the build began, so that what changed meanwhile is newer. Folders tell of files that are gone.
built=$root/web/dist/hub.html
newer() {
  find "$root/web" "$root/src/console/api" "$root/package-lock.json" \
    -path "$root/web/dist*" -prune -o \( -type f -o -path "$root/web/src/*" \) -newer "$built" -print |
    head -n 1
}
if [ -f "$built" ] && [ -z "$(newer)" ]; then
  exit 0
fi

if [ ! -f "$root/node_modules/vite/bin/vite.js" ]; then
  echo "rbbackup: vite is missing, so the pages cannot be built. Run: npm ci --prefix '$root'" >&2
  exit 1
fi
. "$root/bin/find-node.sh"
find_node "$root" || exit 1

fresh=$root/web/dist.$$
trap 'rm -rf "$fresh" "$fresh.old" "$fresh.begun"' EXIT
trap 'exit 130' HUP INT TERM
printf '%s\n' "Building the pages of the consoles into $root/web/dist ..." >&2
: >"$fresh.begun" || exit 1
(cd "$root/web" && NO_COLOR=1 "$node" "$root/node_modules/vite/bin/vite.js" build \
  --outDir "$fresh" --emptyOutDir --logLevel warn >&2) || exit 1
touch -r "$fresh.begun" "$fresh/hub.html" || exit 1
if [ -d "$root/web/dist" ]; then
  mv "$root/web/dist" "$fresh.old"
fi
mv "$fresh" "$root/web/dist"
# Where another build came in between, ours went into its folder.
rm -rf "$root/web/dist/dist.$$"
