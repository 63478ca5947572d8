#!/bin/sh
# The collected heap seen from gdb: what an address is, what keeps an object alive, and stepping through a program
# whose threads are stopped by collections all the time.
set -u
: "${BUILD:=build}" "${GCC:=gcc}"
tmp=${TMP:-$BUILD/gdb.tmp}
mkdir -p "$tmp"
unset GOESCAPE
if ! command -v gdb >/dev/null; then
    echo "not ok gdb is not installed"
    exit 1
fi
$GCC -std=gnu11 -D_GNU_SOURCE -O0 -g -w -pthread -Iruntime testsuite/gdb/look.c "$BUILD/libgoescape.a" -o "$tmp/look" ||
    { echo "not ok build"; exit 1; }
failed=0
out=$tmp/out

debug() { # debug COMMAND...: runs gdb on the program with these
    printf '%s\n' "$@" >"$tmp/commands"
    timeout 120 gdb -nx -batch -ex "set confirm off" -ex "source tools/goescape-gdb.py" -x "$tmp/commands" "$tmp/look" >"$out" 2>&1
}

has() { # has NAME REGEX: some line matches
    if grep -Eq -- "$2" "$out"; then echo "ok $1"; else
        failed=1
        echo "not ok $1: no line matches $2"
        sed 's/^/    /' "$out" | tail -n 40
    fi
}

debug "break stop_here" run up "print mine" "print text" "print (char *)large+50" "print &main" \
    "echo HEAP\n" goe-heap "goe-heap mine" "goe-heap (char *)mine+17" "goe-heap text+40" "goe-heap large+100000" "goe-heap &chain" \
    "echo STACK\n" "goe-heap why mine" "echo CHAIN\n" "goe-heap why ~(unsigned long)by_variable" "echo MALLOC\n" \
    "goe-heap why ~(unsigned long)by_malloc" "echo NOBODY\n" "goe-heap why ~(unsigned long)by_nobody" \
    "echo CLOSURE\n" "goe-heap why ~(unsigned long)by_closure" kill
has "a pointer into the heap is printed as one" '^\$1 = 0x[0-9a-f]+ <goe: 24 bytes>$'
has "a string on the heap is printed with it" '^\$2 = 0x[0-9a-f]+ "a string" <goe: 48 bytes>$'
has "an interior pointer says where" '^\$3 = 0x[0-9a-f]+ "" <goe: 50 into 100000 bytes>$'
has "other pointers are printed as always" '^\$4 = .*<main>$'
has "the heap as a whole" '^  24 bytes, pointers in word 1: 1 blocks, [56] objects marked$'
has "an object's start" ' is the start of an object of 24 bytes at .*, pointers in word 1; marked by the last collection$'
has "an address inside" ' is byte 17 of an object of 24 bytes at '
has "a conservative layout" ' is byte 40 of an object of 48 bytes at .*, any word may be a pointer; marked'
has "one past the end of a large object" ' is byte 100000 of an object of 100000 bytes at .* \(from block'
has "an address elsewhere" ' is not in an object of the collected heap$'
# after MARK REGEX...: the lines that follow the first one after MARK are these.
after() {
    name=$1 mark=$2 want=$3
    got=$(sed -n "/^$mark\$/,/^[A-Z]*\$/p" "$out" | sed -e 1,2d -e '/^[A-Z]*$/d' -e 's/0x[0-9a-f]*/X/g' -e '/^\[/d')
    if [ "$got" = "$want" ]; then echo "ok $name"; else
        failed=1
        echo "not ok $name:"
        echo "$got" | sed 's/^/    /'
    fi
}
after "kept by a frame" STACK "  kept by the stack of thread 1 at X, in the frame of holder, which points to the object at X"
after "kept by a variable, through two objects" CHAIN "  kept by the variable chain at X, which points to the object at X
  -> its word 1, which points to the object at X
  -> its word 1, which points to the object at X"
after "kept by malloc's memory" MALLOC "  kept by memory at X ([heap]), which points to the object at X"
after "kept by a closure" CLOSURE "  kept by the variable closure at X, which points to the object at X
  -> its chain, which points to the object at X"
after "kept by nobody" NOBODY "nothing that gdb can see keeps it alive"

# Beside the shared library, under the name that `make install` gives it, gdb loads it by itself.
lib=$(cd "$tmp" && pwd)
cp "$BUILD/libgoescape.so" "$lib/libgoescape.so.1"
cp tools/goescape-gdb.py "$lib/libgoescape.so.1-gdb.py"
$GCC -std=gnu11 -D_GNU_SOURCE -g -w -pthread -Iruntime testsuite/gdb/look.c "$lib/libgoescape.so.1" -Wl,-rpath,"$lib" -o "$tmp/shared"
gdb -nx -batch -iex "add-auto-load-safe-path $lib" -ex "break stop_here" -ex run -ex "goe-heap text" -ex kill "$tmp/shared" >"$out" 2>&1
has "loaded with the shared library" ' is the start of an object of 48 bytes at '

# By signal 33 of collections in three threads, and system calls they interrupt, gdb is not disturbed.
debug "break steps" run next next next next next next next next step finish next next "info threads" "delete" continue
has "stepping through collections" 'return sum;|sum \+= n->value|n = make'
has "and to the end" '^ok$'
has "which is a normal one" 'exited normally'
if grep -q 'SIG3[0-9]\|received signal' "$out"; then
    failed=1
    echo "not ok a collection stopped the debugger"
    grep 'SIG3[0-9]\|received signal' "$out"
else
    echo "ok collections do not stop the debugger"
fi
[ "$failed" = 0 ]
