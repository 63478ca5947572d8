#!/bin/sh
# What the analysis costs: its share of `gcc -O2`, and whether its time grows with the program.
#
#     testsuite/bench/analysis.sh [PREFIX ...]    of the labels below, e.g. share-zlib, shape-switch, share, shape
#
# Both come from -ftime-report: the plugin's passes count as "plugin execution". User CPU time; sums over at least
# RUNS=5 runs for the share, sums of as many runs as give 0.3 seconds for the shapes (analysis/shapes.c), which
# print microseconds for each element at growing sizes and the last against the first. A compilation
# may take LIMIT=300 seconds.
#
# The share is taken on three units of Debian's: cJSON.c, zlib's deflate.c and sqlite3.c, fetched by apt-get
# into $BUILD/bench-analysis (SOURCES=DIR says where they lie unpacked already: DIR/cjson-*, DIR/zlib-*,
# DIR/sqlite3-*; UNITS='FILE ...' takes other units). Whatever cannot be measured is an error.
set -eu
export LC_ALL=C
cd "$(dirname "$0")/../.."
build=${BUILD:-build} cc=${GCC:-gcc} runs=${RUNS:-5} limit=${LIMIT:-300}
case $build in /*) ;; *) build=$PWD/$build ;; esac
work=$build/bench-analysis
plugin="-fplugin=$build/goescape.so -fplugin-arg-goescape-mode=check -fplugin-arg-goescape-warn=none"
chosen="$*"
mkdir -p "$work"

fail() {
    echo "analysis.sh: $*" >&2
    exit 1
}

wanted() {
    [ -n "$chosen" ] || return 0
    for prefix in $chosen; do
        case $1 in "$prefix"*) return 0 ;; esac
    done
    return 1
}

# timed OPTION... FILE: seconds of the plugin's passes and of the whole compilation; false: over LIMIT.
timed() {
    # shellcheck disable=SC2086
    timeout "$limit" "$cc" -w -ftime-report $plugin -S -o /dev/null "$@" >"$work/report" 2>&1 || {
        [ $? != 124 ] || return 1
        tail -n 5 "$work/report" >&2
        fail "cannot compile $*"
    }
    awk '/^ *plugin execution *:/ { split($0, p, ":"); split(p[2], q); plugin = q[1] }
         /^ *TOTAL *:/ { split($0, p, ":"); split(p[2], q); total = q[1] }
         END { if (total == "") exit 1; print plugin + 0, total }' "$work/report" ||
        fail "no times in what $cc reports for $*"
}

# GCC leaves out of its report what took no time: make sure once that the plugin is in it.
measurable() {
    "$cc" -O2 -o "$work/shapes" testsuite/bench/analysis/shapes.c || fail "cannot compile shapes.c"
    "$work/shapes" locations 10000 >"$work/shape.c"
    timed -O0 "$work/shape.c" >"$work/times" || fail "even that takes more than $limit s"
    awk '{ exit !($1 > 0) }' "$work/times" || fail "$cc -ftime-report says nothing of the plugin's passes"
}

# ---- the share of gcc -O2 ----

# Debian's sources of PACKAGE, unpacked in $work; its folder.
unpack() {
    folder=$(find "${SOURCES:-$work}" -maxdepth 1 -type d -name "$1-*" | head -n 1)
    if [ -z "$folder" ] && [ -z "${SOURCES:-}" ]; then
        fetch "$1" >"$work/$1.log" 2>&1 || fail "apt-get cannot fetch the source of $1: see $work/$1.log"
        folder=$(find "$work" -maxdepth 1 -type d -name "$1-*" | head -n 1)
    fi
    [ -n "$folder" ] || fail "no source of $1 in ${SOURCES:-$work}"
    echo "$folder"
}

# apt-get source with this system's archives, as sources, in lists of our own.
fetch() {
    command -v apt-get && command -v dpkg-source || return 1
    mkdir -p "$work/apt/parts" "$work/apt/lists/partial"
    for list in /etc/apt/sources.list /etc/apt/sources.list.d/debian.*; do
        [ -f "$list" ] || continue
        sed 's/^Types: deb$/Types: deb-src/; s/^deb /deb-src /' "$list" >"$work/apt/parts/${list##*/}"
    done
    [ ! -f "$work/apt/parts/sources.list" ] || mv "$work/apt/parts/sources.list" "$work/apt/parts/all.list"
    set -- "$1" -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$work/apt/parts" \
        -o Dir::State::lists="$work/apt/lists"
    package=$1
    shift
    [ -f "$work/apt/updated" ] || apt-get "$@" update
    touch "$work/apt/updated"
    (cd "$work" && apt-get "$@" source "$package")
}

