#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# GCC's own C torture tests, compiled with the plugin.
#
#   torture.sh quick                a sample, at -O0 and -O2: part of `make check`
#   torture.sh all                  every test at every level in every mode: `make check-peers`
#   torture.sh set KIND STEP OPTS   one option set: KIND execute, compile or dg (the tests of gcc.dg
#                                   that are run), every STEP-th test, with PLUGIN_ARGS (words that
#                                   become -fplugin-arg-goescape-WORD; default select=all)
#
# What `all` runs can be narrowed down:
#   MODES    of: all (every local whose address is taken moves), heapify (as users have it), large (aggregates of
#            more than a byte, too, whether their address is taken or not), large-all (both), promote (all that may
#            be promoted is), check (mode=check m=2), collect (GCC's trees are collected all the time), stress (and
#            the heap)
#   LEVELS   option sets with a comma between them: LEVELS='-O1,-O2 -flto'
#   KINDS    of: execute dg compile
#   STEP     every STEP-th test
#   FULL=1   what `all` does at -O0 and -O2 only: take the tests, too, that the plugin leaves as they are
#
# At the other levels, and in modes that change code, a test is left out if its assembly at -O0 is the same with and
# without the plugin: the plugin works before GCC optimizes, and the same way at every level.
#
# A regression is a test that fails with the plugin and passes without it; each is one line. The
# last line is 'N passed, N failed'. The tests come from Debian's gcc-12-source and are unpacked
# in $BUILD/peers; nothing of them is kept here.
#
# Environment: GCC (the compiler), BUILD (where goescape.so and libgoescape.a are), JOBS, TARBALL,
# TORTURE (where the tests are unpacked), RUNTIME (what to link), KEEP=1 (keep what failed).

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

# FILE|OPTIONS of each file named on stdin: what its dg-options lines add on this target.
with_options() {
    xargs awk '
        FNR == 1 { if (file) print file "|" options; file = FILENAME; options = "" }
        match($0, /dg-(additional-)?options[ {]*"[^"]*"/) {
            found = substr($0, RSTART, RLENGTH); rest = substr($0, RSTART + RLENGTH)
            sub(/^[^"]*"/, "", found); sub(/"$/, "", found)
            if (rest !~ /ia32/ && (rest !~ /target/ || rest ~ /target.*x86_64/)) options = options " " found }
        END { print file "|" options }'
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
        files="$file ${file%.c}-lib.c ${file%/*}/lib/main.c"
        set -- "$@" -fno-tree-dse -fno-tree-loop-distribute-patterns -fno-tracer -fno-ipa-ra \
            -fno-inline-functions
        ;;
    */ieee/*) set -- "$@" -ffloat-store -fno-inline -frounding-math ;;
    esac
    if [ "$kind" = compile ]; then
        # shellcheck disable=SC2086
        compiler "$@" $options -c "$file" -o "$out.o" >"$out.log" 2>&1
        return
    fi
    # shellcheck disable=SC2086
    compiler "$@" $options $files -o "$out.exe" $RUNTIME -lm >"$out.log" 2>&1 || return 1
    # A shell of its own, whose 'Aborted' goes to the log as well.
    # shellcheck disable=SC3045
    (cd "$out.d" && ulimit -t 60 && exec sh -c 'timeout 600 "$1"; exit $?' sh "$out.exe") >>"$out.log" 2>&1 </dev/null
}

# What cannot pass, and why.
excepted() { # KIND FILE OPTS
    # sibcall-* compare the addresses of locals that are gone, and pr64242 those of two allocas that globals point
    # to: such a variable moves. The size of a member (object-size-6, -7, type 3) is not known of a block that was
    # promoted, the block's is. GCC alone does not end on asmgoto-5 at -O0.
    case $1-$2-$3 in
    dg-*/sibcall-[12349].c-* | dg-*/sibcall-10.c-* | execute-*/pr64242.c-* | \
        dg-*/builtin-object-size-[67].c-* | dg-*/builtin-dynamic-object-size-[67].c-* | \
        compile-*/asmgoto-5.c--O0) return 0 ;;
    esac
    # With every local on the heap: frame-address compares addresses of locals across frames, 20010122-1 needs
    # the frame pointer that alloca forces, ssp-* and stackprotect* write beyond a local, c99-complit-1 compares
    # the addresses of one compound literal at two times. modref-5 wants to know a local's value after a pointer was changed.
    # The size of a member (type 1) is not known of a heap block. With -fsplit-stack (split-3, pr85388-3) there is
    # no room for a collection, unless the linker is gold.
    case $1-$2-$PLUGIN_ARGS in
    execute-*/execute/frame-address.c-*select=all* | execute-*/20010122-1.c-*select=all* | \
        dg-*/ssp-[12].c-*select=all* | dg-*/stackprotectexplicit1.c-*select=all* | \
        dg-*/c99-complit-1.c-*select=all* | dg-*/modref-5.c-*select=all* | \
        dg-*/builtin-object-size-[24].c-*select=all* | dg-*/builtin-dynamic-object-size-[24].c-*select=all* | \
        dg-*/split-3.c-*select=all* | dg-*/pr85388-3.c-*select=all*) return 0 ;;
    esac
    return 1
}

