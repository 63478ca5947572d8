#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Random programs of csmith: the same checksum with and without the plugin.
#
#   csmith.sh [N]       programs of seeds SEED .. SEED+N-1 (default 100, from 1)
#
# Each is compiled at five levels, as the analysis decides and with every local moved. A seed whose
# result differs is one line; the last line is 'N passed, N failed', a check each program, level and
# mode. Environment: GCC, BUILD, SEED, RUNTIME as for torture.sh; KEEP=1 keeps the programs that fail.
GCC=${GCC:-gcc}
BUILD=${BUILD:-build}
case $BUILD in /*) ;; *) BUILD=$PWD/$BUILD ;; esac
RUNTIME=${RUNTIME:-$BUILD/libgoescape.a -pthread}
SEED=${SEED:-1}
include=$(ls -d /usr/include/csmith* 2>/dev/null | head -n 1)
command -v csmith >/dev/null && [ -n "$include" ] || {
    echo "csmith.sh: needs the packages csmith and libcsmith-dev" >&2
    exit 1
}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
# limited SECONDS COMMAND...: of processor time, so that a loaded machine makes no difference.
limited() {
    # shellcheck disable=SC3045 # every sh of Linux has it
    (ulimit -t "$1" && shift && exec "$@")
}
passed=0 failed=0
for seed in $(seq "$SEED" $((SEED + ${1:-100} - 1))); do
    csmith --seed "$seed" >"$work/p.c"
    for level in -O0 -O1 -O2 -O3 -Os; do
        # shellcheck disable=SC2086
        $GCC $level -w -I"$include" "$work/p.c" -o "$work/plain" 2>/dev/null || continue
        limited 1 "$work/plain" >"$work/want" 2>&1 || continue 2 # endless programs are common
        for select in escaping all; do
            # shellcheck disable=SC2086
            if limited 100 $GCC $level -w -I"$include" -fplugin="$BUILD/goescape.so" \
                -fplugin-arg-goescape-select=$select "$work/p.c" -o "$work/heap" $RUNTIME \
                >"$work/log" 2>&1 && limited 100 "$work/heap" >"$work/got" 2>/dev/null &&
                cmp -s "$work/want" "$work/got"; then
                passed=$((passed + 1))
            else
                failed=$((failed + 1))
                echo "FAIL: seed $seed $level select=$select" \
                    "$(grep -m 1 -E 'internal compiler error|error:' "$work/log")"
                [ -z "$KEEP" ] || cp "$work/p.c" "$BUILD/csmith-$seed.c"
            fi
        done
    done
done
echo "$passed passed, $failed failed"
[ $failed = 0 ]