# share_of LABEL FILE: at least RUNS runs, and as many as take 10 seconds: GCC's clock ticks 100 times a second,
# so of a short compilation only the sum over many says anything.
share_of() {
    label=$1
    shift
    i=0
    : >"$work/times"
    until [ "$i" -ge "$runs" ] && awk '{ s += $2 } END { exit s < 10 }' "$work/times"; do
        timed -O2 "$@" >>"$work/times" || fail "$label takes more than $limit s: give LIMIT="
        i=$((i + 1))
    done
    awk -v label="$label" '
        { sum += $1; all += $2 }
        NR == 1 || $1 / $2 < least { least = $1 / $2 }
        $1 / $2 > most { most = $1 / $2 }
        END { printf "%-22s %5.1f%% of %.2f s, %d runs together", label, 100 * sum / all, all / NR, NR
              printf " (one run: %.1f%% to %.1f%%)\n", 100 * least, 100 * most }' "$work/times"
}

share() {
    echo "Analysis, share of gcc -O2 (target <= 2%):"
    if [ -n "${UNITS:-}" ]; then
        for unit in $UNITS; do
            share_of "${unit##*/}" "$unit"
        done
        return
    fi
    if wanted share-cjson; then
        folder=$(unpack cjson)
        share_of "cJSON.c" "$folder/cJSON.c"
    fi
    if wanted share-zlib; then
        folder=$(unpack zlib)
        share_of "zlib's deflate.c" "$folder/deflate.c"
    fi
    if wanted share-sqlite; then
        folder=$(unpack sqlite3)
        [ -f "$folder/sqlite3.c" ] || (cd "$folder" && ./configure && make sqlite3.c) \
            >"$work/sqlite3.make" 2>&1 ||
            fail "cannot make sqlite3.c of its sources (is tclsh there?): see $work/sqlite3.make"
        share_of "sqlite3.c" "$folder/sqlite3.c"
    fi
}

# ---- shapes ----

# shape NAME ELEMENT SIZE...
shape() {
    name=$1 element=$2 first=
    wanted "shape-$name" || return 0
    shift 2
    printf '%-10s' "$name"
    for n; do
        "$work/shapes" "$name" "$n" >"$work/shape.c"
        : >"$work/times"
        k=0
        until [ $k -ge 20 ] || awk '{ s += $1 } END { exit s < 0.3 }' "$work/times"; do
            timed -O0 "$work/shape.c" >>"$work/times" || {
                echo " $n: NOT within $limit s"
                return 0
            }
            k=$((k + 1))
        done
        each=$(awk -v n="$n" '{ s += $1 } END { printf "%.3f", 1e6 * s / NR / n }' "$work/times")
        first=${first:-$each}
        printf ' %s: %s us' "$n" "$each"
    done
    awk -v a="$first" -v b="$each" -v e="$element" 'BEGIN {
        if (a > 0) printf "; each %s costs %.1f times\n", e, b / a
        else printf "; each %s costs nothing that can be measured at first\n", e }'
}

shapes() {
    echo "Analysis, user CPU time for each element at -O0, by size; the last against the first"
    echo "(target: locations <= 1.5; the others are worst cases, to be finished):"
    shape locations "local" 1000 10000 50000 200000
    shape locals "local" 2000 10000
    shape switch "case" 5000 25000
    shape component "function" 30 100 1000
    shape table "element" 10000 100000
    shape chain "operator" 2000 10000
}

[ -f "$build/goescape.so" ] || fail "no $build/goescape.so: run make first"
for unit in ${UNITS:-}; do
    [ -f "$unit" ] || fail "no such unit: $unit"
done
measurable
if wanted share-cjson || wanted share-zlib || wanted share-sqlite || [ -n "${UNITS:-}" ]; then
    share
fi
if wanted shape-locations || wanted shape-locals || wanted shape-switch || wanted shape-component ||
    wanted shape-table || wanted shape-chain; then
    shapes
fi
