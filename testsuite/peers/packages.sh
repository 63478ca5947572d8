#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Programs nobody here wrote: Debian's sources, built with CC=goescape-cc, their own tests run.
#
#   packages.sh [NAME ...]      default: zlib cjson oniguruma redis sqlite; also: expat pcre2 libuv gawk jq mbedtls tcl (30,000 tests)
#   packages.sh plain NAME      only what needs no plugin, so that testsuite/bench/compile.sh can use it
#
# Each package is built and tested twice, with GCC alone and with the plugin. It fails if a test passes
# only without the plugin and docs/findings.md has no row `| test PATTERN | reason |` for it, if it does not
# build, or if a variable moves that the package's table there does not have; such rows are printed as they
# would stand there. A row that is no longer true is printed too ('gone'), and is no failure: the analysis
# has become finer.
# Variables of the tests themselves are not looked at.
#
# The last line is 'N passed, N failed'. Everything lies in $BUILD/peers/packages and nothing is kept
# in the repository; sources are fetched by apt-get source from $MIRROR. Environment: GCC, BUILD, JOBS,
# MIRROR, SUITE (bookworm), REDIS_TESTS and SQLITE_TESTS (what of these suites is run), NOCHECK=1 (the functions
# that measure the stack get goe_nocheck, as a user would do it, and every test must pass), SELECT=all (every local whose
# address is taken moves, and the tests collect every 64 KB; which ones moved is not looked at).
set -u
cd "$(dirname "$0")/../.." || exit 1
BUILD=${BUILD:-build}
case $BUILD in /*) ;; *) BUILD=$PWD/$BUILD ;; esac
GCC=${GCC:-gcc}
JOBS=${JOBS:-$(nproc 2>/dev/null || echo 1)}
# Where this system's own packages come from.
MIRROR=${MIRROR:-$(apt-get indextargets --format '$(REPO_URI)' 2>/dev/null | grep -v -- '-security' | head -n 1)}
SUITE=${SUITE:-bookworm}
findings=$PWD/docs/findings.md
work=$BUILD/peers/packages
mkdir -p "$work"
export GOESCAPE_CC="$GCC" LC_ALL=C
unset MAKEFLAGS MAKELEVEL MFLAGS CFLAGS CXXFLAGS LDFLAGS BUILD_FLAGS 2>/dev/null

REDIS_TESTS=${REDIS_TESTS:-unit/type/string unit/type/incr unit/type/list unit/type/set unit/type/zset
    unit/type/hash unit/type/stream unit/sort unit/expire unit/scan unit/multi unit/pubsub unit/scripting
    unit/functions unit/dump unit/bitops unit/bitfield unit/geo unit/hyperloglog unit/auth unit/acl
    unit/other unit/introspection integration/aof integration/rdb integration/convert-ziplist-hash-on-load}
SQLITE_TESTS=${SQLITE_TESTS:-select1 select2 select3 select4 insert insert2 update delete join join2 expr
    func func2 date like index index2 trigger1 trigger2 view vacuum where where2 subquery with1 window1
    upsert1 fkey1 fkey2 autoinc collate1 types printf savepoint trans2 pager1 wal lock memdb json101
    fts3aa fts3expr ../ext/rtree/rtree1 alter alter2 attach analyze blob boundary1 cast check conflict capi2 malloc
    bind enc intpkey minmax null orderby1 pragma quote rollback sort table tkt1435 unique utf16align}

# --- the packages: source_*, build_* (in the source, CC set), test_* (prints PASS/FAIL NAME) ---------
source_zlib=zlib source_cjson=cjson source_oniguruma=libonig source_redis=redis
source_sqlite=sqlite3 source_tcl=tcl8.6 source_expat=expat source_pcre2=pcre2 source_libuv=libuv1 source_gawk=gawk
source_jq=jq source_mbedtls=mbedtls

build_zlib() { ./configure && make -j"$JOBS"; }
test_zlib() {
    make test | sed -n 's/.*\*\*\* \(.*\) OK \*\*\*/PASS \1/p'
    # infcover compares what inflate returns on 60 broken streams
    make infcover >/dev/null && ./infcover >/dev/null && echo "PASS infcover"
}

