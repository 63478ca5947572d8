#!/bin/sh
# The runtime in processes of all kinds: linked statically, under sanitizers and valgrind, with tiny limits,
# closed descriptors, other allocators. Tools that are missing are named and skipped.
set -u
: "${BUILD:=build}" "${GCC:=gcc}"
here=testsuite/process tmp=${TMP:-$BUILD/process.tmp}
failed=0
mkdir -p "$tmp"
unset GOESCAPE

# wanted NAME: ONLY is not set, or this one, or a pattern that it matches.
# shellcheck disable=SC2254
wanted() { case $1 in ${ONLY:-*}) ;; *) false ;; esac; }

# try NAME COMMAND...: the command prints ok, nothing else, and succeeds.
try() {
    name=$1
    shift
    wanted "$name" || return
    if out=$("$@" 2>&1) && [ "$out" = ok ]; then
        echo "ok $name"
    else
        failed=1
        echo "not ok $name"
        echo "$out" | sed -n '1,20s/^/    /p'
    fi
}

# build NAME OPTIONS...: world.c as $tmp/NAME.
build() {
    out=$tmp/$1
    shift
    # -w: static programs that use dlopen draw a linker warning.
    $GCC -std=gnu11 -D_GNU_SOURCE -O1 -g -w -pthread -Iruntime "$@" -o "$out" 2>"$tmp/log" || {
        echo "not ok build ${out##*/}"
        failed=1
        cat "$tmp/log"
    }
}

limited() { # limited ULIMIT-OPTIONS COMMAND...
    limits=$1
    shift
    # shellcheck disable=SC2086
    (ulimit $limits && exec "$@")
}

world=$here/world.c archive=$BUILD/libgoescape.a
$GCC -shared -fPIC "$here/library.c" -o "$tmp/library.so"
build archive $world $archive -ldl
build shared $world -L"$BUILD" -lgoescape -Wl,-rpath,"$PWD/$BUILD" -Wl,-rpath,"$BUILD" -ldl
build static -static $world $archive
build asan -fsanitize=address $world $archive -ldl
build ubsan -fsanitize=undefined -fno-sanitize-recover $world $archive -ldl
build tsan -fsanitize=thread $world $archive -ldl
build pie -static-pie $world $archive
build idle "$here/idle.c" $archive
build idle_none -DNO_RUNTIME "$here/idle.c"
here_so="-L$BUILD -lgoescape -Wl,-rpath,$PWD/$BUILD -Wl,-rpath,$BUILD -ldl"
# shellcheck disable=SC2086
build faults "$here/faults.c" $here_so
$GCC -shared -fPIC -w -std=gnu11 -D_GNU_SOURCE "$here/fault_shim.c" -o "$tmp/shim.so" -ldl
# shellcheck disable=SC2086
$GCC -shared -fPIC -Iruntime "$here/visitor.c" -o "$tmp/visitor.so" $here_so
build host "$here/host.c" -ldl
build sandbox "$here/sandbox.c" "$archive"
# Programs and libraries with copies of the runtime of their own: inside, or brought along; libsym calls its own
# whatever the program has.
pic='-shared -fPIC -DLIBRARY'
build two "$here/copies.c" "$archive" -ldl
build two_exports -rdynamic "$here/copies.c" "$archive" -ldl
# shellcheck disable=SC2086
build two_shared "$here/copies.c" $here_so
# shellcheck disable=SC2086
{
    build two.so $pic "$here/copies.c" "$archive"
    build two_own.so $pic -Wl,-Bsymbolic "$here/copies.c" "$archive"
    build two_shared.so $pic "$here/copies.c" $here_so
}
build visitor_own.so -shared -fPIC "$here/visitor.c" "$archive"
build stranger.so -shared -fPIC "$here/stranger.c"

try archive "$tmp/archive" "$tmp/library.so"
try shared "$tmp/shared" "$tmp/library.so"
try static "$tmp/static"
try "static, position-independent" "$tmp/pie"
try "a library that brings the runtime along and is closed" "$tmp/host" "$tmp/visitor.so"
try "a library with the archive inside that is closed" "$tmp/host" "$tmp/visitor_own.so"
for case in 'two two two' 'two two_shared two' 'two_shared two one' 'two_shared two_own two' 'two_exports two one' \
    'two_exports two_own two' 'two_exports two_shared one'; do
    # shellcheck disable=SC2086
    set -- $case
    for first in program library; do
        try "two copies of the runtime: $1 $2 $first" \
            env GOESCAPE=verify=1:minheap=256k "$tmp/$1" "$tmp/$2.so" $first $3
    done
done
said() { # said TEXT COMMAND...: one line of the runtime with the text, then the end by SIGABRT
    text=$1
    shift
    out=$({ "$@"; echo "status $?"; } 2>&1)
    case $out in *"
goescape"*) echo "$out" ;; "goescape: "*"$text"*"status 134") echo ok ;; *) echo "$out" ;; esac
}
try "two copies, one of them out of sight" said "two copies of the goescape runtime" \
    "$tmp/two" "$tmp/two.so" program apart
try "two versions" said "two versions of the goescape runtime in this process, 1 and " \
    env LD_PRELOAD="$tmp/stranger.so" "$tmp/two" "$tmp/two.so" program two
