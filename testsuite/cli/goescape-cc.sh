# goescape-cc as build systems use it.
. testsuite/cli/lib
cc=$BUILD/goescape-cc
dir="$TMP/a folder"
mkdir -p "$dir"
cd "$dir" || exit 1
TMP=$PWD/..
cat >main.c <<'END'
#include <stdio.h>
int *leak(int);
int main(void)
{
    int *a = leak(1), *b = leak(2);
    printf("%d %d\n", *a, *b);
    return 0;
}
END
cat >'the lib.c' <<'END'
int *leak(int n)
{
    int x = n + VALUE;
    return &x;
}
END
cat >plain.c <<'END'
int main(void) { return 0; }
END
cat >uses.c <<'END'
#include <goescape.h>
int main(void) { return *goe_new(int); }
END
quiet() { "$@" -w; }
loads() { "$cc" -### "$@" 2>&1 | grep -q -- '-fplugin='; }
links() { "$cc" -### "$@" 2>&1 | grep -q -- '-lgoescape\|libgoescape\.a'; }
is() { if "$@"; then ok "$what"; else not_ok "$what"; fi; }
isnt() { if "$@"; then not_ok "$what"; else ok "$what"; fi; }

check 'compile and link at once' quiet "$cc" -DVALUE=40 main.c 'the lib.c' -o 'a program'
says 'it runs' 0 '^41 42$' './a program'
check 'compile' quiet "$cc" -DVALUE=40 -c 'the lib.c' -o 'the lib.o'
check 'compile another' quiet "$cc" -c main.c
check 'link objects only' "$cc" main.o 'the lib.o' -o objects
says 'it runs, too' 0 '^41 42$' ./objects
check 'an archive' ar rcs libthe.a 'the lib.o'
check 'link with the archive' "$cc" main.o -L. -lthe -o archive
says 'and run' 0 '^41 42$' ./archive
check 'a shared library' quiet "$cc" -shared -fPIC -DVALUE=40 'the lib.c' -o libshared.so
check 'link with it' "$cc" main.o -L. -lshared -Wl,-rpath,. -o shared
says 'and run that' 0 '^41 42$' ./shared
check '-static' quiet "$cc" -static -DVALUE=40 main.c 'the lib.c' -o static
says 'static runs' 0 '^41 42$' ./static
check 'GOESCAPE_LINK=static' env GOESCAPE_LINK=static "$cc" -w -DVALUE=40 main.c 'the lib.c' -o arch
says 'needs no shared library' 0 '^41 42$' env -u LD_LIBRARY_PATH ./arch
readelf -d arch >dyn
silent_on 'names none' libgoescape dyn
check 'a program that uses nothing' "$cc" plain.c -o plain
readelf -d plain >dyn
silent_on 'does not need the library' NEEDED.*goescape dyn
check 'finds goescape.h' "$cc" uses.c -o uses
check 'and runs' ./uses

printf 'int main(void) { return 0; }' | check '-x c from stdin' "$cc" -x c - -o stdin
printf 'int *f(void) { int x; return &x; }' >stdin.c
says '-x c from stdin uses the plugin' 0 'is returned \[goescape\]' sh -c "'$cc' -x c - -S -o - <stdin.c"
says 'dependency files' 0 'main\.c' sh -c "'$cc' -w -MD -MF deps -c main.c && cat deps"
says 'GOESCAPE_FLAGS: options' 0 'note: n does not escape|note: moved to heap: x' \
    env GOESCAPE_FLAGS='m mode=heapify' "$cc" -DVALUE=1 -c 'the lib.c'
says 'GOESCAPE_FLAGS: the last word counts' 0 '^$' env GOESCAPE_FLAGS='m m=0' sh -c \
    "'$cc' -w -fdiagnostics-plain-output -DVALUE=1 -S -o /dev/null 'the lib.c' && echo"
says 'GOESCAPE_FLAGS: mistakes are told' 1 'mode=chek' env GOESCAPE_FLAGS=mode=chek "$cc" -c main.c
says 'GOESCAPE_FLAGS: mode=check' 0 ok sh -c "
    GOESCAPE_FLAGS=mode=check '$cc' -w -DVALUE=1 -c 'the lib.c' -o c.o && ! nm c.o | grep __goe && echo ok"

what='C loads the plugin';              is   loads -c main.c
what='.i loads the plugin';             is   loads -c x.i
what='-E does not';                     isnt loads -E main.c
what='-M does not';                     isnt loads -M main.c
what='-S does';                         is   loads -S main.c
what='objects do not';                  isnt loads main.o
what='assembler does not';              isnt loads -c x.S
what='C++ does not';                    isnt loads -c x.cc
what='-x c++ does not';                 isnt loads -x c++ -c main.c
what='-xc++ does not';                  isnt loads -xc++ -c main.c
what='an output named .c is no input';  isnt loads main.o -o x.c
what='a header loads the plugin';       is   loads plain.h
what='a header of C++ does not';        isnt loads x.hpp
what='a header is not linked';          isnt links plain.h
what='-x c-header is not linked';       isnt links -x c-header plain.h
printf 'static inline int *leak(int n) { int x = n + 40; return &x; }\n' >pre.h
printf '#include "pre.h"\nint main(void) { return *leak(1) + *leak(2) - 83; }\n' >uses_pre.c
check 'a precompiled header' quiet "$cc" pre.h -o pre.h.gch
says 'is used' 0 '^! pre.h.gch' quiet "$cc" -H uses_pre.c -o uses_pre
check 'and what it has moves' ./uses_pre
says '-c does not link' 0 '^ok$' sh -c "'$cc' -c main.c -w && echo ok"
says '--version: the compiler' 0 'Free Software Foundation' "$cc" --version
says '--version: and ours' 0 'goescape-cc' "$cc" --version
says '--help' 0 GOESCAPE_FLAGS "$cc" --help
says '--help: and the plugin'\''s options' 0 'mode=heapify\|check\|off' "$cc" --help
says '-dumpversion is the compiler'\''s' 0 "^$("$GCC" -dumpversion)$" env GOESCAPE_CC="$GCC" "$cc" -dumpversion
says '-print-prog-name' 0 'ld' "$cc" -print-prog-name=ld
says '-v' 0 'gcc version' "$cc" -v
says 'no arguments' 1 'no input files' "$cc"
says 'errors keep their status' 1 'error:' "$cc" -c no-such.c
says 'no plugin' 1 'there is no plugin' env GOESCAPE_PLUGIN=/no/where.so "$cc" -c main.c
says 'bad GOESCAPE_LINK' 1 'shared, static or none' env GOESCAPE_LINK=maybe "$cc" main.o -o x
check 'called through a link' sh -c "ln -sf '$cc' my-cc && ./my-cc -w -c main.c"

# A C++ program with C code in it.
cat >main.cc <<'END'
#include <cstdio>
extern "C" int *leak(int);
int main() { std::printf("%d %d\n", *leak(1), *leak(2)); }
END
cxx=$BUILD/goescape-c++
says 'g++ alone cannot link what C left on the heap' 1 'undefined reference to .__goe_' "$GXX" main.cc 'the lib.o' -o c++
check 'goescape-c++ compiles' "$cxx" -c main.cc
check 'and links' "$cxx" main.o 'the lib.o' -o c++
says 'and it runs' 0 '^2 3$' ./c++
check 'in one go' "$cxx" main.cc 'the lib.o' -o c++
says 'GOESCAPE_CC names the gcc that the g++ belongs to' 0 '^g[+][+]-99 -v$' sh -c "
    printf '#!/bin/sh\necho \${0##*/} \"\$*\"\n' >g++-99 && chmod +x g++-99 && GOESCAPE_CC=./gcc-99 '$cxx' -v"
loads_cxx() { "$cxx" -### "$@" 2>&1 | grep -q -- '-fplugin='; }
what='it is not for C: no plugin';      isnt loads_cxx -x c++ -c main.c

# What configure scripts try.
says 'configure: does the compiler work' 0 '^yes$' sh -c "
    echo 'int main(void) { return 0; }' >conftest.c && '$cc' conftest.c && ./a.out && echo yes"
says 'configure: a function in a library' 0 '^yes$' sh -c "
    printf 'char sin(); int main(void) { return sin() > 2; }' >conftest.c &&
    '$cc' -w -o conftest -g -O2 conftest.c -lm && echo yes"
says 'configure: a missing function' 0 '^no$' sh -c "
    printf 'char frobnicate(); int main(void) { return frobnicate(); }' >conftest.c &&
    '$cc' -w -o conftest conftest.c 2>/dev/null || echo no"
says 'configure: -Werror accepts the flags' 0 '^yes$' sh -c "
    echo 'int main(void) { return 0; }' >conftest.c && '$cc' -Werror -Wall -c conftest.c && echo yes"