# The custom flags hold -Werror, under which a warning of ours would end the build.
build_cjson() {
    cmake -S . -B out -DENABLE_CJSON_UTILS=On -DENABLE_CUSTOM_COMPILER_FLAGS=Off && make -C out -j"$JOBS"
}
test_cjson() { make -C out test | sed -n 's/.*Test *#[0-9]*: \([a-z0-9_]*\) .* Passed .*/PASS \1/p'; }

build_oniguruma() { autoreconf -fi && ./configure && make -j"$JOBS"; }
test_oniguruma() {
    make -k check | sed -n 's/^PASS: /PASS /p'
    for program in test_utf8 test_syntax test_options test_regset testc testu test_back; do
        [ ! -x "test/$program" ] || sed -n "s/^OK: /PASS $program /p" "test/$program.log"
    done
}

build_redis() { make -j"$JOBS" MALLOC=libc CC="$CC" V=1; }
test_redis() {
    list=
    for t in $REDIS_TESTS; do list="$list --single $t"; done
    # shellcheck disable=SC2086
    ./runtest --clients 2 --timeout 2400 $list | sed -n 's/^.*\[.*ok.*\]: \(.*\) ([0-9]* ms)$/PASS \1/p'
}

# As Debian builds it, file by file; sqlite3.c, all of them in one, is for testsuite/bench. The programs that
# test it are written in Tcl, and --with-tcl is where its settings are.
build_sqlite() {
    autoreconf -fi
    ./configure --disable-amalgamation --disable-shared --with-tcl="$(dirname "$(ls /usr/lib/*/tcl8.6/tclConfig.sh)")" \
        --enable-rtree --enable-fts3 --enable-fts4 --enable-json && make -j"$JOBS" sqlite3.c &&
        make -j"$JOBS" sqlite3 && make testfixture LIBS=-Wl,--allow-multiple-definition # it has a file twice
}
# Tests of files without permission need a user who is not almighty.
test_sqlite() {
    list=
    for t in $SQLITE_TESTS; do list="$list test/$t.test"; done
    for t in $list; do
        [ ! -f "$t" ] || as_user timeout 1200 ./testfixture "$t" --verbose=0 |
            sed -n "s|^0 errors out of \([0-9]*\) tests.*|PASS $t (\1)|p"
    done
}

build_tcl() {
    nocheck generic/tclBasic.c TclNRCoroutineActivateCallback
    nocheck generic/tclTest.c NREUnwind_callback TestNRELevels
    cd unix && ./configure && make -j"$JOBS" binaries tcltest
}
# http.test waits for ever where coroutines fail (docs/findings.md).
test_tcl() {
    leave=
    [ "$CC" = "$GCC" ] || [ -n "${NOCHECK:-}" ] || leave='-notfile http.test'
    as_user make -C unix test-tcl TESTFLAGS="-verbose p $leave" | sed -n 's/^++++ \(.*\) PASSED$/PASS \1/p'
}

# Its tests are linked once as C and once as C++.
build_expat() { cd expat && ./buildconf.sh && ./configure --without-docbook && make -j"$JOBS"; }
test_expat() {
    make -C expat check | sed -n 's/^PASS: /PASS /p'
    sed -n 's/^100%: Checks: \([0-9]*\), Failed: 0/PASS checks: \1/p' expat/tests/*.log
}

build_pcre2() { ./configure --enable-jit && make -j"$JOBS"; }
test_pcre2() { make -k check | sed -n 's/^PASS: /PASS /p'; }

build_libuv() { sh autogen.sh && ./configure && make -j"$JOBS" && make -j"$JOBS" test/run-tests; }
test_libuv() { as_user test/run-tests | sed -n 's/^ok [0-9]* - /PASS /p'; }

# Debian leaves its manual out, which make wants.
build_gawk() { ./configure && make -C support -j"$JOBS" && make -j"$JOBS" gawk && make -C extension -j"$JOBS"; }
# A test says its name; what it wrote stays if it was not right.
test_gawk() {
    make -k check | grep -x '[a-z][A-Za-z0-9_-]*' | while read -r test; do
        [ -e "test/_$test" ] || echo "PASS $test"
    done
}

# valgrind, which its tests are run with where there is one, is not what is tested. Oniguruma is a package of its own.
build_jq() {
    autoreconf -fi && ./configure --disable-maintainer-mode --disable-docs --disable-valgrind --with-oniguruma=no &&
        make -j"$JOBS"
}
test_jq() {
    make -k check | sed -n 's/^PASS: /PASS /p'
    sed -n 's/^\([1-9][0-9]*\) of \1 tests passed.*/PASS \1 programs/p' tests/*.log
}

build_mbedtls() { make -j"$JOBS" CC="$CC" lib && make -j"$JOBS" CC="$CC" -C tests; }
# Some of its certificates have expired, with GCC alone as well.
test_mbedtls() {
    cd tests || return
    for t in test_suite_*; do
        [ ! -x "$t" ] || "./$t" | sed -n "s/^\(.*[^ .]\) \.* PASS\$/PASS $t \1/p"
    done
}

# nocheck FILE FUNCTION...: goe_nocheck on functions whose definitions have their names at the start of a line.
nocheck() {
    [ "$CC" != "$GCC" ] && [ -n "${NOCHECK:-}" ] || return 0
    file=$1
    shift
    for function; do
        sed -i "s/^$function(/__attribute__((goe_nocheck)) &/" "$file"
    done
}

as_user() {
    if [ "$(id -u)" != 0 ]; then
        "$@"
    else
        setpriv --reuid=nobody --regid=nogroup --clear-groups env HOME=/tmp "$@"
    fi
}

# --- fetching ----------------------------------------------------------------------------------------
# With lists of our own, so that it works where no deb-src line is configured, and changes nothing.
apt_source() {
    lists=$work/lists
    if [ ! -f "$lists/ready" ]; then
        mkdir -p "$lists/partial"
        echo "deb-src $MIRROR $SUITE main" >"$work/sources.list"
        apt_get update && : >"$lists/ready" || return 1
    fi
    apt_get source "$1"
}
apt_get() {
    apt-get -qq -o Dir::Etc::SourceList="$work/sources.list" -o Dir::Etc::SourceParts=/dev/null \
        -o Dir::State::Lists="$work/lists" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= \
        -o APT::Sandbox::User=root "$@"
}

# prepare NAME: its patched source in $work/NAME/source.
prepare() {
    [ ! -d "$work/$1/source" ] || return 0
    mkdir -p "$work/$1"
    eval "debian=\$source_$1"
    # shellcheck disable=SC2154
    (cd "$work/$1" && apt_source "$debian" && mv "$(find . -maxdepth 1 -type d -name '[!.]*' | head -n 1)" source)
}

# --- one package -------------------------------------------------------------------------------------
# variant NAME WHICH: builds and tests NAME in $work/NAME/WHICH; tests passed in WHICH.tests.
variant() {
    at=$work/$1/$2
    rm -rf "$at" && cp -a "$work/$1/source" "$at" || return 1
    [ "$(id -u)" != 0 ] || chmod -R go+rwX "$at"
    (cd "$at" && "build_$1") >"$at.build" 2>&1 </dev/null || return 1
    (cd "$at" && "test_$1") 2>"$at.test-log" </dev/null | sort | uniq >"$at.tests"
}

# What moved, a row of the table each: file, function, variable.
moved() {
    jq -r 'select(.verdict == "moved" and (.file | test("(^|/)(tests?|sample|examples?|conftest[^/]*)(/|\\.c$)|ztest|testfixture|/test[0-9_]|Test(Obj|ProcBodyObj)?\\.c$")
        | not)) | "| \(.file | sub(".*/"; "")) | \(.function) | \(.name) |"' "$1" | sort -u
}
# What the findings list of package NAME, without the reasons.
listed() {
    awk -v want="## $1" '$0 == want { on = 1; next } /^## / { on = 0 }
        on && /^\| [^ ]+\.[a-z]+ \|/ { split($0, f, "|"); print "|" f[2] "|" f[3] "|" f[4] "|" }' \
        "$findings" | sort -u
}

