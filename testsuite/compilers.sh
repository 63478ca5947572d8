#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Build goescape with each GCC from 13 to 16 and run the tests that depend on the compiler.
#
#     testsuite/compilers.sh [VERSION ...]          default: 13 14 15 16
#
# The compilers come from Debian's development release, which debootstrap unpacks into $ROOT
# (default: $BUILD/sid; kept for the next time).  Needs root.  Ends with a table and with a line
# 'N passed, N failed'; logs lie in $BUILD/compilers/.
#     TESTS   what is run (default: the areas below)
#     MIRROR  where the packages come from (default: where this system's do)
set -u
cd "$(dirname "$0")/.." || exit 1
BUILD=${BUILD:-build}
ROOT=${ROOT:-$PWD/$BUILD/sid}
# Where this system's own packages come from.
MIRROR=${MIRROR:-$(apt-get indextargets --format '$(REPO_URI)' 2>/dev/null | grep -v -- '-security' | head -n 1)}
TESTS=${TESTS:-matcher/ unit/ verdicts/ run/ closures/ examples/ cli/bad-input cli/formats cli/options}
logs=$BUILD/compilers
[ $# -gt 0 ] || set -- 13 14 15 16

if [ "$(id -u)" != 0 ]; then
    echo "compilers: unpacking another Debian needs root" >&2
    exit 1
fi
mkdir -p "$logs" "$ROOT"
packages='make pkg-config check libc6-dev libjson-c-dev'
for v; do packages="$packages gcc-$v g++-$v gcc-$v-plugin-dev libgccjit-$v-dev"; done

in_root() { chroot "$ROOT" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C "$@"; }
if [ ! -x "$ROOT/usr/bin/apt-get" ]; then
    command -v debootstrap >/dev/null || apt-get install -y debootstrap >"$logs/debootstrap" 2>&1
    echo "compilers: unpacking Debian's development release into $ROOT"
    if ! debootstrap --variant=minbase sid "$ROOT" "$MIRROR" >>"$logs/debootstrap" 2>&1; then
        tail -n 5 "$logs/debootstrap"
        exit 1
    fi
fi
mount -t proc proc "$ROOT/proc" || exit 1
trap 'umount "$ROOT/proc"' EXIT
# shellcheck disable=SC2086
if ! in_root dpkg -s $packages >/dev/null 2>&1; then
    echo "compilers: installing$(printf ' gcc-%s' "$@")"
    cp /etc/resolv.conf "$ROOT/etc/resolv.conf"
    if ! { in_root apt-get -o Acquire::Check-Valid-Until=false update && in_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y --no-install-recommends $packages; } >"$logs/install" 2>&1; then
        tail -n 5 "$logs/install"
        exit 1
    fi
fi

# The tracked files as they are now, so that one can test before one commits.
rm -rf "$ROOT/src"
mkdir "$ROOT/src"
git ls-files -z | tar cf - --null -T - | tar xf - -C "$ROOT/src"

passed=0 failed=0
: >"$logs/table"
for v; do
    log=$logs/gcc-$v
    if in_root make -C /src GCC="gcc-$v" BUILD="build-$v" tests >"$log" 2>&1; then
        warnings=$(grep -c 'warning:' "$log")
        # shellcheck disable=SC2086
        in_root env GCC="gcc-$v" GXX="g++-$v" BUILD="build-$v" sh /src/testsuite/run.sh $TESTS >>"$log" 2>&1
        result=$(tail -n 1 "$log")
    else
        warnings=$(grep -c 'warning:' "$log") result='0 passed, 1 failed (does not build)'
    fi
    [ "$warnings" = 0 ] || result="$result, $warnings warnings in the build"
    printf 'gcc-%-4s %s\n' "$v" "$result" | tee -a "$logs/table"
    n=${result%% *} rest=${result#*, }
    passed=$((passed + n)) failed=$((failed + ${rest%% *}))
done
echo "$passed passed, $failed failed"
[ $failed = 0 ]