try "address sanitizer" "$tmp/asan" "$tmp/library.so"
try "address sanitizer, fake stacks" env ASAN_OPTIONS=detect_stack_use_after_return=1 "$tmp/asan"
try "undefined-behaviour sanitizer" "$tmp/ubsan"
try "thread sanitizer" "$tmp/tsan"
beside() { # beside COMMAND...: prints ok, and collects beside the program
    out=$(GOESCAPE=concurrent=2:gcpercent=5:minheap=64k:verify=1:trace=1 "$@" 2>&1)
    case $out in *" beside): "*ok) echo ok ;; *) echo "$out" ;; esac
}
try "address sanitizer, collected beside the program" beside "$tmp/asan" "$tmp/library.so"
try "address sanitizer, fake stacks, collected beside the program" \
    env ASAN_OPTIONS=detect_stack_use_after_return=1 GOESCAPE=concurrent=2:gcpercent=5:minheap=64k:verify=1 "$tmp/asan"
try "thread sanitizer, asked to collect beside the program" \
    env GOESCAPE=concurrent=2:gcpercent=5:minheap=64k:verify=1 "$tmp/tsan"
try "a program that never allocates" "$tmp/idle"
# Its pages: those of a program without the runtime and two or three more; where the least of several runs counts.
least() { for _ in 1 2 3 4 5 6; do "$1" pages; done | sort -n | head -n 1; }
few_pages() {
    with=$(least "$tmp/idle") without=$(least "$tmp/idle_none")
    if [ "$with" -gt 0 ] && [ "$without" -gt 0 ] && [ $((with - without)) -le 3 ]; then echo ok; else
        echo "it has $with pages, without the runtime $without"
    fi
}
try "a program that never allocates has at most 3 pages more than without the runtime" few_pages
few_calls() { # two, which block signals
    calls=$(strace -f -e trace='!execve' "$tmp/idle" pages 2>&1 | grep -c '^[a-z]')
    none=$(strace -f -e trace='!execve' "$tmp/idle_none" pages 2>&1 | grep -c '^[a-z]')
    if [ $((calls - none)) -le 2 ]; then echo ok; else echo "it makes $calls system calls, without the runtime $none"; fi
}
if command -v strace >/dev/null; then
    try "a program that never allocates makes at most 2 system calls more" few_calls
else
    echo "strace is not installed: skipped"
fi
try "small stack" limited "-s 64" "$tmp/archive"
try "little address space" limited "-v 200000" "$tmp/archive"

# With ever less address space the program works, or says what is missing: it never just crashes.
ever_less_space() {
    said=0
    for space in 400000 100000 60000 40000 36000 33000 30000 27000 24000 21000 18000 15000 12000 9000; do
        out=$(limited "-v $space" "$tmp/static" 2>&1) && [ "$out" = ok ] && continue
        case $out in
        *"goescape: out of memory"*) said=$((said + 1)) ;;
        "no memory for "*) ;; # a thread or malloc
        *) echo "address space of $space kB: $out" ;;
        esac
    done
    if [ "$said" -gt 0 ]; then echo ok; else echo "memory never ran out with a message"; fi
}
try "memory runs out with a message" ever_less_space
try "every allocation collects" env GOESCAPE=stress=301:verify=1 "$tmp/archive" "$tmp/library.so"
try "no standard input" sh -c "exec $tmp/archive <&-"
try "no standard error" sh -c "exec $tmp/archive 2>&-"
try "no standard output" sh -c "$tmp/archive >&- && echo ok"
try "whatever the kernel refuses" "$tmp/faults" "$tmp/shim.so"
try "in a sandbox" "$tmp/sandbox"
try "no descriptors left" sh -c "ulimit -n 3; exec $tmp/static"
if command -v valgrind >/dev/null; then
    try valgrind valgrind -q --error-exitcode=9 --leak-check=full --errors-for-leak-kinds=definite "$tmp/archive"
else
    echo "valgrind is not installed: skipped"
fi
collects() { # collects COMMAND...: likewise, and collects
    out=$(GOESCAPE=trace=1 timeout -s KILL 100 "$@" 2>&1) || return
    case $out in *" gc 2 "*ok) echo ok ;; *) echo "$out" ;; esac
}
if command -v strace >/dev/null; then
    try "traced by strace -f" collects strace -f -o /dev/null "$tmp/archive" "$tmp/library.so"
fi
if command -v qemu-x86_64 >/dev/null && [ "$(uname -m)" = x86_64 ]; then
    try "emulated" collects qemu-x86_64 "$tmp/archive" "$tmp/library.so"
else
    echo "qemu-x86_64 is not installed: skipped"
fi
if command -v qemu-aarch64 >/dev/null && command -v aarch64-linux-gnu-gcc >/dev/null; then
    (GCC=aarch64-linux-gnu-gcc && build arm -static $world runtime/*.c)
    try "emulated, aarch64" collects qemu-aarch64 "$tmp/arm"
else
    echo "qemu-aarch64 and aarch64-linux-gnu-gcc are not installed: skipped"
fi
for lib in libjemalloc.so.2 libmimalloc.so.2 libtcmalloc_minimal.so.4; do
    path=$($GCC -print-file-name=$lib)
    case $path in
    /*) try "$lib" env LD_PRELOAD="$path" "$tmp/archive" "$tmp/library.so" ;;
    *) echo "$lib is not installed: skipped" ;;
    esac
done
[ "$failed" = 0 ]
