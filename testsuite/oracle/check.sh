#!/bin/sh
# A thousand random programs of fixed seeds through goescape, Go (when it is there) and the
# interpreter; then C-only forms of two hundred more, and a hundred with closures.  N= and SEED= choose others.
set -u
: "${BUILD:=build}" "${GCC:=gcc}" "${N:=1000}" "${SEED:=1}" "${TMP:=$BUILD/oracle.tmp}"
case $BUILD in /*) ;; *) BUILD=$PWD/$BUILD ;; esac
mkdir -p "$TMP"
go=
command -v go >/dev/null 2>&1 || go=-g
set -- -T -C "$GCC" -P "$BUILD/goescape.so" -L "$BUILD/libgoescape.a" -s "$SEED"
status=0
# shellcheck disable=SC2086
"$BUILD/testsuite/oracle/oracle" "$@" -n "$N" $go -d "$TMP/go" || status=1
"$BUILD/testsuite/oracle/oracle" "$@" -n $((N / 5)) -c -d "$TMP/c" || status=1
"$BUILD/testsuite/oracle/oracle" "$@" -n $((N / 10)) -f -d "$TMP/f" || status=1
# With all moved; of these GCC folded two nested functions into one, and called it without its chain.
"$BUILD/testsuite/oracle/oracle" "$@" -n $((N / 50)) -f -a -s 22080 -d "$TMP/a" || status=1
# The same programs through libgccjit, everything on the heap.
"$BUILD/testsuite/oracle/jit" -T -n $((N / 5)) -s "$SEED" -O 0 || status=1
"$BUILD/testsuite/oracle/jit" -T -n $((N / 5)) -s "$SEED" -O 3 || status=1
"$BUILD/testsuite/oracle/jit" -T -n $((N / 10)) -s "$SEED" -O 2 -f || status=1
GOESCAPE=stress=1 "$BUILD/testsuite/oracle/jit" -T -n $((N / 250 + 1)) -s "$SEED" -O 1 -f || status=1
GOESCAPE=stress=40 "$BUILD/testsuite/oracle/jit" -T -n $((N / 10)) -s "$SEED" -O 2 || status=1
exit $status
