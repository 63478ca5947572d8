# summaries=DIR: what one file says of its functions, and what another makes of it.
. testsuite/cli/lib
cc=$BUILD/goescape-cc
export GOESCAPE_LINK=static
mkdir -p "$TMP/tree/src"
cd "$TMP/tree" || exit 1
TMP=$PWD/..
sum=$PWD/sum
cat >src/pool.h <<'END'
void each(int n, void (*f)(int, void *), void *data);
void keep(int *);
void relay(int *);
int kept(void);
int again(void);
END
cat >src/pool.c <<'END'
#include "pool.h"
static int *held, *handed;
void each(int n, void (*f)(int, void *), void *data)
{
    for (int i = 0; i < n; i++)
        f(i, data);
}
void keep(int *p) { held = p; }
int kept(void) { return *held; }
void hand(int *p) { handed = p; }
int again(void) { return *handed; }
END
cat >src/relay.c <<'END'
#include "pool.h"
void hand(int *);
void relay(int *p) { hand(p); }
END
cat >main.c <<'END'
#include <stdio.h>
#include "src/pool.h"
static void add(int i, void *sum)
{
    *(int *)sum += i;
}
static void lend(void)
{
    int seven = 7;
    keep(&seven);
}
static void pass_on(void)
{
    int eight = 8;
    relay(&eight);
}
static int overwrite(int n)
{
    volatile int pad[64];
    for (int i = 0; i < 64; i++)
        pad[i] = n;
    return pad[n];
}
int main(void)
{
    int total = 0;
    each(5, add, &total);
    lend();
    pass_on();
    overwrite(3);
    printf("%d %d %d\n", total, kept(), again());
    return 0;
}
END
cat >Makefile <<'END'
OBJECTS = main.o src/relay.o src/pool.o
program: $(OBJECTS)
	$(CC) -o $@ $(OBJECTS)
%.o: %.c
	$(CC) -fdiagnostics-plain-output -O2 -c -o $@ $<
clean:
	rm -f program $(OBJECTS)
END
cp -r . ../other
jobs= # callers come first: what callees write is known the next time
# build FLAGS: everything from scratch; what the compiler says is in log.
build() {
    make -s clean
    CC=$cc GOESCAPE_FLAGS="m $*" make -s $jobs >log 2>&1
}
# compile FILE [FLAGS]: one object; what the compiler says is in log.
compile() {
    file=$1
    shift
    GOESCAPE_FLAGS="m summaries=$sum $*" "$cc" -fdiagnostics-plain-output -O2 -c -o "${file%.c}.o" \
        "$file" >log 2>&1
}
link() { "$cc" "$@" -o program main.o src/pool.o src/relay.o; }
with() { says "$1" 0 "$2" cat log; }
without() { silent_on "$1" "$2" log; }

# --- with and without ------------------------------------------------------------------------
build
with 'alone: a callback and its data are kept' 'main.c:26:9: note: moved to heap: total'
with 'alone: what is lent stays' 'main.c:9:9: note: seven does not escape'
without 'alone: no warning' warning:

build summaries="$sum"
without 'first build: nothing is known yet' 'summary of|by its summary'
build summaries="$sum"
with 'a callback that is only called' 'main.c:26:9: note: total does not escape'
with 'an argument that is kept' 'main.c:9:9: note: moved to heap: seven'
with 'a warning says where' \
    "main.c:10:5: warning: address of local variable 'seven' is stored in 'held', which outlives it"
with 'a note says whose summary it was' \
    "main.c:27:5: note: 'each' is judged by its summary from src/pool.c"
