#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# GCC's own C torture tests, compiled with the plugin.
#
#   torture.sh quick                a sample, at -O0 and -O2: part of `make check`
#   torture.sh all                  every test at every option set: `make check-peers`
#   torture.sh set KIND STEP OPTS   one option set: KIND execute, compile or dg (the tests of gcc.dg
#                                   that are run), every STEP-th test
#
# A regression is a test that fails with the plugin and passes without it; each is one line. The
# last line is 'N passed, N failed'. The tests come from Debian's gcc-12-source and are unpacked
# in $BUILD/peers; nothing of them is kept here.
#
# Environment: GCC (the compiler), BUILD (where goescape.so and libgoescape.a are), PLUGIN_ARGS
# (words that become -fplugin-arg-goescape-WORD; default select=all), JOBS, TARBALL, RUNTIME (what
# to link), KEEP=1 (keep what failed).

GCC=${GCC:-gcc}
BUILD=${BUILD:-build}
JOBS=${JOBS:-$(nproc 2>/dev/null || echo 1)}
TARBALL=${TARBALL:-$(ls /usr/src/gcc-12/gcc-12*.tar.* 2>/dev/null | head -n 1)}
PLUGIN_ARGS=${PLUGIN_ARGS-select=all}
case $BUILD in /*) ;; *) BUILD=$PWD/$BUILD ;; esac
RUNTIME=${RUNTIME:-$BUILD/libgoescape.a -pthread}
CPU=${CPU:-100}
work=$BUILD/peers
here=$(cd "$(dirname "$0")" && pwd)
# The tests of one release serve every compiler: they may be shared.
src=${TORTURE:-$work/gcc}
export GCC BUILD RUNTIME PLUGIN_ARGS CPU KEEP
export TORTURE="$src"

plugin_flags() {
    printf '%s ' "-fplugin=$BUILD/goescape.so"
    for word in $PLUGIN_ARGS; do
        printf '%s ' "-fplugin-arg-goescape-$word"
    done
}

# What a test's dg-options lines add on this target.
test_options() {
    sed -n 's/.*dg-\(additional-\)\{0,1\}options[ {]*"\([^"]*\)"\(.*\)/\2|\3/p' "$1" |
        while IFS='|' read -r opts rest; do
            case $rest in
            *ia32*) ;;
            *target*x86_64*) printf '%s ' "$opts" ;;
            *target*fpic*) printf '%s ' "$opts" ;;
            *target*) ;;
            *) printf '%s ' "$opts" ;;
            esac
        done
}

# Processor time, so that a loaded machine makes no difference.
compiler() {
    # shellcheck disable=SC2086,SC3045 # every sh of Linux has ulimit -t
    (ulimit -t "$CPU" && exec timeout 1000 $GCC -w "$@")
}

# Compiles and, if that is what the kind says, runs one test with the given flags.
attempt() { # KIND FILE OUT FLAGS...
    kind=$1 file=$2 out=$3
    shift 3
    files=$file
    case $file in
    */execute/builtins/*)
        files="$file ${file%.c}-lib.c $(dirname "$file")/lib/main.c"
        set -- "$@" -fno-tree-dse -fno-tree-loop-distribute-patterns -fno-tracer -fno-ipa-ra \
            -fno-inline-functions
        ;;
    */ieee/*) set -- "$@" -ffloat-store -fno-inline -frounding-math ;;
    esac
    # shellcheck disable=SC2046,SC2086
    set -- "$@" $(test_options "$file")
    if [ "$kind" = compile ]; then
        compiler "$@" -c "$file" -o "$out.o" >"$out.log" 2>&1
        return
    fi
    # shellcheck disable=SC2086
    compiler "$@" $files -o "$out.exe" $RUNTIME -lm >"$out.log" 2>&1 || return 1
    # A shell of its own, whose 'Aborted' goes to the log as well.
    # shellcheck disable=SC3045
    (ulimit -t 60 && exec sh -c 'cd "$1" && timeout 600 "$2"' sh "$out.d" "$out.exe" >>"$out.log" 2>&1 </dev/null)
}

if [ "$1" = one ]; then
    kind=$2 opts=$3 file=$4
    # What tests the stack itself: frame-address compares addresses of locals across frames, pr64242
    # the distance of two allocas that globals point to, 20010122-1 needs the frame pointer that
    # alloca forces, ssp-* and stackprotect* write beyond a local. memops-asm replaces memcpy for the whole
    # program with one that aborts, and the runtime copies memory too. c99-complit-1 and sibcall-1 to -4,
    # -9, -10 compare addresses of variables that are gone; modref-5 wants to know a local's value after a
    # pointer was changed. The size of a member (object-size, types 1 and 3) is not known of a heap block,
    # nor of one that was promoted, the block's is. With -fsplit-stack (split-3, pr85388-3) there is no room
    # for a collection, unless the linker is gold. GCC alone does not end on asmgoto-5 at -O0.
    case $kind-$file-$opts in
    dg-*/c99-complit-1.c-* | dg-*/sibcall-[12349].c-* | dg-*/sibcall-10.c-* | dg-*/modref-5.c-* | \
        dg-*/split-3.c-* | dg-*/pr85388-3.c-* | \
        dg-*/ssp-[12].c-* | dg-*/stackprotectexplicit1.c-* | dg-*/builtin-object-size-[2467].c-* | \
        dg-*/builtin-dynamic-object-size-[2467].c-* | compile-*/asmgoto-5.c--O0 | \
        execute-*/execute/frame-address.c-* | execute-*/pr64242.c-* | execute-*/20010122-1.c-* | \
        execute-*/builtins/memops-asm.c-*) exit 0 ;;
    esac
    dir=$(mktemp -d "$work/run.XXXXXX") || exit 1
    mkdir "$dir/t.d"
    # shellcheck disable=SC2046,SC2086
    if attempt "$kind" "$file" "$dir/t" $opts $(plugin_flags); then
        echo "PASS"
    else
        mv "$dir/t.log" "$dir/plugin.log"
        # shellcheck disable=SC2086
        if attempt "$kind" "$file" "$dir/t" $opts; then
            why=$(grep -m 1 -E 'internal compiler error|error:|undefined reference|Segmentation|goescape:' \
                "$dir/plugin.log" | cut -c 1-150)
            echo "FAIL: ${file#"$TORTURE"/} [$opts]${why:+: $why}"
            if [ -n "$KEEP" ]; then
                cp "$dir/plugin.log" "$work/$(basename "$file" .c).log"
            fi
        fi
    fi
    rm -rf "$dir"
    exit 0
