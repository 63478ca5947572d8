#!/bin/sh
# Run one test, AREA/NAME, for run.sh; report into $LOGS/AREA/NAME.log, whose last line is
# 'RESULT passed failed'.  What a test is, by area:
#     unit, jit  a Check program: every check counts
#     matcher    the verdict matcher on recorded compiler output: NAME.c, NAME.msg, NAME.want
#     verdicts   compiled at each of $LEVELS, diagnostics held against the comments in the file; the code is the
#                same when nobody asks for diagnostics
#     run        compiled at five levels with the plugin and run: stdout as NAME.out, status 0;
#                twice more with a collection at every allocation
#     examples   diagnostics as NAME.diag, output as NAME.out
#     others     a script that prints 'ok ...' or 'not ok ...' for every check
set -u
name=$1 area=${1%%/*} base=${1##*/}
log=$LOGS/$name.log tmp=$LOGS/$name.tmp
mkdir -p "$tmp"
exec >"$log" 2>&1
passed=0 failed=0
plugin="-fplugin=$BUILD/goescape.so -fdiagnostics-plain-output -Iruntime"

pass() { passed=$((passed + 1)); }
flunk() { failed=$((failed + 1)); echo "$*"; }
# same WHAT GOLDEN ACTUAL: the files are equal.
same() {
    if diff -u "$2" "$3" >"$tmp/diff" 2>&1; then pass; else
        flunk "$1: output differs from $2"
        head -n 30 "$tmp/diff"
    fi
}
# ok WHAT COMMAND...: the command succeeds.
ok() {
    what=$1
    shift
    "$@" || { status=$?; flunk "$what: exit status $status: $*"; return 1; }
}
options() { "$BUILD/testsuite/matcher" --options "$1"; }

check_unit() {
    CK_TIMEOUT_MULTIPLIER=20 timeout 600 "$BUILD/testsuite/$name" >"$tmp/out" 2>&1
    status=$?
    # 100%: Checks: 7, Failures: 0, Errors: 0
    sums=$(sed -n 's/.*Checks: \([0-9]*\), Failures: \([0-9]*\), Errors: \([0-9]*\).*/\1 \2 \3/p' "$tmp/out" |
        awk '{ c += $1; f += $2 + $3 } END { print c - f, f + 0 }')
    passed=${sums% *} failed=${sums#* }
    if [ "$failed" != 0 ] || [ $status != 0 ] || [ "$sums" = "0 0" ]; then
        [ "$failed" != 0 ] || flunk "exit status $status"
        tail -n 40 "$tmp/out"
    fi
}

check_matcher() {
    src=testsuite/$name
    "$BUILD/testsuite/matcher" "$src.c" "$src.msg" >"$tmp/out" 2>&1
    same matcher "$src.want" "$tmp/out"
}

check_verdicts() {
    src=testsuite/$name.c first=
    for level in $LEVELS; do
        # shellcheck disable=SC2046,SC2086
        timeout 120 "$GCC" $level $plugin $(options "$src") -S -o "$tmp/asked" "$src" 2>"$tmp/msg$level"
        if [ -s "$tmp/asked" ]; then
            # shellcheck disable=SC2046,SC2086
            timeout 120 "$GCC" $level $plugin $(options "$src") -fplugin-arg-goescape-m=0 -w -S -o "$tmp/unasked" \
                "$src" 2>/dev/null
            same "$level without -m" "$tmp/asked" "$tmp/unasked"
        fi
        if [ -z "$first" ]; then
            first=$level
            if "$BUILD/testsuite/matcher" "$src" "$tmp/msg$level" >"$tmp/match" 2>&1; then pass; else
                failed=$((failed + 1))
            fi
            cat "$tmp/match"
        else
            same "$level" "$tmp/msg$first" "$tmp/msg$level"
        fi
    done
}

check_run() {
    src=testsuite/$name.c
    for level in -O0 -O1 -O2 -O3 -Os; do
        exe=$tmp/exe$level
        # shellcheck disable=SC2046,SC2086
        ok "$level: compile" "$GCC" $level -w $plugin "$src" -o "$exe" $(options "$src") \
            "$BUILD/libgoescape.a" -pthread >"$tmp/msg" 2>&1 || { cat "$tmp/msg"; continue; }
        for GOESCAPE in '' stress=1; do
            case "$GOESCAPE$level" in stress=1-O[13s]) continue ;; esac
            GOESCAPE=$GOESCAPE timeout 120 "$exe" >"$tmp/out" 2>"$tmp/err"
            status=$?
            if [ $status != 0 ]; then
                flunk "$level $GOESCAPE: exit status $status"
                tail -n 5 "$tmp/err"
            else
                same "$level $GOESCAPE" "testsuite/$name.out" "$tmp/out"
            fi
        done
    done
}

check_examples() {
    src=examples/$base.c
    # shellcheck disable=SC2086
    ok compile "$GCC" -O2 $plugin -fplugin-arg-goescape-m -c "$src" -o "$tmp/o.o" 2>"$tmp/diag" &&
        ok link "$GCC" "$tmp/o.o" -o "$tmp/exe" "$BUILD/libgoescape.a" -pthread 2>"$tmp/link" ||
        { cat "$tmp/diag" "$tmp/link"; return; }
    ok run timeout 60 "$tmp/exe" >"$tmp/out" || return
    if [ -n "$UPDATE" ]; then
        cp "$tmp/diag" "examples/$base.diag"
        cp "$tmp/out" "examples/$base.out"
    fi
    same diagnostics "examples/$base.diag" "$tmp/diag"
    same output "examples/$base.out" "$tmp/out"
}

check_script() {
    TMP=$tmp timeout 1800 sh "testsuite/$name.sh" >"$tmp.report" 2>&1
    status=$?
    passed=$(grep -c '^ok ' "$tmp.report") failed=$(grep -c '^not ok ' "$tmp.report")
    if [ "$failed" != 0 ] || [ $status != 0 ] || [ "$passed" = 0 ]; then
        grep -v '^ok ' "$tmp.report"
        [ "$failed" != 0 ] || flunk "exit status $status, $passed checks"
    fi
    rm -f "$tmp.report"
}

case $area in
unit | jit) check_unit ;;
matcher | verdicts | run | examples) "check_$area" ;;
*) check_script ;;
esac
rm -rf "$tmp"
echo "RESULT $passed $failed"
