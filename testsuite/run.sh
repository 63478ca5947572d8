#!/bin/sh
# Run the tests and end with a line 'N passed, N failed'.
#
#     testsuite/run.sh [PREFIX ...]       e.g.  run.sh verdicts/go_ run/
#
# A test is named AREA/NAME after its file, testsuite/AREA/NAME.c or .sh; without arguments all run.
# Each is run by testsuite/case.sh, several at a time; reports appear in the order of the names
# however they end, so two runs print the same.  Environment:
#     LEVELS   optimisation levels of the verdict tests       (default: -O0 -O2)
#     JOBS     tests run at a time                            (default: number of processors)
#     UPDATE=1 examples: record the output as the new expectation
set -u
export LC_ALL=C
unset GOESCAPE GOESCAPE_FLAGS MAKEFLAGS MFLAGS MAKELEVEL
cd "$(dirname "$0")/.." || exit 1
BUILD=${BUILD:-build}
case $BUILD in /*) ;; *) BUILD=$PWD/$BUILD ;; esac
export GCC="${GCC:-gcc}" BUILD LEVELS="${LEVELS:--O0 -O2}" UPDATE="${UPDATE:-}"
: "${JOBS:=$(nproc 2>/dev/null || echo 1)}"
# Apart from other runs in the same folder; at the end the logs become $BUILD/check.
export LOGS="$BUILD/check.$$"
logs=$LOGS

# list: the names of all tests, one a line.
list() {
    for f in "$BUILD"/testsuite/unit/* "$BUILD"/testsuite/jit/*; do
        case ${f##*/} in *.*) ;; *) [ -x "$f" ] && echo "${f#"$BUILD"/testsuite/}" ;; esac
    done
    for f in testsuite/matcher/*.c testsuite/verdicts/*.c testsuite/run/*.c examples/*.c \
        testsuite/cli/*.sh testsuite/*/check.sh; do
        f=${f#testsuite/}
        [ "${f%\**}" = "$f" ] && echo "${f%.*}"
    done
}

# chosen PREFIX ...: those of the names on stdin that begin with a prefix.
chosen() {
    while read -r name; do
        [ $# -gt 0 ] || echo "$name"
        for prefix; do
            case $name in "$prefix"*) echo "$name"; break ;; esac
        done
    done
}

trap 'rm -rf "$BUILD/check"; mv "$logs" "$BUILD/check"' EXIT
mkdir -p "$logs"
list | chosen "$@" >"$logs/list"
xargs -P "$JOBS" -n 1 sh testsuite/case.sh <"$logs/list"

# Each log ends with 'RESULT passed failed'; one that does not was cut short.
while read -r name; do
    log=$logs/$name.log
    tail -n 1 "$log" 2>/dev/null | grep -q '^RESULT' || echo "RESULT 0 1 cut short" >>"$log"
    if ! grep -q '^RESULT [0-9]* 0' "$log"; then
        echo "FAIL $name"
        sed -n -e '/^\(RESULT\|expectations\) /d' -e '1,60s/^/    /p' "$log"
    fi
done <"$logs/list"
! grep -q '^verdicts/warn_' "$logs/list" ||
    sh testsuite/verdicts/warn_score.sh "$(cd "$logs" && pwd)"
while read -r name; do
    echo "$name $(grep '^expectations ' "$logs/$name.log" | head -n 1) $(tail -n 1 "$logs/$name.log")"
done <"$logs/list" | awk '
    { split($1, part, "/"); area = part[1]; if (!(area in seen)) { seen[area] = 1; order[++n] = area }
      for (i = 2; i <= NF; i++) {
          if ($i == "RESULT") { pass[area] += $(i + 1); bad[area] += $(i + 2) }
          if ($i == "expectations") { want += $(i + 1); imprecise += $(i + 3); finer += $(i + 5) } } }
    END { for (i = 1; i <= n; i++) {
              a = order[i]; p += pass[a]; f += bad[a]
              printf "%-10s %5d passed %5d failed", a, pass[a], bad[a]
              if (a == "verdicts")
                  printf "   (%d expectations, %d BAD, %d differ from Go)", want, imprecise, finer
              print "" }
          printf "%d passed, %d failed\n", p, f
          exit f > 0 || p == 0 }'
