#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Random programs of csmith: the same checksum with and without the plugin.
#
#   csmith.sh [N]       programs of seeds SEED .. SEED+N-1 (default 100, from 1)
#
# Each is compiled at five levels, as the analysis decides and with every local moved. A seed whose
# result differs from GCC's at -O0, and from GCC's at that level, is one line; the last line is 'N passed,
# N failed', a check each program, level and mode. Environment: GCC, BUILD, RUNTIME as for torture.sh;
# SEED; LEVELS and MODES as for torture.sh (-O0,-O1,-O2,-O3,-Os; heapify all); LIMIT, seconds after
# which no new program begins (default: never); KEEP=1 keeps the programs that fail.
GCC=${GCC:-gcc}
BUILD=${BUILD:-build}
case $BUILD in /*) ;; *) BUILD=$PWD/$BUILD ;; esac
RUNTIME=${RUNTIME:-$BUILD/libgoescape.a -pthread}
SEED=${SEED:-1}
LEVELS=${LEVELS:--O0,-O1,-O2,-O3,-Os}
MODES=${MODES:-heapify all}
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
# differ LEVEL: GCC alone at that level gives what is in $work/got, too: then the program is to blame.
differ() {
    # shellcheck disable=SC2086
    $GCC $1 -w -I"$include" "$work/p.c" -o "$work/plain" && limited 100 "$work/plain" >"$work/again" 2>&1 &&
        ! cmp -s "$work/again" "$work/got"
}
passed=0 failed=0 programs=0 begun=$(date +%s)
for seed in $(seq "$SEED" $((SEED + ${1:-100} - 1))); do
    [ $(($(date +%s) - begun)) -lt "${LIMIT:-1000000}" ] || break
    case $((seed % 4)) in # shapes that csmith does not draw by itself
    0) more= ;;
    1) more='--max-funcs 5 --max-block-depth 3' ;;
    2) more='--inline-function --builtins' ;;
    3) more='--max-pointer-depth 5 --max-array-len-per-dim 4 --max-struct-fields 5' ;;
    esac
    # shellcheck disable=SC2086
    csmith --seed "$seed" $more >"$work/p.c"
    $GCC -O0 -w -I"$include" "$work/p.c" -o "$work/plain" 2>/dev/null || continue
    limited 1 "$work/plain" >"$work/want" 2>&1 || continue # endless programs are common
    programs=$((programs + 1))
    rest=$LEVELS,
    while [ -n "$rest" ]; do
        level=${rest%%,*} rest=${rest#*,}
        for mode in $MODES; do
            case $mode in # of torture.sh's modes, the others have nothing to do here
            heapify) args= ;;
            all) args=-fplugin-arg-goescape-select=all ;;
            *) continue ;;
            esac
            : >"$work/got"
            # shellcheck disable=SC2086
            if { limited 100 $GCC $level -w -I"$include" -fplugin="$BUILD/goescape.so" \
                $args "$work/p.c" -o "$work/heap" $RUNTIME \
                >"$work/log" 2>&1 && limited 100 "$work/heap" >"$work/got" 2>/dev/null &&
                cmp -s "$work/want" "$work/got"; } || ! differ "$level"; then
                passed=$((passed + 1))
            else
                failed=$((failed + 1))
                echo "FAIL: seed $seed $level $mode" \
                    "$(grep -m 1 -E 'internal compiler error|error:' "$work/log")"
                [ -z "$KEEP" ] || cp "$work/p.c" "$BUILD/csmith-$seed.c"
            fi
        done
    done
done
echo "  csmith: $programs programs from seed $SEED on"
echo "$passed passed, $failed failed"
[ $failed = 0 ]
