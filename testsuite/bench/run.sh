#!/bin/sh
# The speed of the runtime as ratios to malloc and free, programs run in turn, medians of CPU time.
#
#     testsuite/bench/run.sh [PREFIX ...]     of the labels below, e.g. run.sh trees
#
# `run.sh compile` measures what the plugin costs when real code is compiled, `run.sh programs` what it costs when
# that code is run (compile.sh and programs.sh, which fetch it); without a choice both are done if make
# check-packages has been there.
#
# Environment: RUNS=5 pairs of each; WARM=0 does not touch memory before each run (see warm.h); LIBGC=1 compares full
# collections with libgc, if it is installed.
set -eu
cd "$(dirname "$0")/../.."
build=${BUILD:-build}/testsuite/bench cc=${GCC:-gcc} runs=${RUNS:-5}
flags="-O2 -std=gnu11 -D_GNU_SOURCE -Iruntime -Itestsuite/bench -pthread"
mkdir -p "$build"
chosen="$*"

# build NAME: both versions of a program.
both() {
    # shellcheck disable=SC2086
    $cc $flags testsuite/bench/"$1".c "${BUILD:-build}/libgoescape.a" -o "$build/$1"
    # shellcheck disable=SC2086
    [ "$1" = full ] || $cc $flags -DMALLOC testsuite/bench/"$1".c -o "$build/$1.malloc"
}

# compare LABEL TARGET [-o] PROGRAM ARGUMENTS...
compare() {
    label=$1 target=$2
    shift 2
    how=
    if [ "$1" = -o ]; then
        how=-o
        shift
    fi
    wanted "$label" || return 0
    program=$1
    shift
    "$build/pair" -n "$runs" $how "$label" "$target" "$build/$program $*" "$build/$program.malloc $*"
}

wanted() {
    [ -n "$chosen" ] || return 0
    for prefix in $chosen; do
        case $1 in "$prefix"*) return 0 ;; esac
    done
    return 1
}

# shellcheck disable=SC2086
$cc $flags testsuite/bench/pair.c -o "$build/pair"
# shellcheck disable=SC2086
$cc $flags testsuite/bench/warm.c -o "$build/warm"
for program in trees gcbench short lists full pauses; do
    both "$program"
done

echo "CPU time, malloc and free = 1:"
compare "trees 18" "<= 0.27" trees 18
compare "trees 21" "<= 0.27" trees 21
compare "gcbench" "<= 0.30" gcbench
compare "short-lived objects of 16 bytes" "<= 0.25" -o short 16
compare "short-lived objects of 64 bytes" "<= 0.35" -o short 64
compare "short-lived objects of 256 bytes" "<= 0.55" -o short 256
compare "lists, two threads, small live set" "<= 0.16" lists 64
compare "lists, two threads, 138 MB live" "<= 0.28" lists 50000
if wanted closures; then
    # shellcheck disable=SC2086
    $cc $flags -fplugin="${BUILD:-build}/goescape.so" testsuite/bench/closures.c \
        "${BUILD:-build}/libgoescape.a" -o "$build/closures"
    echo "Closures, CPU time; a function pointer with its context, and goe_new of the context, = 1:"
    "$build/pair" -n "$runs" -o "closures, a call" "<= 1.3" "$build/closures call" \
        "$build/closures call-by-hand"
    "$build/pair" -n "$runs" -o "closures, made and dropped" "<= 2.0" "$build/closures make" \
        "$build/closures make-by-hand"
fi
if wanted full; then
    libgc=$build/full.libgc
    # shellcheck disable=SC2086
    if $cc $flags -DBOEHM -DMALLOC testsuite/bench/full.c -o "$libgc" -lgc 2>/dev/null; then
        echo "A full collection, CPU time, libgc (one marker) = 1:"
        for order in order random; do
            target="<= 0.35"
            [ $order = order ] || target="<= 0.15"
            "$build/pair" -n "$runs" -o "full collection, $order" "$target" "$build/full $order" \
                "GC_MARKERS=1 $libgc $order"
        done
    else
        echo "A full collection, CPU ns for each live object (libgc is not installed to compare with):"
        for order in order random; do
            echo "full collection, $order: $("$build/full" $order)"
        done
    fi
fi
if wanted pauses; then
    echo "Pauses: p99.99 in ms, worst in ms (targets 0.2, 1), peak RSS / live (target 2, but for small heaps):"
    for mb in 4 16 256 1024; do
        for program in pauses pauses.malloc; do
            "$build/warm" $((mb * 2 + 64))
            case $program in *malloc) name="malloc:  " ;; *) name=goescape: ;; esac
            echo "$mb MB live, $name $("$build/$program" $mb)"
        done
    done
fi
if wanted foreign; then
    # shellcheck disable=SC2086
    $cc $flags testsuite/bench/foreign.c "${BUILD:-build}/libgoescape.a" -o "$build/foreign"
    echo "Much malloc'ed memory: CPU s, collections, longest stop in ms, MB of heap, KB read outside of it:"
    for how in "0 0" "500 0" "500 1" "500 10"; do
        # shellcheck disable=SC2086
        echo "${how% *} MB, ${how#* } writes: $("$build/foreign" $how); not watched:" \
            "$(GOESCAPE=generations=0 "$build/foreign" $how)"
    done
fi
if [ "$chosen" = compile ] || { [ -z "$chosen" ] && [ -d "${BUILD:-build}/peers/packages" ]; }; then
    echo "Compiling with the plugin, CPU time of GCC alone = 1:"
    BUILD=${BUILD:-build} RUNS=$runs sh testsuite/bench/compile.sh
fi
if [ "$chosen" = programs ] || { [ -z "$chosen" ] && [ -d "${BUILD:-build}/peers/packages" ]; }; then
    echo "Programs built with the plugin, GCC alone = 1:"
    BUILD=${BUILD:-build} RUNS=$runs sh testsuite/bench/programs.sh
fi
