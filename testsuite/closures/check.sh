#!/bin/sh
# Closures in programs built and run in other ways than run/ and examples/ are: under valgrind, with a collection
# at every allocation at all levels, with -flto, as libraries, linked statically, under sanitizers, for AArch64.
#
# LEVELS with -O3 in it (make check-all): valgrind at all levels. Tools that are missing are named and skipped.
set -u
: "${BUILD:=build}" "${GCC:=gcc}" "${LEVELS:=-O0 -O2}"
here=testsuite/closures tmp=${TMP:-$BUILD/closures.tmp}
archive=$BUILD/libgoescape.a
mkdir -p "$tmp"
unset GOESCAPE

ok() { echo "ok $*"; }
not_ok() { # not_ok WHAT [LOG]
    echo "not ok $1"
    [ $# = 1 ] || sed -n '1,15s/^/    /p' "$2"
}
skip() { echo "skipped: $*"; }

# build NAME SOURCE OPTIONS...: with the plugin; the program is $tmp/NAME.
build() {
    out=$1 source=$2
    shift 2
    # shellcheck disable=SC2046
    "$GCC" -w -g -fplugin="$BUILD/goescape.so" -fdiagnostics-plain-output -Iruntime \
        $("$BUILD/testsuite/matcher" --options "$source") "$source" "$@" -pthread -o "$tmp/$out" >"$tmp/log" 2>&1 || {
        sed -i '/ note: \|requires executable stack\|NOTE: This behaviour/d' "$tmp/log"
        not_ok "build $out: $*" "$tmp/log"
        return 1
    }
}

# prints WHAT FILE COMMAND...: the command succeeds and prints what FILE holds.
prints() {
    what=$1 golden=$2
    shift 2
    timeout 300 "$@" >"$tmp/out" 2>"$tmp/err"
    status=$?
    if [ $status = 0 ] && cmp -s "$golden" "$tmp/out"; then ok "$what"; else
        diff "$golden" "$tmp/out" >>"$tmp/err"
        not_ok "$what: exit status $status" "$tmp/err"
    fi
}

programs=$(ls testsuite/run/closure_*.c testsuite/run/nested_capture.c examples/closure_*.c)
case $LEVELS in *-O3*) watched='-O0 -O1 -O2 -O3' ;; *) watched='-O0 -O2' ;; esac
command -v valgrind >/dev/null || { watched=; skip "valgrind: not installed"; }

# --- valgrind and stress ---------------------------------------------------------------------
# verify=1 beside valgrind: the collector checks itself, and the tests make fewer closures.
for level in -O0 -O1 -O2 -O3; do
    for source in $programs; do
        base=${source##*/}
        base=${base%.c}
        build "$base$level" "$source" $level "$archive" || continue
        prints "$base $level, collecting always" "${source%.c}.out" env GOESCAPE=stress=1 "$tmp/$base$level"
        case " $watched " in *" $level "*)
            prints "$base $level, valgrind" "${source%.c}.out" env GOESCAPE=verify=1 UNDER_VALGRIND=1 \
                valgrind -q --error-exitcode=9 "$tmp/$base$level"
            ;;
        esac
        rm -f "$tmp/$base$level"
    done
done

