#!/bin/sh
# The runtime for AArch64: it compiles without warnings, the code of thunks is what an assembler of that machine
# reads as such, and it runs under emulation. Part of check.sh; what is missing is named and skipped.
#
# No collection happens here: qemu's own threads look like the program's, and never stop when asked to.
set -u
: "${BUILD:=build}" "${GCC:=gcc}"
here=testsuite/closures tmp=${TMP:-$BUILD/closures.tmp}/aarch64 cross=aarch64-linux-gnu
mkdir -p "$tmp"

if ! command -v $cross-gcc >/dev/null; then
    echo "skipped: $cross-gcc: not installed"
    exit
fi

flags='-std=gnu11 -O2 -D_GNU_SOURCE -pthread -Wall -Wextra -Wshadow -Wmissing-prototypes -Werror -Iruntime'
bad=
for source in runtime/*.c; do
    # shellcheck disable=SC2086
    $cross-gcc $flags -c "$source" -o "$tmp/$(basename "$source" .c).o" 2>>"$tmp/log" || bad=1
done
if [ -n "$bad" ]; then
    echo "not ok the runtime compiles for AArch64"
    sed -n '1,15s/^/    /p' "$tmp/log"
    exit
fi
echo "ok the runtime compiles for AArch64"

cat >"$tmp/want" <<'END'
0 bti c
4 ldr x17, 0x80000
8 ldr x18, 0x80008
c br x17
10 brk #0x0
14 brk #0x0
18 brk #0x0
1c brk #0x0
20 bti c
24 ldr x17, 0x7c030
28 ldr x18, 0x7c038
2c br x17
30 brk #0x0
34 brk #0x0
38 brk #0x0
3c brk #0x0
END
"$GCC" -std=gnu11 -D_GNU_SOURCE -Iruntime $here/thunks.c "$BUILD/libgoescape.a" -pthread -o "$tmp/thunks" &&
    "$tmp/thunks" >"$tmp/code"
$cross-objdump -D -b binary -m aarch64 "$tmp/code" |
    awk -F'\t' '/^ *[0-9a-f]+:/ { sub(/^ */, ""); sub(/:.*/, "", $1); print $1, $3 ($4 == "" ? "" : " " $4) }' >"$tmp/got"
if cmp -s "$tmp/want" "$tmp/got"; then echo "ok a disassembler reads the thunks as meant"; else
    echo "not ok a disassembler reads the thunks as meant"
    diff "$tmp/want" "$tmp/got" | sed 's/^/    /'
fi

if ! command -v qemu-aarch64 >/dev/null; then
    echo "skipped: qemu-aarch64: not installed"
    exit
fi
# shellcheck disable=SC2086
$cross-gcc $flags -static $here/foreign.c "$tmp"/*.o -o "$tmp/foreign"
out=$(GOESCAPE=gcpercent=-1 timeout -s KILL 120 qemu-aarch64 "$tmp/foreign" 2>&1)
if [ "$out" = ok ]; then echo "ok closures run under qemu-aarch64"; else
    echo "not ok closures run under qemu-aarch64: $out"
fi
