#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The rewriter with every local moved (select=all): its own program at every option that reaches
# another part of GCC, then a sample of GCC's torture tests where Debian's gcc-12-source is there.
GCC=${GCC:-gcc}
BUILD=${BUILD:-build}
TMP=${TMP:-$BUILD/check/peers}
case $BUILD in /*) ;; *) BUILD=$PWD/$BUILD ;; esac
here=$(dirname "$0")
mkdir -p "$TMP"

while read -r options; do
    # shellcheck disable=SC2086
    if $GCC $options -w -fplugin="$BUILD/goescape.so" -fplugin-arg-goescape-select=all \
        "$here/rewrite.c" -o "$TMP/rewrite" "$BUILD/libgoescape.a" -pthread &&
        ASAN_OPTIONS=detect_leaks=0 "$TMP/rewrite" >"$TMP/out" 2>&1 &&
        [ "$(cat "$TMP/out")" = good ]; then
        echo "ok rewrite.c $options"
    else
        echo "not ok rewrite.c $options"
        head -n 5 "$TMP/out"
    fi
done <<END
-O0
-O1
-O2 -flto
-O3 -g
-Os
-Og -g
-O1 -fsanitize=address
-O0 -fsanitize=address,undefined
-O2 -fsanitize=undefined
-O2 -ftrivial-auto-var-init=zero
-O2 -D_FORTIFY_SOURCE=2
-O1 -fstack-reuse=none
-O2 -fexceptions -fnon-call-exceptions
-O2 -fopenmp
-O2 -finstrument-functions
-O0 --coverage
-O2 -fPIC
-O2 --param ggc-min-expand=0 --param ggc-min-heapsize=0
END
rm -f ./*-rewrite.gcda ./*-rewrite.gcno rewrite.gcda rewrite.gcno

if ls /usr/src/gcc-12/gcc-12*.tar.* >/dev/null 2>&1; then
    JOBS=${JOBS:-2} sh "$here/torture.sh" quick >"$TMP/torture"
    sed -n -e 's/^FAIL/not ok/p' -e 's/^  \(.* passed, 0 failed\)$/ok \1/p' "$TMP/torture"
fi
