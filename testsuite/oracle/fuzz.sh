#!/bin/sh
# Random programs until interrupted, or for SECONDS= of time, from SEED= on.
set -u
: "${BUILD:=build}" "${GCC:=gcc}" "${SECONDS:=0}" "${SEED:=1000000}"
case $BUILD in /*) ;; *) BUILD=$PWD/$BUILD ;; esac
mkdir -p "$BUILD/fuzz"
go=
command -v go >/dev/null 2>&1 || go=-g
# shellcheck disable=SC2086
exec "$BUILD/testsuite/oracle/oracle" -C "$GCC" -P "$BUILD/goescape.so" \
    -L "$BUILD/libgoescape.a" -s "$SEED" -S "$SECONDS" $go -d "$BUILD/fuzz" "$@"
