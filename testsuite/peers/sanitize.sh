#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The plugin itself under AddressSanitizer and UndefinedBehaviorSanitizer, and under valgrind, while it
# compiles GCC's torture tests.
#
#   sanitize.sh [STEP]      every STEP-th test (default 1) sanitized, a hundredth of that in valgrind
#
# $BUILD/goescape.so must have been built with SAN=1 (`make check-sanitize` does); PLAIN is the folder of
# the usual build, for valgrind (default: the folder above). A finding ends the compiler, and so shows as
# a test that fails with the plugin only. The last line is 'N passed, N failed'.
BUILD=${BUILD:-build/san}
case $BUILD in /*) ;; *) BUILD=$PWD/$BUILD ;; esac
PLAIN=${PLAIN:-${BUILD%/*}}
GCC=${GCC:-gcc}
step=${1:-1}
here=$(dirname "$0")
export BUILD
ldd "$BUILD/goescape.so" | grep -q libasan || {
    echo "sanitize.sh: $BUILD/goescape.so is not built with SAN=1" >&2
    exit 1
}
# The compiler is not sanitized, so the library must be there before it. GCC leaks by design.
asan=$($GCC -print-file-name=libasan.so)
{
    export ASAN_OPTIONS=detect_leaks=0:abort_on_error=1 UBSAN_OPTIONS=print_stacktrace=1
    sanitized="env LD_PRELOAD=$asan $GCC"
    GCC=$sanitized PLUGIN_ARGS='mode=check m=2' sh "$here/torture.sh" set compile "$step" -O0
    GCC=$sanitized PLUGIN_ARGS='' sh "$here/torture.sh" set compile "$step" -O0
    GCC=$sanitized PLUGIN_ARGS=select=all sh "$here/torture.sh" set compile "$step" -O0
    if command -v valgrind >/dev/null; then
        # Reads of undefined values: GCC's own allocator gives memory that valgrind takes for defined. The
        # compiler's own are left out, or no test that has a function would pass, with or without the plugin.
        own=$BUILD/valgrind.supp
        for kind in Cond Value8 Value4; do
            printf '{\n   the compiler itself\n   Memcheck:%s\n   obj:*/cc1\n}\n' $kind
        done >"$own"
        BUILD=$PLAIN PLUGIN_ARGS=m=2 \
            GCC="$GCC -wrapper valgrind,-q,--error-exitcode=9,--leak-check=no,--suppressions=$own" \
            sh "$here/torture.sh" set compile $((step * 100)) -O0
    fi
} | awk '/^[0-9]+ passed, [0-9]+ failed$/ { passed += $1; failed += $3; next }
         { print; fflush() }
         END { print passed + 0 " passed, " failed + 0 " failed"; exit failed > 0 || !passed }'
