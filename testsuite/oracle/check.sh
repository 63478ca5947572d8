#!/bin/sh
# A thousand random programs of fixed seeds through goescape, Go (when it is there) and the
# interpreter; then C-only forms of two hundred more.  N= and SEED= choose others.
set -u
: "${BUILD:=build}" "${GCC:=gcc}" "${N:=1000}" "${SEED:=1}" "${TMP:=$BUILD/oracle.tmp}"
mkdir -p "$TMP"
go=
command -v go >/dev/null 2>&1 || go=-g
set -- -T -C "$GCC" -P "$PWD/$BUILD/goescape.so" -L "$PWD/$BUILD/libgoescape.a" -s "$SEED"
status=0
# shellcheck disable=SC2086
"$BUILD/testsuite/oracle/oracle" "$@" -n "$N" $go -d "$TMP/go" || status=1
"$BUILD/testsuite/oracle/oracle" "$@" -n $((N / 5)) -c -d "$TMP/c" || status=1
exit $status
