#!/bin/sh
# The engine against an interpreter, on N= random programs from seed SEED= on (engine_brute.c), and on
# 2 * N damaged summary files (summary_fuzz.c).
set -u
: "${GCC:=gcc}" "${BUILD:=build}" "${N:=1500}" "${SEED:=1}" "${TMP:=$BUILD/fuzz}"
mkdir -p "$TMP"
status=0
# check NAME COMMAND...: the command succeeds; what it prints is shown.
check() {
    what=$1
    shift
    if "$@" >"$TMP/output" 2>&1; then
        echo "ok $what"
        sed 's/^/    /' "$TMP/output"
    else
        cat "$TMP/output"
        echo "not ok $what"
        status=1
    fi
}

check "$N random programs against the interpreter" \
    "$BUILD/testsuite/fuzz/engine_brute" -n "$N" -s "$SEED"

rm -rf "$TMP/summaries"
for name in c_closures c_copies c_disguises c_far c_targets c_through_calls warn_calls warn_helpers warn_real; do
    "$GCC" -fplugin="$BUILD/goescape.so" -fplugin-arg-goescape-summaries="$TMP/summaries" -w -Iruntime \
        -S -o "$TMP/$name.s" "testsuite/verdicts/$name.c" || status=1
done
# shellcheck disable=SC2046 # a list of files
check "$((2 * N)) damaged summary files" "$BUILD/testsuite/fuzz/summary_fuzz" -n "$((2 * N))" -s "$SEED" \
    $(grep -l '^function ' "$TMP"/summaries/*.sum)
exit $status
