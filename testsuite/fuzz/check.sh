#!/bin/sh
# The engine against an interpreter, on N= random programs from seed SEED= on (engine_brute.c).
set -u
: "${BUILD:=build}" "${N:=1500}" "${SEED:=1}" "${TMP:=$BUILD/fuzz}"
mkdir -p "$TMP"
if "$BUILD/testsuite/fuzz/engine_brute" -n "$N" -s "$SEED" >"$TMP/brute" 2>&1; then
    echo "ok $N random programs against the interpreter"
    sed 's/^/    /' "$TMP/brute"
    exit 0
fi
cat "$TMP/brute"
echo "not ok $N random programs against the interpreter"
exit 1