# Leaves out of a list of tests those that the findings of package NAME explain.
without_explained() (
    [ -z "${NOCHECK:-}" ] || exec cat
    set -f # patterns are for the tests' names
    explained=$(awk -v want="## $1" '$0 == want { on = 1; next } /^## / { on = 0 } on' "$findings" |
        sed -n 's/^| test \([^ ]*\) |.*/\1/p')
    while read -r result test; do
        for pattern in $explained; do
            # shellcheck disable=SC2254 # a pattern
            case $test in $pattern) continue 2 ;; esac
        done
        echo "$result $test"
    done
)

passed=0 failed=0
pass() { passed=$((passed + 1)); echo "ok $*"; }
flunk() { failed=$((failed + 1)); echo "not ok $*"; }

# Fetches NAME, and builds and tests it with GCC alone, once.
plain() {
    name=$1 dir=$work/$1
    prepare "$name" >"$work/$name.fetch" 2>&1 || {
        flunk "$name: cannot fetch its source, see $work/$name.fetch"
        return 1
    }
    if [ ! -s "$dir/plain.tests" ]; then # it does not change
        CC=$GCC
        export CC
        variant "$name" plain || {
            flunk "$name: does not build with $GCC alone, see $dir/plain.build"
            return 1
        }
    fi
}

