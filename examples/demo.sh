#!/bin/sh
# Compile every example with the plugin, show what it says, run the program and show what it prints.
# `make demo` calls this; with arguments only the named examples: sh examples/demo.sh block_scope
set -u
cd "$(dirname "$0")/.." || exit 1
GCC=${GCC:-gcc} BUILD=${BUILD:-build}
mkdir -p "$BUILD/examples"
[ $# -gt 0 ] || set -- block_scope stays_on_stack escape_to_heap heap_example compound_literal \
    loop_fresh stored_in_struct callback_capture goe_new goe_make too_large garbage \
    closure_counter closure_adder closure_compose closure_events closure_iterator closure_memoize \
    closure_defer
failed=0

for name; do
    command="$GCC -O2 -fplugin=$BUILD/goescape.so -fplugin-arg-goescape-m -Iruntime"
    command="$command examples/$name.c -o $BUILD/examples/$name $BUILD/libgoescape.a -pthread"
    echo
    echo "=== $name"
    echo "\$ $command"
    if $command && echo "\$ $BUILD/examples/$name" && "$BUILD/examples/$name"; then :; else
        echo "FAILED: $name"
        failed=$((failed + 1))
    fi
done
echo
[ $failed = 0 ] || { echo "$failed examples failed"; exit 1; }
echo "All $# examples compiled and ran.  Compare: the same without the plugin, e.g."
echo "    $GCC -O2 -Iruntime examples/block_scope.c -o $BUILD/plain && $BUILD/plain"
