# report=FILE and goescape-report: every decision of a build, as lines, as a summary, as a page.
. testsuite/cli/lib
mkdir -p "$TMP/p"
cat >"$TMP/p/a.c" <<'END'
int *leak(void)
{
    int x = 42;
    return &x;
}
int stay(void)
{
    int y = 1, *p = &y;
    return *p < 2;
}
END
cat >"$TMP/p/b.c" <<'END'
#include <stdlib.h>
int *g;
void keep(int *q) { g = q; }
int both(int n)
{
    int *a = malloc(16);
    *a = n;
    int local;
    keep(&local);
    return *a;
}
END
cat >"$TMP/p/Makefile" <<'END'
a.o b.o: ; $(CC) $(FLAGS) -c $*.c -o $@
END
build() {
    rm -f "$TMP"/p/*.o "$TMP/p/r"
    make -C "$TMP/p" "$@" a.o b.o CC="$GCC" FLAGS="$plug -w -fdiagnostics-plain-output $arg-report=r"
}
# has NAME FILE REGEX...: one line of FILE matches all.
has() {
    what=$1
    cp "$2" "$TMP/out"
    shift 2
    for regex; do
        grep -E "$regex" "$TMP/out" >"$TMP/some"
        mv "$TMP/some" "$TMP/out"
    done
    if [ -s "$TMP/out" ]; then ok "$what"; else not_ok "$what"; fi
}
report() { (cd "$TMP/p" && "$BUILD/goescape-report" "$@"); }

build -j2 >"$TMP/log" 2>&1
silent_on 'report: no notes of what stays' 'does not escape|leaking' "$TMP/log"
has 'report: a moved variable' "$TMP/p/r" '"verdict": "moved"' '"kind": "variable"' '"name": "x"' \
    '"file": "a.c"' '"line": 3' '"column": 9' '"function": "leak"' '"reason": ".*returns"' \
    '"text": "address of .x. is returned"'
has 'report: a variable that stays' "$TMP/p/r" '"verdict": "stays"' '"name": "y"' '"flow": \[\]'
has 'report: a parameter' "$TMP/p/r" '"verdict": "leaks"' '"kind": "parameter"' '"name": "q"'
has 'report: an allocation' "$TMP/p/r" '"verdict": "promoted"' '"name": "malloc\(16\)"'
has 'report: a warning' "$TMP/p/r" '"kind": "warning"' '"line": 9' 'local'
report r >"$TMP/first"
build -j2 >"$TMP/log" 2>&1
report r >"$TMP/second"
check 'report: a parallel build says the same again' cmp "$TMP/first" "$TMP/second"
says 'report: a path that cannot be written' 1 'error: goescape: report=/no/such: cannot write there' \
    "$GCC" "$plug" -w $arg-report=/no/such -S -o /dev/null "$TMP/p/a.c"

says 'summary: counts' 0 '^[0-9]+ decisions in 2 files$' report r
says 'summary: verdicts' 0 '^ +2  moved$' report r
says 'summary: what moved, and why' 0 '^a.c:3:9: leak: x: its address reaches what' report r
says 'summary: the flow' 0 "^    a.c:4:12: address of 'x' is returned" report r
cat "$TMP/p/r" "$TMP/p/r" >"$TMP/p/twice"
report twice >"$TMP/second"
check 'summary: what is said twice counts once' cmp "$TMP/first" "$TMP/second"
{ echo '{"file": "z.c", '; echo '["no record"]'; cat "$TMP/p/r"; } >"$TMP/p/bad"
says 'a line cut short' 1 '^bad:1: error: ' report bad
says 'a line that is no record' 1 '^bad:2: error: not a JSON object' report bad
report bad 2>/dev/null >"$TMP/second"
check 'the rest is read' cmp "$TMP/first" "$TMP/second"
says 'no such file' 1 'cannot read no-such: No such file' report no-such
says 'no such option' 1 'unknown option --htm' report --htm r

says 'html: made' 0 '<!DOCTYPE html>' report --html - r
report --html "$TMP/page" r
has 'html: the source, escaped' "$TMP/page" '    return \*p &lt; 2;$'
has 'html: a line with a note' "$TMP/page" 'id="a.c:3".*<code>    int x = 42;</code>'
has 'html: a line that a flow leads to' "$TMP/page" 'id="a.c:4".*<code>    return &amp;x;</code>'
has 'html: what moved, at the top' "$TMP/page" '<li><a href="#a.c:3">a.c:3</a> leak: moved to heap: x</li>'
has 'html: counts of a file' "$TMP/page" '<summary>a.c<span.*data-v="moved">1 moved</span>'
has 'html: notes' "$TMP/page" '<div class="note" data-v="moved">.*moved to heap: x.*returned</li>'
has 'html: the filter' "$TMP/page" 'value="stays"'
silent_on 'html: nothing from elsewhere' '(src|href)="[^#]|url\(|@import' "$TMP/page"

# A build that changes folders: a file below the folder of the report is named as seen from there.
mkdir -p "$TMP/p/lib/deep"
mv "$TMP/p/a.c" "$TMP/p/lib/a.c"
echo 'static int *of_header(int *p) { return p; }' >"$TMP/p/lib/h.h"
echo '#include "../h.h"' >"$TMP/p/lib/deep/a.c"
unit() { (cd "$TMP/p/$1" && "$GCC" "$plug" -w -fdiagnostics-plain-output "$arg-report=$2" -S -o /dev/null "$3"); }
unit lib "$TMP/p/below" a.c
unit lib/deep "$TMP/p/below" a.c
unit . "$TMP/p/below" b.c
says 'folders: named from the folder of the report' 0 '^lib/a.c:3:9: leak: x:' report below
says 'folders: the folder itself' 0 '^b.c:8:9: both: local:' report below
has 'folders: up and down again' "$TMP/p/below" '"file": "lib/h.h"'
report --html "$TMP/page" below
silent_on 'folders: every source is found' 'class="missing"' "$TMP/page"
mkdir -p "$TMP/p/lib/other"
unit lib/deep "$TMP/p/lib/other/r" a.c
has 'folders: elsewhere as it was given' "$TMP/p/lib/other/r" '"file": "./../h.h"|"file": "../h.h"'
