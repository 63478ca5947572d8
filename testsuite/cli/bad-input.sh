# Programs that do not compile: GCC's own errors and nothing of ours.  Other languages: untouched.
. testsuite/cli/lib

# same_errors NAME: compiling the program on stdin says the same with and without the plugin.
same_errors() {
    cat >"$TMP/bad.c"
    "$GCC" -w -fdiagnostics-plain-output -c -o /dev/null "$TMP/bad.c" 2>"$TMP/plain"
    "$GCC" -w "$plug" $arg-m -fdiagnostics-plain-output -c -o /dev/null "$TMP/bad.c" 2>"$TMP/with"
    if grep -q error: "$TMP/plain" && diff "$TMP/plain" "$TMP/with" >"$TMP/out"; then
        ok "$1"
    else
        not_ok "$1"
    fi
}

same_errors 'syntax error' <<'END'
int *f(void) { int x = 1; return &x }
END
same_errors 'undeclared name' <<'END'
int *f(void) { int x = 1; y = 2; return &x; }
END
same_errors 'error in a later function' <<'END'
int *f(void) { int x = 1; return &x; }
int g(void) { return nothing; }
END
same_errors 'error in an earlier function' <<'END'
int g(void) { return nothing; }
int *f(void) { int x = 1; return &x; }
END
same_errors 'the file ends in a function' <<'END'
int *f(void) { int x = 1; if (x) {
END
same_errors 'no such header' <<'END'
#include <no-such-header.h>
int *f(void) { int x = 1; return &x; }
END
same_errors 'incomplete type' <<'END'
struct s; struct s *f(void) { struct s x; return &x; }
END
same_errors 'broken nested function' <<'END'
int f(int a) { int g(int b) { return a + ; } return g(1); }
END
same_errors 'redefinition' <<'END'
int *f(void) { int x = 1; return &x; }
int *f(void) { int x = 1; return &x; }
END
same_errors 'bad type of return' <<'END'
struct p { int *q; };
struct p f(void) { int x = 1; return &x; }
END
same_errors 'bad asm' <<'END'
int *f(void) { int x = 1; asm("" : "=%"(x)); return &x; }
END
same_errors '#error' <<'END'
#error stop
int *f(void) { int x = 1; return &x; }
END

cat >"$TMP/x.cc" <<'END'
template <class T> struct box { T t; };
int *f() { static int s; box<int *> b = {&s}; return b.t; }
END
"$GXX" -S -o "$TMP/plain.s" "$TMP/x.cc"
"$GXX" "$plug" -S -o "$TMP/with.s" "$TMP/x.cc" 2>"$TMP/msg"
says 'C++: one sentence' 0 'C only' cat "$TMP/msg"
if [ "$(wc -l <"$TMP/msg")" -le 1 ]; then ok 'C++: only one'; else not_ok 'C++: only one'; fi
check 'C++: untouched' cmp "$TMP/plain.s" "$TMP/with.s"

echo 'int main(void) { return 0; }' >"$TMP/empty.c"
: >"$TMP/nothing.c"
check 'empty file' "$GCC" "$plug" $arg-m -c -o /dev/null "$TMP/nothing.c"
check 'a program that needs nothing needs no library' \
    "$GCC" "$plug" $arg-m "$TMP/empty.c" -o "$TMP/empty"
echo 'int *f(void) { int x = 1; return &x; } int main(void) { return !f(); }' >"$TMP/x.c"
says 'missing library: the linker names __goe_new' 1 "undefined reference to .__goe_new" \
    "$GCC" "$plug" "$TMP/x.c" -o "$TMP/x"
says 'and the README explains it' 0 'undefined reference to .__goe_new' cat README.md
"$GCC" -E "$TMP/x.c" -o "$TMP/x.i"
check 'preprocessed input is compiled as the source is' \
    "$GCC" -w "$plug" $arg-warn=none -c "$TMP/x.i" -o "$TMP/x.o"
check 'mode=check: no library is needed' \
    "$GCC" -w "$plug" $arg-mode=check "$TMP/x.c" -o "$TMP/x"

# A plugin built for another GCC, made here by a changed version header.
mkdir -p "$TMP/fake"
plugdir=$("$GCC" -print-file-name=plugin)
sed 's/"[0-9][0-9.]*"/"11.9.7"/' "$plugdir/include/plugin-version.h" >"$TMP/fake/plugin-version.h"
"$GXX" -std=gnu++17 -fno-rtti -fno-exceptions -fPIC -I"$TMP/fake" -Iplugin -isystem "$plugdir/include" \
    -c plugin/gcc/plugin.cc -o "$TMP/plugin.o" &&
    objects=$(find "$BUILD/plugin" -name '*.o' ! -path '*/gcc/plugin.o') &&
    "$GXX" -shared -o "$TMP/other.so" "$TMP/plugin.o" $objects
says 'built for another GCC' 1 'built for GCC 11\.9\.7 and cannot be loaded by GCC [0-9]' \
    "$GCC" -fplugin="$TMP/other.so" "$TMP/x.c" -c -o /dev/null
says 'and field by field' 1 "version: built for '11\.9\.7', loaded by '[0-9]" \
    env LC_ALL=C "$GCC" -fplugin="$TMP/other.so" "$TMP/x.c" -c -o /dev/null