fi

unpack() {
    if [ -d "$src/gcc.c-torture" ]; then
        return
    fi
    if [ -z "$TARBALL" ]; then
        echo "torture.sh: needs the package gcc-12-source (apt-get install gcc-12-source)" >&2
        exit 1
    fi
    rm -rf "$src.tmp" && mkdir -p "$src.tmp"
    tar -xf "$TARBALL" -C "$src.tmp" --strip-components=3 --wildcards '*/gcc/testsuite/gcc.c-torture/*' \
        '*/gcc/testsuite/gcc.dg/*' && mv "$src.tmp" "$src"
}

list() { # KIND STEP
    case $1 in
    execute)
        ls "$src"/gcc.c-torture/execute/*.c "$src"/gcc.c-torture/execute/ieee/*.c \
            "$src"/gcc.c-torture/execute/builtins/*.c | grep -v -e '-lib\.c$'
        ;;
    compile) ls "$src"/gcc.c-torture/compile/*.c ;;
    dg)
        grep -l 'dg-do run' "$src"/gcc.dg/*.c "$src"/gcc.dg/atomic/*.c "$src"/gcc.dg/graphite/*.c \
            "$src"/gcc.dg/ipa/*.c "$src"/gcc.dg/torture/*.c "$src"/gcc.dg/tree-ssa/*.c |
            xargs grep -L 'dg-additional-sources'
        ;;
    esac | awk -v step="$2" 'NR % step == 0'
}

run_set() { # KIND STEP OPTS: adds its lines to $results
    list "$1" "$2" | tr '\n' '\0' |
        xargs -0 -P "$JOBS" -n 1 sh "$here/torture.sh" one "$1" "$3" >"$results.set"
    cat "$results.set" >>"$results"
    grep '^FAIL' "$results.set" | sort
    echo "  $1 [$3] $PLUGIN_ARGS: $(grep -c '^PASS' "$results.set") passed," \
        "$(grep -c '^FAIL' "$results.set") failed"
}

mkdir -p "$work" && unpack
results=$(mktemp "$work/results.XXXXXX")
trap 'rm -f "$results" "$results.set"' EXIT
# GCC's trees are collected at every opportunity, so that one held without a root shows.
collect='--param ggc-min-expand=0 --param ggc-min-heapsize=0'
case $1 in
quick)
    run_set execute 8 -O0
    run_set execute 8 -O2
    run_set execute 80 "-O1 $collect"
    ;;
all)
    for opts in -O0 -O1 -O2 -O3 -Os '-O2 -flto' '-O3 -g'; do
        for PLUGIN_ARGS in 'select=all' ''; do
            run_set execute 1 "$opts"
            run_set dg 1 "$opts"
            run_set compile 1 "$opts"
        done
    done
    PLUGIN_ARGS=promote=all
    for opts in -O0 -O2; do
        run_set execute 1 "$opts"
        run_set dg 1 "$opts"
    done
    PLUGIN_ARGS=select=all
    run_set execute 10 "-O2 $collect"
    export GOESCAPE=stress=1
    run_set execute 10 -O2
    unset GOESCAPE
    PLUGIN_ARGS='mode=check m=2' CPU=20 # the slowest takes 1.5 s
    for opts in -O0 -O2; do
        run_set compile 1 "$opts"
    done
    ;;
set) run_set "$2" "$3" "$4" ;;
*)
    sed -n '2,/^$/s/^# \{0,1\}//p' "$0"
    exit 1
    ;;
esac
failed=$(grep -c '^FAIL' "$results")
echo "$(grep -c '^PASS' "$results") passed, $failed failed"
[ "$failed" = 0 ]
