#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What reads text somebody else wrote, fed with damaged text: model files, the plugin's options, GOESCAPE=...,
# report files; with libFuzzer summary files as well (`make check` damages those in check.sh).
#
#   parsers.sh [SECONDS [NAME...]]  with libFuzzer, so many seconds each (default 60); needs clang and its libFuzzer.
#                                   Only these of: models options environment report summaries
#   parsers.sh check [N]            with GCC's sanitizers, N inputs of fixed seeds each (default 300): part of
#                                   `make check`
#
# An input that breaks something is kept: $BUILD/fuzz/NAME/crash-*. `parsers.sh check` says what was broken;
# the seed is printed. Environment: GCC, GXX, BUILD, SEED, CLANG (default: the newest there is).
set -u
cd "$(dirname "$0")/../.." || exit 1
: "${GCC:=gcc}" "${GXX:=g++}" "${BUILD:=build}" "${SEED:=1}"
work=$BUILD/fuzz
mkdir -p "$work"
mode=fuzz
[ "${1:-}" != check ] || { mode=check; shift; }
if [ $mode = fuzz ]; then
    CLANG=${CLANG:-$(for v in '' -19 -18 -17 -16 -15 -14; do command -v clang$v; done | head -n 1)}
    [ -n "$CLANG" ] || {
        echo "parsers.sh: needs clang and libclang-rt-*-dev (apt-get install clang-14 libclang-rt-14-dev)" >&2
        exit 1
    }
    CXX=$(echo "$CLANG" | sed 's/clang\([^/]*\)$/clang++\1/') CC=$CLANG
    amount=${1:-60}
    [ $# -eq 0 ] || shift
    targets=${*:-models options environment report summaries}
    set -- -fsanitize=fuzzer,address,undefined -D__SANITIZE_ADDRESS__ # as GCC says it
else
    CC=$GCC CXX=$GXX
    amount=${1:-300} targets='models options environment report'
    set -- -fsanitize=address,undefined -fno-sanitize-recover=all -DFUZZ_MAIN
fi
set -- "$@" -g -O1 -D_GNU_SOURCE -Iplugin -Iruntime -Itools -Itestsuite/fuzz

# seeds NAME: what the target begins with, in the folder of that name.
seeds() {
    mkdir -p "$work/$1/seeds"
    case $1 in
    models) cp plugin/models/string.model plugin/models/goescape.model plugin/models/search.model "$work/$1/seeds" ;;
    options) printf 'mode=check\nwarn=possible\nm\nextern=escape\nlarge=0\npromote=off\nreport=r.jsonl' >"$work/$1/seeds/all" ;;
    environment) printf 'gcpercent=-1:limit=64m:trace:stress=7:minheap=128k:generations=0' >"$work/$1/seeds/all" ;;
    report)
        for file in c_closures c_copies go_new warn_real; do
            $GCC -w -S -o /dev/null -fplugin="$BUILD/goescape.so" -fplugin-arg-goescape-report="$work/report.all" \
                -Iruntime testsuite/verdicts/$file.c >/dev/null 2>&1
            awk -F '"verdict":' '!seen[substr($2, 1, 8)]++' "$work/report.all" >"$work/$1/seeds/$file" # one of each kind
            rm -f "$work/report.all"
        done
        ;;
    summaries)
        for file in c_closures c_copies c_far c_through_calls warn_calls; do
            $GCC -w -S -o /dev/null -fplugin="$BUILD/goescape.so" -fplugin-arg-goescape-summaries="$work/sums" \
                -Iruntime testsuite/verdicts/$file.c >/dev/null 2>&1
        done
        # shellcheck disable=SC2046 # a list of files
        "$BUILD/testsuite/fuzz/summary_fuzz" -o "$work/$1/seeds" $(grep -l '^function ' "$work"/sums/*.sum)
        rm -rf "$work/sums"
        ;;
    esac
}

compile() { # NAME FLAGS...
    name=$1
    shift
    case $name in
    models)
        $CC "$@" -std=gnu11 testsuite/fuzz/models_fuzz.c plugin/engine/model_file.c plugin/engine/models.c \
            -o "$work/$name/$mode"
        ;;
    options) $CXX "$@" -std=gnu++17 testsuite/fuzz/options_fuzz.cc -o "$work/$name/$mode" ;;
    environment) $CC "$@" -std=gnu11 testsuite/fuzz/environment_fuzz.c -o "$work/$name/$mode" ;;
    report)
        $CC "$@" -std=gnu11 testsuite/fuzz/report_fuzz.c tools/report_read.c tools/report_html.c \
            -o "$work/$name/$mode" -ljson-c
        ;;
    summaries)
        $CC "$@" -std=gnu11 -DLIBFUZZER testsuite/fuzz/summary_fuzz.c plugin/engine/*.c plugin/util/*.c \
            -o "$work/$name/$mode"
        ;;
    esac
}

run() { # NAME
    if [ $mode = check ]; then
        "$work/$1/$mode" -n "$amount" -s "$SEED" "$work/$1/seeds"/*
    else
        mkdir -p "$work/$1/corpus"
        "$work/$1/$mode" -max_total_time="$amount" -max_len=4096 -timeout=20 -print_final_stats=1 \
            -artifact_prefix="$work/$1/" "$work/$1/corpus" "$work/$1/seeds"
    fi
}

passed=0 failed=0
for name in $targets; do
    seeds $name
    if compile $name "$@" >"$work/$name/log" 2>&1 && run $name >>"$work/$name/log" 2>&1; then
        passed=$((passed + 1))
        said=$(sed -n 's/^stat::number_of_executed_units: *//p' "$work/$name/log")
        echo "ok $name: ${said:-$amount} inputs"
    else
        failed=$((failed + 1))
        tail -n 20 "$work/$name/log"
        echo "not ok $name (seed $SEED, see $work/$name)"
    fi
done
[ $mode = check ] || echo "$passed passed, $failed failed"
[ $failed = 0 ]