with 'two calls away: not yet, and the linker knows' 'undefined reference to .__goe_recompile\.relay\.'
build summaries="$sum"
with 'two calls away: another build' 'main.c:14:9: note: moved to heap: eight'
with 'two calls away: a warning' "main.c:15:5: warning: .*'eight' is stored in 'handed'"
says 'and runs' 0 '^10 7 8$' ./program
build summaries="$sum" mode=check
with 'mode=check: the same warnings' "warning: .*'eight' is stored in 'handed'"
nm main.o src/*.o >symbols
silent_on 'mode=check: the objects are as without' goe_ symbols

# --- the files -------------------------------------------------------------------------------
check 'one for each unit' test -f sum/src+pool.sum -a -f sum/src+relay.sum -a ! -e sum/main.sum
cat sum/*.sum >all
silent_on 'no absolute path' "$PWD" all
silent_on 'no static function' 'function (add|lend|pass_on|overwrite) ' all
silent_on 'not main' 'function main ' all
cp -r sum before
rm sum/changed
build summaries="$sum"
check 'settled: no file changes any more' diff -r -x changed before sum
check 'settled: nobody says so' test ! -e sum/changed
jobs=-j3
(cd ../other && for i in 1 2 3; do build summaries="$PWD/sum"; done)
check 'another place: the same files' diff -r -x changed sum ../other/sum
build summaries="$sum" mode=check warn=none
check 'another mode: the same files' diff -r -x changed sum ../other/sum

# --- what is not believed --------------------------------------------------------------------
build summaries="$sum"
sed 's/void keep(int \*p) { held = p; }/static int seven = 7;\n&/; s/held = p/held = \&seven/' src/pool.c \
    >new && mv new src/pool.c
compile main.c
with 'a source has changed: said' \
    "note: the summary of 'keep' from src/pool.c is not used: src/pool.c has changed"
with 'a source has changed: as if unknown' 'moved to heap: total'
with 'a source has changed: nothing is kept' 'seven does not escape'
compile src/pool.c
compile main.c
with 'made again: believed' "'keep' is judged by its summary"
with 'made again: as it is now' 'seven does not escape'
sed 's/held = &seven/held = p/' src/pool.c >new && mv new src/pool.c
compile src/pool.c
compile src/relay.c
says 'an object that believed the old one does not link' 1 \
    'undefined reference to .__goe_recompile\.keep\.[0-9a-f]{16}' link
for linker in ld.bfd ld.gold ld.lld; do
    command -v $linker >/dev/null || continue
    for flag in -O -Wl,--gc-sections -static; do
        says "nor does it with $linker $flag" 1 '__goe_recompile\.keep\.' link $flag -fuse-ld="${linker#ld.}"
    done
done
compile main.c
check 'until it is made again' link
says 'then it runs' 0 '^10 7 8$' ./program
echo '/* only a comment */' >>src/pool.c
compile src/pool.c
check 'a change that changes no summary links' link
echo '/* another */' >>src/pool.h
compile main.c
with 'a header has changed' "'keep' from src/pool.c is not used: src/pool.h has changed"
compile src/pool.c
compile main.c "extern=escape"
without 'extern=escape does not believe extern=borrow' 'by its summary'
GOESCAPE_FLAGS="m summaries=$sum" "$cc" -w -fdiagnostics-plain-output -fPIC -S -o pic.s main.c >log 2>&1
without '-fPIC: another function may take its place' 'by its summary'
GOESCAPE_FLAGS="m summaries=$sum" "$cc" -w -fdiagnostics-plain-output -fPIC -fvisibility=hidden \
    -include src/pool.h -S -o pic.s -x c - >log 2>&1 <<'END'
#pragma GCC visibility push(hidden)
void keep(int *);
void f(void) { int x; keep(&x); }
END
with '-fPIC: unless it is hidden' "'keep' is judged by its summary"
cat >declared.c <<'END'
void keep(int *, int);
void f(void) { int x; keep(&x, 1); }
END
compile declared.c
with 'declared differently' "'keep' from src/pool.c is not used: it is declared differently here"
cat >weak.c <<'END'
void keep(int *) __attribute__((weak));
void f(void) { int x; if (keep) keep(&x); }
END
compile weak.c
without 'weak: it need not be there' 'by its summary'
rm -f sum/declared.sum sum/weak.sum sum/pic.sum

cat >two.c <<'END'
#include "src/pool.h"
void keep(int *p) { (void)p; }
END
compile two.c
compile main.c
with 'two files define it: said' "'keep' is judged by several summaries, which differ"
with 'two files define it: what either does' 'moved to heap: seven'
nm main.o >symbols
silent_on 'two files define it: the object is tied to neither' 'recompile\.keep' symbols
rm two.c
compile main.c
with 'one of them is gone' "'keep' is judged by its summary from src/pool.c"

# --- mistakes --------------------------------------------------------------------------------
sed 's/^leak [0-9]/leak 9/' sum/src+pool.sum >new && mv new sum/src+pool.sum
compile main.c
with 'a broken record: where it is' "warning: .*/sum/src\+pool.sum:[0-9]+: '9' is no object"
with 'a broken record: not used' 'seven does not escape'
echo garbage >sum/src+pool.sum
compile main.c
with 'no summary file' 'sum/src\+pool.sum:1: this is no summary file: remove it: the summary is not used'
compile src/pool.c
compile main.c
without 'made again: no complaint' 'warning: .*sum/'
says 'a folder that cannot be made' 1 'goescape: summaries=/dev/null/x: ' \
    env GOESCAPE_FLAGS=summaries=/dev/null/x "$cc" -w -c src/relay.c -o x.o

# --- whole packages --------------------------------------------------------------------------
rm -rf sum
says '--settle' 0 'moved to heap: eight' env GOESCAPE_FLAGS='m summaries=sum' "$cc" --settle \
    sh -c 'make -s clean && make -s -j2'
cp "$TMP/out" log
says '--settle: the last build is the real one' 0 '^10 7 8$' ./program
[ "$(grep -c 'moved to heap: eight' log)" = 1 ] && ok '--settle: says it once' || not_ok '--settle: says it once'
says '--settle: the build fails' 1 'No rule' env GOESCAPE_FLAGS='summaries=sum' "$cc" --settle make nothing
says '--settle: no folder' 1 'use  GOESCAPE_FLAGS=summaries=DIR' env GOESCAPE_FLAGS=m "$cc" --settle make
says '-flto' 0 '^10 7 8$' env GOESCAPE_FLAGS=summaries=sum sh -c "make -s clean && make -s CC='$cc -flto -w' && ./program"
