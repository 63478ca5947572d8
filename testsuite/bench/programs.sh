#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What programs nobody here wrote cost when they are built with the plugin, as ratios to GCC alone at -O2:
# CPU time, instructions (callgrind's, which a loaded machine does not change), text size of the program. The instructions
# are those without a collection, for under valgrind that reads all of valgrind's own memory, too.
#
#     testsuite/bench/programs.sh [PREFIX ...]     of the labels below
#
# The programs come from the packages that testsuite/peers/packages.sh fetches: zlib's minigzip, the Lua that
# redis brings, sqlite3's shell. Environment: RUNS=5 pairs of each.
set -eu
cd "$(dirname "$0")/../.."
BUILD=${BUILD:-build}
case $BUILD in /*) ;; *) BUILD=$PWD/$BUILD ;; esac
gcc=${GCC:-gcc} runs=${RUNS:-5} peers=$BUILD/peers/packages bench=$BUILD/testsuite/bench
pair=$bench/pair work=$bench/programs
chosen="$*"
export BUILD
mkdir -p "$work"

wanted() {
    [ -n "$chosen" ] || return 0
    for prefix in $chosen; do
        case $1 in "$prefix"*) return 0 ;; esac
    done
    return 1
}

# program PACKAGE FOLDER NAME FLAGS -- FILES...: $work/NAME and $work/NAME.plain, from the objects in folders.
program() {
    package=$1 folder=$2 name=$3 flags=
    shift 3
    wanted "$name" || return 1
    [ -d "$peers/$package/plain/$folder" ] || sh testsuite/peers/packages.sh plain "$package" || return 1
    while [ "$1" != -- ]; do
        flags="$flags $1"
        shift
    done
    shift
    for variant in "$name" "$name.plain"; do
        rm -rf "$work/$variant.o" && mkdir "$work/$variant.o"
        plugin="-fplugin=$BUILD/goescape.so" runtime=$BUILD/libgoescape.a
        [ "$variant" = "$name" ] || plugin='' runtime=''
        # shellcheck disable=SC2068,SC2086 # lists, with patterns
        (cd "$peers/$package/plain/$folder" && for file in $@; do
            $gcc -w -O2 $plugin $flags -c "$file" -o "$work/$variant.o/$(basename "$file" .c).o" || exit 1
        done) && $gcc "$work/$variant.o"/*.o -o "$work/$variant" $runtime -lm -ldl -pthread || return 1
    done
    awk -v label="$name: text" -v a="$(text "$name")" -v b="$(text "$name.plain")" \
        'BEGIN { printf "%-44s %6.3f  (%d / %d bytes; target <= 1.01)\n", label, a / b, a, b }'
}
text() { size "$work/$1.o"/*.o | awk 'NR > 1 { n += $1 } END { print n }'; }

# workload LABEL NAME ARGUMENTS...: how fast the two are.
workload() {
    label=$1 name=$2
    shift 2
    wanted "$name" || return 0
    "$pair" -n "$runs" "$label: time" '<= 1.01' "$work/$name $*" "$work/$name.plain $*"
    command -v valgrind >/dev/null || return 0
    count="GOESCAPE=gcpercent=-1 valgrind --tool=callgrind --callgrind-out-file=/dev/null"
    awk -v label="$label: instructions, no collection" -v a="$(collected "$count" "$work/$name" "$@")" \
        -v b="$(collected "$count" "$work/$name.plain" "$@")" \
        'BEGIN { printf "%-46s %6.3f  (%.4g / %.4g; target <= 1.01)\n", label, a / b, a, b }'
}
collected() {
    sh -c "$*" 2>"$work/count" >/dev/null
    sed -n 's/.*Collected : \([0-9]*\).*/\1/p' "$work/count"
}

if program zlib . zlib -I. -- 'adler32.c compress.c crc32.c deflate.c gz*.c infback.c inf[ft]*.c inflate.c trees.c
    uncompr.c zutil.c test/minigzip.c'; then
    # Text that repeats itself as text does.
    awk 'BEGIN { srand(1); for (i = 0; i < 200000; i++)
        printf "%s %d%s", substr("the of a stack frame heap pointer that which", int(rand() * 30) + 1, 9),
            rand() * 1000, i % 9 ? " " : "\n" }' >"$work/text"
    "$work/zlib.plain" -c "$work/text" >"$work/text.gz"
    workload 'zlib, deflate' zlib -c "$work/text" '>/dev/null'
    workload 'zlib, inflate' zlib -d -c "$work/text.gz" '>/dev/null'
fi

if program redis deps/lua/src lua -DLUA_USE_POSIX -DLUA_USE_DLOPEN -- 'lapi.c lcode.c ldebug.c ldo.c ldump.c lfunc.c lgc.c llex.c lmem.c
    lobject.c lopcodes.c lparser.c lstate.c lstring.c ltable.c ltm.c lundump.c lvm.c lzio.c lauxlib.c lbaselib.c
    ldblib.c liolib.c lmathlib.c loslib.c ltablib.c lstrlib.c loadlib.c linit.c lua.c'; then
    cat >"$work/work.lua" <<'END'
local function fib(n) return n < 2 and n or fib(n - 1) + fib(n - 2) end
local words, count = {}, 0
for i = 1, 4000 do words[#words + 1] = string.format("%d:%s", i, string.rep("x", i % 7)) end
for _, w in ipairs(words) do
    for a in w:gmatch("%d+") do count = count + #a end
end
table.sort(words)
print(fib(20), count, #table.concat(words, ","))
END
    cat >"$work/pcall.lua" <<'END'
local failed = 0
for i = 1, 20000 do
    local ok = pcall(function(x) if x % 3 == 0 then error("no") end return x end, i)
    if not ok then failed = failed + 1 end
end
print(failed)
END
    workload 'lua, functions, strings, tables' lua "$work/work.lua"
    workload 'lua, protected calls' lua "$work/pcall.lua"
fi

if program sqlite . sqlite -DSQLITE_THREADSAFE=0 -DSQLITE_OMIT_LOAD_EXTENSION -- 'sqlite3.c shell.c'; then
    cat >"$work/work.sql" <<'END'
create table t (id integer primary key, name text, n real);
with recursive c (i) as (select 1 union all select i + 1 from c where i < 100000)
    insert into t select i, printf('name %d', i * 7919 % 100000), i * 1.5 from c;
create index by_name on t (name);
select count(*), sum(n) from t where name between 'name 1' and 'name 3';
select a.name, b.n from t a join t b on a.id = b.id * 2 order by b.name desc limit 5;
update t set n = n + 1 where id % 3 = 0;
delete from t where name like '%9';
select max(n), min(name) from t group by id % 10 order by 1;
END
    workload 'sqlite, a table of 100,000 rows' sqlite :memory: "<$work/work.sql"
fi