check() {
    name=$1 dir=$work/$1
    plain "$name" || return
    report=$dir/report.jsonl
    rm -f "$report"
    CC=$BUILD/goescape-cc GOESCAPE_FLAGS=report=$report
    if [ -n "${SELECT:-}" ]; then
        GOESCAPE_FLAGS="select=$SELECT warn=none" GOESCAPE=minheap=65536
        export GOESCAPE
    fi
    CXX=$BUILD/goescape-c++ # for tests in C++
    export CC CXX GOESCAPE_FLAGS
    : >"$report" && chmod a+rw "$report"
    if variant "$name" goescape; then pass "$name builds"; else
        flunk "$name: does not build with the plugin, see $dir/goescape.build"
        return
    fi
    unset CXX GOESCAPE_FLAGS GOESCAPE
    comm -23 "$dir/plain.tests" "$dir/goescape.tests" | without_explained "$name" >"$dir/lost"
    n=$(wc -l <"$dir/goescape.tests")
    if [ ! -s "$dir/plain.tests" ]; then
        flunk "$name: no test passed even without the plugin"
    elif [ -s "$dir/lost" ]; then
        flunk "$name: $(wc -l <"$dir/lost") tests pass only without the plugin:"
        sed 's/^PASS/  /' "$dir/lost" | head -n 20
    else
        passed=$((passed + n))
        echo "ok $name: $n tests as without the plugin"
    fi
    [ -z "${SELECT:-}" ] || return 0
    moved "$report" >"$dir/moved"
    listed "$name" >"$dir/listed"
    comm -23 "$dir/moved" "$dir/listed" >"$dir/unexplained"
    if [ -s "$dir/unexplained" ]; then
        flunk "$name: $(wc -l <"$dir/unexplained") moved variables that docs/findings.md does not explain:"
        cat "$dir/unexplained"
    else
        pass "$name: $(wc -l <"$dir/moved") moved variables, all explained"
    fi
    comm -13 "$dir/moved" "$dir/listed" | sed 's/^/  gone: /'
}

[ $# -gt 0 ] || set -- zlib cjson oniguruma redis sqlite
if [ "$1" = plain ]; then
    plain "$2"
    exit
fi
for package; do check "$package"; done
echo "$passed passed, $failed failed"
[ $failed = 0 ]
