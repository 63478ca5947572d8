#!/bin/sh
# Break the runtime in the ways of mutations.txt, one at a time, and see that the test named with each fails.
#
#     testsuite/mutation/run.sh [-a] [NUMBER ...]     e.g.  run.sh 3 12a; without numbers all
#
# -a only sees that each mutation applies, and that the test it names is there and in docs/runtime.md beside
# its invariant (testsuite/mutation/check.sh does that in each `make check`). Otherwise a mutated copy of the runtime is
# built in $BUILD/mutation, with what the Makefile gives in $COMPILE, and the test is run on it, up to $TRIES times, for a
# race is not lost each time. Before, each test has to pass on a copy that is as it should be.
set -u
export LC_ALL=C
cd "$(dirname "$0")/../.." || exit 1
: "${BUILD:=build}" "${GCC:=gcc}" "${TRIES:=5}"
case $BUILD in /*) ;; *) BUILD=$PWD/$BUILD ;; esac
: "${COMPILE:=$GCC -O2 -g -std=gnu11 -D_GNU_SOURCE -pthread -fvisibility=hidden -fPIC}"
export GCC
unset GOESCAPE
table=testsuite/mutation/mutations.txt
only_apply=
[ "${1:-}" != -a ] || { only_apply=1; shift; }
numbers=" $* "
work=${WORK:-$BUILD/mutation}
mkdir -p "$work/runtime" "$work/testsuite"
compile="${COMPILE%% *} -w -I$work/runtime ${COMPILE#* } -Iruntime" # the copy's headers come first
failed=0 killed=0

report() { # report RIGHT TEXT: one line
    if [ "$1" = 1 ]; then echo "ok $2"; else
        echo "not ok $2"
        failed=$((failed + 1))
    fi
}

# exists PROGRAM TEST: the test is there.
exists() {
    case $1 in
    runtime_*) grep -q "_test(c, $2[,)]\|_test(f, $2[,)]\|_test(k, $2[,)]" "testsuite/unit/$1.c" ;;
    jit_*) [ -f "testsuite/jit/$1.c" ] ;;
    run/*) [ -f "testsuite/$1.c" ] ;;
    process/check) grep -qF -e "\"$2\"" -e "try $2 " -e "\"${2%%: *}: " testsuite/process/check.sh ;;
    *) false ;;
    esac
}

# documented NUMBER PROGRAM TEST: the row of the invariant names the test or its program.
documented() {
    case $2 in
    process/check) grep "^| $1 |" docs/runtime.md | grep -qF "${3%%: *}" ;;
    *) grep "^| $1 |" docs/runtime.md | grep -qF -e "\`$2\`" -e "\`${3:-$2}\`" ;;
    esac
}

# restore: the copy is as the sources are.
restore() {
    rm -rf "$work/runtime" "$work/objects"
    cp -r runtime "$work/runtime"
}

# mutate FILE EXPRESSION: changes the copy; false: it does not apply.
mutate() {
    sed -z -e "$2" "runtime/$1" >"$work/mutated" && ! cmp -s "$work/mutated" "runtime/$1" || return 1
    sed -z -e "$2" "$work/runtime/$1" >"$work/mutated" && mv "$work/mutated" "$work/runtime/$1"
}

# build FILE...: the libraries, of which these files differ.
build() {
    mkdir -p "$work/objects"
    header=
    case " $* " in *.h\ *) header=1 ;; esac
    for object in "$BUILD"/runtime/*.o; do
        name=$(basename "$object" .o)
        case " $* " in
        *" $name.c "* | *.h\ * | *.def\ *)
            # shellcheck disable=SC2086
            $compile -c "$work/runtime/$name.c" -o "$work/objects/$name.o" || return 1 ;;
        *) cp "$object" "$work/objects/" ;;
        esac
    done
    rm -f "$work/libgoescape.a"
    ar rcs "$work/libgoescape.a" "$work"/objects/*.o
    $GCC -shared -pthread -Wl,-soname,libgoescape.so.1 -Wl,-z,nodelete -o "$work/libgoescape.so" "$work"/objects/*.o
    ln -sf libgoescape.so "$work/libgoescape.so.1"
    ln -sf "$BUILD/goescape.so" "$work/goescape.so"
    ln -sf "$BUILD/testsuite/matcher" "$work/testsuite/matcher"
}

# passes PROGRAM TEST: on the libraries just built; what it prints is in $work/out.
passes() {
    case $1 in
    runtime_* | jit_*)
        area=unit
        case $1 in jit_*) area=jit ;; esac
        object=$BUILD/testsuite/$area/$1.o
        if [ -n "$header" ]; then # it may have inlined what is mutated
            object=$work/test.o
            $compile -Itestsuite -c "testsuite/$area/$1.c" -o "$object" || return 1
        fi
        # shellcheck disable=SC2046
        $GCC -pthread -o "$work/test" "$object" "$work/libgoescape.a" \
            $(pkg-config --libs check) $([ $area = unit ] || echo -lgccjit) >"$work/out" 2>&1 || return 1
        ONLY=$2 timeout -k 5 100 "$work/test" >"$work/out" 2>&1 &&
            ! grep -q 'Checks: 0,' "$work/out" ;;
    run/*)
        mkdir -p "$work/log"
        BUILD=$work LOGS=$work/log UPDATE='' sh testsuite/case.sh "$1"
        cp "$work/log/$1.log" "$work/out"
        grep -q '^RESULT [1-9][0-9]* 0$' "$work/out" ;;
    *)
        ONLY=$2 BUILD=$work TMP=$work/process timeout -k 5 300 sh "testsuite/$1.sh" >"$work/out" 2>&1
        grep -q "^ok $2" "$work/out" && ! grep -q '^not ok' "$work/out" ;;
    esac
}

# judge NUMBER WHAT EDITS PROGRAM TEST
judge() {
    number=$1 what=$2 files='' tries=0
    restore
    while read -r file expression; do
        [ -n "$file" ] || continue
        mutate "$file" "$expression" || { report 0 "$number $what: does not apply to $file"; return; }
        files="$files $file"
    done <"$3"
    [ -n "$files" ] || { report 0 "$number $what: no edit"; return; }
    if [ -n "$only_apply" ]; then
        exists "$4" "$5" || { report 0 "$number $what: there is no test $4 $5"; return; }
        documented "$1" "$4" "$5" || { report 0 "$number $what: docs/runtime.md does not name $4 $5 for it"; return; }
        report 1 "$number $what: applies"
        return
    fi
    # shellcheck disable=SC2086
    build $files >"$work/out" 2>&1 || { report 0 "$number $what: does not compile"; cat "$work/out"; return; }
    most=$TRIES
    case $4 in process/*) most=1 ;; esac # these take long, and leave little to chance
    while [ $tries -lt "$most" ]; do
        tries=$((tries + 1))
        passes "$4" "$5" || { killed=$((killed + 1)); report 1 "$number $what: found by $4 $5, try $tries"; 
            [ -z "${V:-}" ] || sed -n 's/^/    /;$p' "$work/out" | cut -c1-200; return; }
    done
    report 0 "$number $what: $4 $5 does not notice"
}

chosen() { case $numbers in "  " | *" $1 "*) ;; *) false ;; esac; }

# each COMMAND: runs COMMAND NUMBER WHAT EDITS PROGRAM TEST for each mutation chosen.
each() {
    number='' what='' edits=$work/edits
    : >"$edits"
    while IFS= read -r line || [ -n "$line" ]; do
        case $line in
        '#'* | '') ;;
        '  '*.c\ * | '  '*.h\ * | '  '*.def\ *) printf "%s\n" "$line" >>"$edits" ;;
        '  '*)
            line=${line#  }
            program=${line%% *}
            test=${line#"$program"}
            ! chosen "$number" || "$1" "$number" "$what" "$edits" "$program" "${test# }" </dev/null
            : >"$edits" ;;
        *) number=${line%% *} what=${line#* } ;;
        esac
    done <"$table"
}

name_test() { echo "$4 $5"; }
if [ -z "$only_apply" ]; then
    restore
    build >/dev/null || exit 1
    each name_test | sort -u >"$work/tests"
    while read -r program test; do
        passes "$program" "$test" </dev/null || {
            report 0 "$program $test fails without any mutation"
            cat "$work/out"
        }
    done <"$work/tests"
else
    # Each row of the table has a mutation.
    sed -n 's/^| \([0-9][0-9]*[a-z]*\) |.*/\1/p' docs/runtime.md | while read -r number; do
        grep -q "^$number " $table || echo "$number"
    done >"$work/without"
    [ ! -s "$work/without" ] || report 0 "no mutation for the invariants $(xargs <"$work/without")"
fi
each judge
[ -n "$only_apply" ] || echo "$killed found, $failed not"
[ $failed = 0 ]