# --- ways to build ---------------------------------------------------------------------------
for source in testsuite/run/closure_flat.c testsuite/run/closure_kinds.c testsuite/run/closure_handed_over.c; do
    base=${source##*/}
    base=${base%.c} golden=${source%.c}.out
    build "$base-lto" "$source" -O2 -flto "$archive" && prints "$base -flto" "$golden" "$tmp/$base-lto"
    build "$base-static" "$source" -O2 -static "$archive" && prints "$base -static" "$golden" "$tmp/$base-static"
    build "$base-asan" "$source" -O1 -fsanitize=address,undefined -fno-sanitize-recover "$archive" &&
        prints "$base, ASan and UBSan" "$golden" env ASAN_OPTIONS=detect_stack_use_after_return=1 "$tmp/$base-asan"
    build "$base-tsan" "$source" -O1 -fsanitize=thread "$archive" &&
        prints "$base, TSan" "$golden" setarch -R "$tmp/$base-tsan"
    build "$base-hard" "$source" -O2 -fcf-protection=full -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fPIE -pie \
        -Wl,-z,now,-z,relro -fplugin-arg-goescape-closures=noexec "$archive" &&
        prints "$base, hardened" "$golden" "$tmp/$base-hard"
done

echo ok >"$tmp/ok.out"
shared="-L$BUILD -lgoescape -Wl,-rpath,$BUILD"
case $BUILD in /*) ;; *) shared="-L$BUILD -lgoescape -Wl,-rpath,$PWD/$BUILD" ;; esac
# shellcheck disable=SC2086
build library.so $here/library.c -O2 -fPIC -shared $shared &&
    build host $here/host.c -O2 $shared -ldl &&
    prints "across a library, with threads" "$tmp/ok.out" "$tmp/host" "$tmp/library.so"
# shellcheck disable=SC2086
build host-tsan $here/host.c -O1 -fsanitize=thread $shared -ldl &&
    prints "across a library, TSan" "$tmp/ok.out" setarch -R "$tmp/host-tsan" "$tmp/library.so"

# --- the stack -------------------------------------------------------------------------------
# stack_is WHAT FLAGS: what the program's header asks for.
stack_is() {
    flags=$(readelf -lW "$tmp/$3" | awk '$1 == "GNU_STACK" { f = $7; if ($8 ~ /^[RWE]+$/) f = f $8; print f }')
    if [ "$flags" = "$2" ]; then ok "$1"; else not_ok "$1: the stack is $flags"; fi
}
echo 'ok rw-p' >"$tmp/rw.out"
for level in -O0 -O2; do
    build stays $here/stays.c $level -fplugin-arg-goescape-closures=noexec -Wl,-z,noexecstack "$archive" || continue
    prints "closures=noexec $level" "$tmp/rw.out" "$tmp/stays"
    prints "closures=noexec $level, collecting always" "$tmp/rw.out" env GOESCAPE=stress=1 "$tmp/stays"
    build stays $here/stays.c $level -fplugin-arg-goescape-closures=noexec "$archive" &&
        stack_is "closures=noexec $level asks for no executable stack" RW stays
    build escapes examples/closure_compose.c $level "$archive" &&
        stack_is "closures that escape ask for none, $level" RW escapes
    build stays $here/stays.c $level "$archive" && stack_is "GCC's own trampolines do, $level" RWE stays
done
if "$GCC" -ftrampoline-impl=heap -S -o /dev/null -x c /dev/null 2>/dev/null; then
    build stays $here/stays.c -O2 -ftrampoline-impl=heap "$archive" &&
        prints "-ftrampoline-impl=heap means closures=noexec" "$tmp/rw.out" "$tmp/stays"
fi

# --- gdb -------------------------------------------------------------------------------------
printf '%s\n' '$1 = 10' '$2 = 20' '$3 = 7' 'Value returned is $4 = 32' >"$tmp/gdb.out"
if command -v gdb >/dev/null; then
    line=$(grep -n 'break here' $here/traces.c | cut -d: -f1)
    build traces $here/traces.c -O0 "$archive" &&
        timeout 120 gdb -nx -q --batch -ex "break $line" -ex run -ex 'print far' -ex 'print near' \
            -ex 'set var far = 7' -ex 'print far' -ex finish "$tmp/traces" >"$tmp/gdb" 2>&1
    prints "gdb shows what is captured" "$tmp/gdb.out" grep -E '^(\$|Value)' "$tmp/gdb"
else
    skip "gdb: not installed"
fi

# --- AArch64 ---------------------------------------------------------------------------------
sh $here/aarch64.sh
