# Makes sure that everything the project needs is in node_modules, whatever Node the machine has, and the pages in web/dist.
# To be sourced with $root set to the checkout; afterwards $node is the Node to use, and `node` and the
# tools of node_modules/.bin are first on the PATH. Exits with a sentence where it cannot.

. "$root/bin/find-node.sh"

# npm writes .package-lock.json last, so a broken installation has none or an older one.
installed() {
  [ -f "$root/node_modules/.package-lock.json" ] &&
    [ -z "$(find "$root/package-lock.json" -newer "$root/node_modules/.package-lock.json")" ]
}

if ! installed; then
  if ! command -v npm >/dev/null 2>&1; then
    fail_launch "npm is missing, so the libraries cannot be installed. Install Node 20 or newer with npm and try again."
    exit 1
  fi
  printf '%s\n' "Installing what rbbackup needs into $root/node_modules ..." >&2
  if ! (cd "$root" && npm ci --no-audit --no-fund --loglevel=error >&2); then
    fail_launch "npm ci failed; its message is above. Check the connection to the npm registry and try again."
    exit 1
  fi
  # An installation that is the same as before keeps its old date.
  touch "$root/node_modules/.package-lock.json"
fi

find_node "$root" || exit 1
PATH=$(dirname -- "$node"):$root/node_modules/.bin:$PATH
export PATH

# The pages of the consoles: quick when nothing in web/ changed.
if ! sh "$root/scripts/build-web.sh"; then
  printf '%s\n' "The pages could not be built; the consoles will say so instead of showing them." >&2
fi