# same FILE OUT: the plugin leaves the code of a test as it is.
same() {
    case $1 in */execute/builtins/*) return 1 ;; esac # several files
    # shellcheck disable=SC2086
    assembly "$1" "$2.plugin" $flags && assembly "$1" "$2.plain" && cmp -s "$2.plugin" "$2.plain"
}
assembly() { # FILE OUT FLAGS...
    file=$1 out=$2
    shift 2
    # shellcheck disable=SC2086
    compiler "$@" $options -O0 -S "$file" -o "$out" >/dev/null 2>&1
}

# One test after the other: a process for several of them, as most take a few hundredths of a second.
if [ "$1" = some ]; then
    kind=$2 opts=$3
    shift 3
    dir=$(mktemp -d "$work/run.XXXXXX") || exit 1
    mkdir "$dir/t.d"
    flags=$(plugin_flags)
    for test; do
        file=${test%%|*} options=${test#*|}
        ! excepted "$kind" "$file" "$opts" || continue
        if [ "$opts" = changed ]; then
            same "$file" "$dir/t" || echo "$test"
            continue
        fi
        # shellcheck disable=SC2086
        if attempt "$kind" "$file" "$dir/t" $opts $flags; then
            echo "PASS"
            continue
        fi
        mv "$dir/t.log" "$dir/plugin.log"
        # shellcheck disable=SC2086
        if attempt "$kind" "$file" "$dir/t" $opts; then
            why=$(grep -m 1 -E 'internal compiler error|error:|undefined reference|Segmentation|goescape:' \
                "$dir/plugin.log" | cut -c 1-150)
            echo "FAIL: ${file#"$TORTURE"/} [$opts]${why:+: $why}"
            [ -z "$KEEP" ] || cp "$dir/plugin.log" "$work/$(basename "$file" .c).log"
        else
            echo "SKIP" # GCC alone does not pass it
        fi
    done
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

list() { # KIND STEP: FILE|OPTIONS each
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
    esac | awk -v step="$2" 'NR % step == 0' | with_options
}

# changed KIND STEP: those that the plugin changes, looked for once.
changed() {
    file="$changed.$1.$2.$PLUGIN_ARGS"
    [ -f "$file" ] || list "$1" "$2" | workers "$1" changed >"$file"
    cat "$file"
}

# workers KIND OPTS: gives the lines on stdin to processes of their own.
workers() { tr '\n' '\0' | xargs -0 -P "$JOBS" -n 16 sh "$here/torture.sh" some "$1" "$2"; }

run_set() { # KIND STEP OPTS [LISTER]: adds its lines to $results
    "${4:-list}" "$1" "$2" | workers "$1" "$3" >"$results.set"
    cat "$results.set" >>"$results"
    grep '^FAIL' "$results.set" | sort
    echo "  $1 [$3] $PLUGIN_ARGS: $(grep -c '^PASS' "$results.set") passed," \
        "$(grep -c '^FAIL' "$results.set") failed"
}

# run_mode MODE: all its sets that LEVELS and KINDS leave.
run_mode() {
    # GCC's trees are collected at every opportunity, so that one held without a root shows.
    collect='--param ggc-min-expand=0 --param ggc-min-heapsize=0'
    PLUGIN_ARGS=select=all CPU=100 step=${STEP:-1} more=''
    unset GOESCAPE
    levels=${LEVELS:--O0,-O1,-O2,-O3,-Os,-O2 -flto,-O3 -g} kinds='execute dg compile'
    case $1 in
    all) ;;
    heapify) PLUGIN_ARGS='' ;;
    large) PLUGIN_ARGS=large=1 ;;
    large-all) PLUGIN_ARGS='select=all large=1' ;;
    promote) PLUGIN_ARGS=promote=all levels=${LEVELS:--O0,-O2} kinds='execute dg' ;;
    check) PLUGIN_ARGS='mode=check m=2' CPU=20 levels=${LEVELS:--O0,-O2} kinds=compile ;; # the slowest takes 1.5 s
    collect) more=" $collect" levels=${LEVELS:--O2} kinds='execute compile' step=${STEP:-5} ;;
    stress) export GOESCAPE=stress=1 && levels=${LEVELS:--O2} kinds=execute step=${STEP:-10} ;;
    *) echo "torture.sh: no mode '$1'" >&2; exit 1 ;;
    esac
    rest=$levels,
    while [ -n "$rest" ]; do
        level=${rest%%,*} rest=${rest#*,}
        for kind in $kinds; do
            lister=changed
            case $1:$level:${FULL:-} in
            *:-O0:* | *:-O2:* | *:1 | check:* | collect:* | stress:*) lister=list ;;
            esac
            case " ${KINDS:-$kinds} " in *" $kind "*) run_set "$kind" "$step" "$level$more" $lister ;; esac
        done
    done
}

mkdir -p "$work" && unpack
results=$(mktemp "$work/results.XXXXXX")
changed=$results.changed
trap 'rm -f "$results" "$results.set" "$changed".*' EXIT
case $1 in
quick)
    run_set execute 8 -O0
    run_set execute 8 -O2
    run_set execute 80 '-O1 --param ggc-min-expand=0 --param ggc-min-heapsize=0'
    ;;
all)
    for mode in ${MODES:-all heapify large large-all promote check collect stress}; do
        run_mode "$mode"
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
