#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The plugin itself under AddressSanitizer and UndefinedBehaviorSanitizer, and under valgrind, while it
# compiles GCC's torture tests.
#
#   sanitize.sh [STEP]      every STEP-th test (default 10) sanitized, every (20 * STEP)-th of them also while GCC
#                           collects its trees all the time
#   sanitize.sh valgrind [STEP]     every (20 * STEP)-th test in valgrind, which takes seconds each
#
# With each: only looking, as users have it, with every local moved, and with a report and summaries (of files
# that have nothing to do with one another but the names of their functions). `make check-sanitize STEP=1` is all
# of it.
#
# $BUILD/goescape.so must have been built with SAN=1 (`make check-sanitize` does); PLAIN is the folder of
# the usual build, for valgrind (default: the folder above). A finding ends the compiler, and so shows as
# a test that fails with the plugin only. The last line is 'N passed, N failed'.
BUILD=${BUILD:-build/san}
case $BUILD in /*) ;; *) BUILD=$PWD/$BUILD ;; esac
PLAIN=${PLAIN:-${BUILD%/*}}
GCC=${GCC:-gcc}
here=$(dirname "$0")
parts='sanitized valgrind'
[ "${1:-}" != valgrind ] || { parts=valgrind; shift; }
step=${1:-10}
export GCC BUILD TORTURE="${TORTURE:-$PLAIN/peers/gcc}"
work=$(mktemp -d) || exit 1
files=$work/files
trap 'rm -rf "$work"' EXIT

# sets STEP OPTS: the plugin as BUILD and GCC say, with each of its ways to compile.
sets() {
    rm -rf "$files" && mkdir -p "$files/sum"
    for args in 'mode=check m=2' '' select=all "m=2 report=$files/report summaries=$files/sum" \
        "report=$files/report summaries=$files/sum"; do # reads the summaries that the set before it wrote
        PLUGIN_ARGS=$args sh "$here/torture.sh" set compile "$1" "$2" | sed "s|$files/||g"
    done
    # What many compilers wrote into one file at a time can be read; a small sample may have nothing to write.
    [ -s "$files/report" ] || return
    if "$PLAIN/goescape-report" "$files/report" >"$files/shown" 2>&1; then
        echo '1 passed, 0 failed'
    else
        echo 'FAIL: the report cannot be read'
        grep -m 5 error: "$files/shown"
        echo '0 passed, 1 failed'
    fi
}

# The compiler is not sanitized, so the library must be there before it. GCC leaks by design.
sanitized() (
    ldd "$BUILD/goescape.so" | grep -q libasan || {
        echo "FAIL: $BUILD/goescape.so is not built with SAN=1"
        echo '0 passed, 1 failed'
        return
    }
    export ASAN_OPTIONS=detect_leaks=0:abort_on_error=1 UBSAN_OPTIONS=print_stacktrace=1
    GCC="env LD_PRELOAD=$($GCC -print-file-name=libasan.so) $GCC"
    sets "$step" -O0
    sets $((step * 20)) '-O2 --param ggc-min-expand=0 --param ggc-min-heapsize=0'
)

# Reads of undefined values: GCC's own allocator gives memory that valgrind takes for defined. The compiler's
# own are left out, or no test that has a function would pass, with or without the plugin. The plugin brings its
# own C++ library, so what it gives to the compiler is made by its operator new, which valgrind does not know, and
# freed by the compiler's operator delete: no mismatch, both are malloc and free.
under_valgrind() (
    for kind in Cond Value8 Value4; do
        printf '{\n   the compiler itself\n   Memcheck:%s\n   obj:*/cc1\n}\n' $kind
    done >"$work/own"
    BUILD=$PLAIN
    GCC="$GCC -wrapper valgrind,-q,--error-exitcode=9,--leak-check=no,--show-mismatched-frees=no,--suppressions=$work/own"
    sets $((step * 20)) -O0
)

for part in $parts; do
    echo "$part:"
    case $part in
    sanitized) sanitized ;;
    valgrind) under_valgrind ;;
    esac
done | awk '/^[0-9]+ passed, [0-9]+ failed$/ { passed += $1; failed += $3; next }
         { print; fflush() }
         END { print passed + 0 " passed, " failed + 0 " failed"; exit failed > 0 || !passed }'
