#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What the plugin costs when real code is compiled, as ratios to plain GCC: time, memory, text size.
#
#     testsuite/bench/compile.sh [PREFIX ...]     of the labels below
#
# The units come from the packages that testsuite/peers/packages.sh fetches. Environment: RUNS=5 pairs
# of each; COUNT=1 counts instead the instructions that the compiler proper executes (callgrind's, which a loaded
# machine does not change; fifty times slower). The targets of time are for the medians over sqlite, redis and Tcl,
# which stand last.
set -eu
cd "$(dirname "$0")/../.."
BUILD=${BUILD:-build}
case $BUILD in /*) ;; *) BUILD=$PWD/$BUILD ;; esac
gcc=${GCC:-gcc} runs=${RUNS:-5} peers=$BUILD/peers/packages
pair=$BUILD/testsuite/bench/pair out=$BUILD/testsuite/bench/unit.o
plugin="-fplugin=$BUILD/goescape.so"
chosen="$*"
export BUILD

wanted() {
    [ -n "$chosen" ] || return 0
    for prefix in $chosen; do
        case $1 in "$prefix"*) return 0 ;; esac
    done
    return 1
}
text() { size "$out" | awk 'NR == 2 { print $1 }'; }

# instructions COMMAND...: what cc1 executes of it, without an assembler.
instructions() {
    "$@" -S -o /dev/null -wrapper valgrind,--tool=callgrind,--callgrind-out-file=/dev/null 2>&1 |
        sed -n 's/.*Collected : \([0-9]*\).*/\1/p'
}

# unit PACKAGE FOLDER FILE FLAGS...
unit() {
    package=$1 folder=$2 file=$3
    shift 3
    wanted "$package" || return 0
    [ -d "$peers/$package/plain/$folder" ] || sh testsuite/peers/packages.sh plain "$package" || return 0
    (
        cd "$peers/$package/plain/$folder"
        case $package:$file in # its settings are options, which make knows
        tcl:*.i)
            rm -f "${file%.i}.o"
            make -n "${file%.i}.o" | sed -n 's/ -c / -E /; s/ -o [^ ]*//; s/.* -E .*/&/p' | sh >"$file"
            ;;
        esac
        for level in -O2 -O0; do
            of="$gcc $level $* $file" # with warnings, as people compile
            compile="$of -c -o $out 2>/dev/null" with="$of $plugin -c -o $out 2>/dev/null"
            target='<= 1.03'
            [ $level = -O2 ] || target='<= 1.10'
            if [ -n "${COUNT:-}" ]; then
                # shellcheck disable=SC2086
                awk -v a="$(instructions $of $plugin)" -v b="$(instructions $of)" \
                    -v label="$package $file $level: instructions" -v target="$target" \
                    'BEGIN { printf "%-44s %6.3f  (%.4g / %.4g; target %s)\n", label, a / b, a, b, target }'
                continue
            fi
            "$pair" -n "$runs" "$package $file $level: time" "$target" "$with" "$compile"
            [ $level = -O2 ] || continue
            "$pair" -n 1 -m "$package $file $level: peak memory" '<= 1.05' "$with" "$compile"
            sh -c "$compile" && plain=$(text)
            sh -c "$with" && awk -v a="$(text)" -v b="$plain" -v label="$package $file $level: text" \
                'BEGIN { printf "%-44s %6.3f  (%d / %d bytes; target <= 1.01)\n", label, a / b, a, b }'
        done
    )
}

all_units() {
    redis='-std=c11 -I../deps/hiredis -I../deps/linenoise -I../deps/lua/src -I../deps/hdr_histogram'
    unit zlib . deflate.c
    unit zlib . inflate.c
    unit cjson . cJSON.c
    unit oniguruma src regexec.c -I. -I.. -DHAVE_CONFIG_H
    for file in dict.c t_zset.c server.c networking.c; do
        # shellcheck disable=SC2086
        unit redis src $file $redis
    done
    unit sqlite . sqlite3.c
    unit tcl unix tclBasic.i
    unit tcl unix tclExecute.i
}

# medians LEVEL TARGET <LINES: of the ratios of time, or instructions, at that level.
medians() {
    sed -n "s/^\(sqlite\|redis\|tcl\) .* $1: \(time\|instructions\) *\([0-9.]*\) .*/\3/p" | sort -n |
        awk -v level="$1" -v target="$2" '{ r[NR] = $1 }
            END { if (NR) printf "%-44s %6.3f  (of %d; target %s)\n", "sqlite, redis, tcl " level ": median",
                                 (r[int((NR + 1) / 2)] + r[int(NR / 2) + 1]) / 2, NR, target }'
}

lines=$BUILD/testsuite/bench/compile.lines
rm -f "$lines.ended"
{ all_units; : >"$lines.ended"; } | tee "$lines"
[ -e "$lines.ended" ]
medians -O2 '<= 1.03' <"$lines"
medians -O0 '<= 1.10' <"$lines"
