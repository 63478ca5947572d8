#!/bin/sh
# Install what building and testing need and this machine lacks.
#
#     tools/setup.sh [build|check|peers|all]        (default: check)
#
# build: to build and run the examples; check: also to run the tests; peers: also the long
# comparisons with other tools.  Says what it installs.  Installs as root, else through sudo;
# where there is no apt it prints the names to install and stops.  Installs nothing, and takes
# a few milliseconds, when everything is there.
set -eu

level=${1:-check}
GCC=${GCC:-gcc}
missing=

need() { missing="$missing $1"; }
have() { command -v "$1" >/dev/null 2>&1; }
# has_header NAME: the C compiler finds <NAME>.
has_header() { echo "#include <$1>" | "$GCC" -E -x c - >/dev/null 2>&1; }

case $level in
build | check | peers | all) ;;
*) echo "usage: tools/setup.sh [build|check|peers|all]" >&2; exit 2 ;;
esac

if ! have "$GCC"; then
    echo "setup: there is no compiler '$GCC'; install it, or name another with GCC=" >&2
    exit 1
fi
major=$("$GCC" -dumpversion)
major=${major%%.*}

if [ "$major" -lt 12 ] || "$GCC" -dM -E -x c /dev/null | grep -q __clang__; then
    echo "setup: '$GCC' is not GCC 12 or newer, which the plugin needs" >&2
    exit 1
fi

# The matching C++ compiler is found the way the Makefile finds it.
case $GCC in
*/*) gxx=${GCC%/*}/$(basename "$GCC" | sed 's/gcc/g++/') ;;
*) gxx=$(echo "$GCC" | sed 's/gcc/g++/') ;;
esac
if ! have "${GXX:-$gxx}"; then
    case $gxx in *-"$major") need "g++-$major" ;; *) need g++ ;; esac
fi
[ -f "$("$GCC" -print-file-name=plugin)/include/gcc-plugin.h" ] || need "gcc-$major-plugin-dev"
[ -e "$("$GCC" -print-file-name=libc.so)" ] && [ -f /usr/include/stdio.h ] || need libc6-dev
has_header json-c/json.h || need libjson-c-dev

if [ "$level" != build ]; then
    has_header check.h || need check
    has_header libgccjit.h || need "libgccjit-$major-dev"
    have pkg-config || need pkg-config
    have valgrind || need valgrind
    have gdb || need gdb
    # Programs whose malloc is another one, in testsuite/process; where a release has no such package, that test
    # says so and is skipped.
    # other LIBRARY PACKAGE...: the first of these packages that there is, unless the library is here.
    other() {
        case $("$GCC" -print-file-name="$1") in /*) return ;; esac
        have apt-cache || return 0
        shift
        for package; do
            if apt-cache show "$package" >/dev/null 2>&1; then need "$package"; return; fi
        done
    }
    other libjemalloc.so.2 libjemalloc2
    other libmimalloc.so.2 libmimalloc3 libmimalloc2.0
    other libtcmalloc_minimal.so.4 libtcmalloc-minimal4t64 libtcmalloc-minimal4
fi

if [ "$level" = peers ] || [ "$level" = all ]; then
    have csmith || need csmith
    has_header csmith.h || [ -d /usr/include/csmith ] || need libcsmith-dev
    have go || need golang-go
    # libFuzzer, for testsuite/fuzz/parsers.sh; any clang will do.
    ls /usr/lib/llvm-*/lib/clang/*/lib/linux/libclang_rt.fuzzer-*.a >/dev/null 2>&1 ||
        { need clang-14; need libclang-rt-14-dev; }
    # What testsuite/closures/aarch64.sh compiles and runs the runtime with.
    have aarch64-linux-gnu-gcc || need "gcc-aarch64-linux-gnu libc6-dev-arm64-cross"
    have qemu-aarch64 || need qemu-user
    # What the packages of testsuite/peers/packages.sh are built and tested with.
    for tool in cmake autoconf automake jq; do have $tool || need $tool; done
    have libtoolize || need libtool
    have tclsh || need tcl
    ls /usr/lib/*/tcl8.6/tclConfig.sh >/dev/null 2>&1 || need tcl8.6-dev
    have dpkg-source || need dpkg-dev
    ls /usr/src/gcc-*/gcc-*.tar.* >/dev/null 2>&1 || need "gcc-$major-source"
fi

[ -n "$missing" ] || exit 0

echo "setup: missing:$missing"
if ! have apt-get; then
    echo "setup: this system has no apt; please install the packages above (these are Debian's" >&2
    echo "setup: names) with its own package manager and run the command again" >&2
    exit 1
fi

sudo=
if [ "$(id -u)" != 0 ]; then
    have sudo || { echo "setup: neither root nor sudo: run  apt-get install$missing  as root" >&2; exit 1; }
    sudo=sudo
fi
# shellcheck disable=SC2086 # a list of package names
install() { $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing; }
log=$(mktemp)
trap 'rm -f "$log"' EXIT
echo "setup: installing them"
if ! install >"$log" 2>&1; then
    # Package lists of a fresh machine may be empty or old.
    if ! { $sudo apt-get update && install; } >"$log" 2>&1; then
        tail -n 20 "$log" >&2
        echo "setup: installation failed" >&2
        exit 1
    fi
fi
echo "setup: done"
