# The plugin's options: every mode does what it says, and every mistake is one clear error.
. testsuite/cli/lib
cat >"$TMP/x.c" <<'END'
#include <stdio.h>
int *leak(void)
{
    int x = 42;
    return &x;
}
int main(void)
{
    int y = 1, *p = leak();
    scanf("", &y);
    return p ? 0 : 1;
}
END
compile() { "$GCC" "$plug" -fdiagnostics-plain-output "$@" -S -o "$TMP/x.s" "$TMP/x.c"; }

says 'default: warns' 0 "x.c:5:.*warning: address of local variable 'x' is returned \[goescape\]" compile
says 'default: says what it moved' 0 'x.c:4:9: note: moved to heap: x' compile
says 'default: moves' 0 __goe_new cat "$TMP/x.s"
compile 2>"$TMP/msg"
silent_on 'default: no notes of what stays' 'does not escape' "$TMP/msg"
says 'm: notes' 0 'x.c:9:9: note: y does not escape' compile $arg-m
compile $arg-m=0 2>"$TMP/msg"
silent_on 'm=0: no notes' 'does not escape' "$TMP/msg"
says 'with -g3: moves' 0 'moved to heap: x' compile -g3
says 'm=1: notes' 0 'y does not escape' compile $arg-m=1
says 'm=2: notes' 0 'y does not escape' compile $arg-m=2

compile $arg-mode=check 2>"$TMP/msg"
silent_on 'mode=check: moves nothing' __goe "$TMP/x.s"
silent_on 'mode=check: does not say that it moved' 'moved to heap' "$TMP/msg"
says 'mode=check: warns' 0 "address of local variable 'x' is returned" cat "$TMP/msg"
says 'mode=check: the fix is named' 0 'static|heap|caller|malloc|goe_' cat "$TMP/msg"
compile $arg-mode=off 2>"$TMP/msg"
silent_on 'mode=off: silent' '\[goescape\]|does not escape|moved to' "$TMP/msg"
silent_on 'mode=off: moves nothing' __goe "$TMP/x.s"

# recursion FUNCTIONS: so many that call one another in a ring.
recursion() {
    awk -v n="$1" 'BEGIN {
        for (i = 0; i < n; i++) printf "int *f%d(int *);\n", i
        for (i = 0; i < n; i++) printf "int *f%d(int *p) { return *p ? f%d(p) : p; }\n", i, (i + 1) % n
    }' >"$TMP/ring.c"
}
ring() { "$GCC" "$plug" -fdiagnostics-plain-output "$@" -S -o "$TMP/x.s" "$TMP/ring.c"; }
recursion 300
says 'm: says what was not analysed in full' 0 "ring.c:30[0-9]:.*note: too large to analyse in full: 'f0'" ring $arg-m
ring 2>"$TMP/msg"
silent_on 'without m: nothing of that' 'too large' "$TMP/msg"
recursion 3
ring $arg-m 2>"$TMP/msg"
silent_on 'm: nothing of that for three functions' 'too large' "$TMP/msg"

compile $arg-warn=none 2>"$TMP/msg"
silent_on 'warn=none: no warning' warning "$TMP/msg"
says 'warn=none: moves all the same' 0 __goe_new cat "$TMP/x.s"
says 'warn=possible: warns' 0 'warning: .*is returned' compile $arg-warn=possible
says '-Werror: an error' 1 'error: address of local' compile -Werror
compile -w 2>"$TMP/msg"
silent_on '-w: no warning' warning "$TMP/msg"
says 'large: a bigger local moves' 0 'moved to heap: y' compile $arg-large=2 $arg-m

says 'unknown option' 1 "error: goescape: unknown option 'mod'.* mode warn m extern" compile $arg-mod=check
says 'unknown value' 1 'error: goescape: mode=chek: .*heapify\|check\|off' compile $arg-mode=chek
says 'value missing' 1 'error: goescape: mode needs a value, one of heapify' compile $arg-mode
says 'm out of range' 1 'error: goescape: m=3: .*0\|1\|2' compile $arg-m=3
says 'not a number' 1 'error: goescape: large=big: .*number' compile $arg-large=big
says 'negative number' 1 'error: goescape: large=-1' compile $arg-large=-1
says 'no file name' 1 'error: goescape: report needs a value' compile $arg-report
says 'models: no such file' 1 'no/such\.model.*|models' compile $arg-models=no/such.model
says 'two mistakes, two errors' 1 "unknown option 'b'" compile $arg-a $arg-b
if [ "$(grep -c 'error:' "$TMP/out")" = 2 ]; then ok 'and no more'; else not_ok 'and no more'; fi
help() { "$GCC" "$plug" -v --help -S -o /dev/null "$TMP/x.c"; }
says '--help lists the options' 0 'mode=heapify\|check\|off' help
help >"$TMP/help" 2>&1
for key in mode warn m extern models summaries large promote closures report; do
    says "--help lists $key" 0 "^ *$key=" cat "$TMP/help"
done
