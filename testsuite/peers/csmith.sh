#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Random programs of csmith: the same checksum with and without the plugin.
#
#   csmith.sh [N]       programs of seeds SEED .. SEED+N-1 (default 100, from 1)
#
# Each is compiled at five levels, as the analysis decides and with every local moved. A seed whose
# result differs from GCC's at -O0, where GCC's at that level does not, is one line; the last line is 'N passed,
# N failed', a check each program, level and mode. Where the plugin changes nothing at -O0 it changes nothing at
# any level (torture.sh says why), and there is nothing to check. Environment: GCC, BUILD, RUNTIME as for
# torture.sh; SEED; LEVELS and MODES as for torture.sh (-O0,-O1,-O2,-O3,-Os; heapify all); FULL=1 checks what is
# unchanged, too; LIMIT, seconds after which no new program begins (default: never); KEEP=1 keeps the programs
# that fail.
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
# compiled CPU OUT FLAGS...: the program, or with -S its assembly.
compiled() {
    cpu=$1 out=$2
    shift 2
    # shellcheck disable=SC2086
    limited "$cpu" $GCC -w -I"$include" $target "$@" -o "$out"
}
# differ LEVEL: GCC alone at that level gives what it gave at -O0; else the program is to blame, which asks for
# __builtin_clz (0), say, and may then get anything.
differ() {
    compiled 100 "$work/plain" "$1" "$work/p.c" && limited 100 "$work/plain" >"$work/again" 2>&1 &&
        cmp -s "$work/again" "$work/want"
}
# heap LEVEL: the program as the plugin makes it at that level; at -O0 its assembly is there already.
heap() {
    # shellcheck disable=SC2086
    if [ "$1" = -O0 ]; then
        compiled 100 "$work/heap" "$work/heap.s" $RUNTIME
    else
        compiled 100 "$work/heap" "$1" $plugin "$work/p.c" $RUNTIME
    fi
}
passed=0 failed=0 programs=0 changed=0 begun=$(date +%s)
for seed in $(seq "$SEED" $((SEED + ${1:-100} - 1))); do
    [ $(($(date +%s) - begun)) -lt "${LIMIT:-1000000}" ] || break
    target=
    case $((seed % 4)) in # shapes that csmith does not draw by itself
    0) more= ;;
    1) more='--max-funcs 5 --max-block-depth 3' ;;
    2) more='--inline-function --builtins' target=-msse4.2 ;; # of that, too, are some builtins that it knows
    3) more='--max-pointer-depth 5 --max-array-len-per-dim 4 --max-struct-fields 5' ;;
    esac
    # shellcheck disable=SC2086
    csmith --seed "$seed" $more >"$work/p.c"
    compiled 100 "$work/plain.s" -O0 -S "$work/p.c" 2>/dev/null &&
        $GCC "$work/plain.s" -o "$work/plain" 2>/dev/null || continue
    limited 1 "$work/plain" >"$work/want" 2>&1 || continue # endless programs are common
    programs=$((programs + 1)) changes=0
    for mode in $MODES; do
        plugin=-fplugin=$BUILD/goescape.so
        case $mode in # of torture.sh's modes, the others have nothing to do here
        heapify) ;;
        all) plugin="$plugin -fplugin-arg-goescape-select=all" ;;
        *) continue ;;
        esac
        # shellcheck disable=SC2086
        compiled 100 "$work/heap.s" -O0 $plugin -S "$work/p.c" >"$work/log" 2>&1 || : >"$work/heap.s"
        ! cmp -s "$work/heap.s" "$work/plain.s" || [ -n "$FULL" ] || continue
        changes=1
        rest=$LEVELS,
        while [ -n "$rest" ]; do
            level=${rest%%,*} rest=${rest#*,}
            : >"$work/got"
            if { heap "$level" >>"$work/log" 2>&1 && limited 100 "$work/heap" >"$work/got" 2>/dev/null &&
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
    changed=$((changed + changes))
done
echo "  csmith: $programs programs from seed $SEED on, $changed of them changed"
echo "$passed passed, $failed failed"
[ $failed = 0 ]
