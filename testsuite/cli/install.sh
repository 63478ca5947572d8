# `make install` into a staging folder and into a prefix of one's own, and use from there.
. testsuite/cli/lib
stage=$TMP/stage
gccplug=$("$GCC" -print-file-name=plugin)
major=$("$GCC" -dumpversion)
cat >"$TMP/x.c" <<'END'
#include <goescape.h>
#include <stdio.h>
int *f(int n) { return &n; }
int main(void) { printf("%d %d\n", *f(7), *goe_new(int)); return 0; }
END
staged() { if [ -e "$stage$1" ]; then ok "staged: $1"; else not_ok "staged: $1"; fi; }

says 'make install DESTDIR' 0 'finds the plugin' make install DESTDIR="$stage" PREFIX=/usr/local
for f in /usr/local/bin/goescape-cc /usr/local/bin/goescape-c++ /usr/local/bin/goescape-report \
    /usr/local/include/goescape.h /usr/local/lib/libgoescape.a \
    /usr/local/lib/libgoescape.so /usr/local/lib/libgoescape.so.1 \
    /usr/local/lib/goescape/goescape-gdb.py "/usr/local/lib/goescape/${major%%.*}/goescape.so"; do
    staged "$f"
done
says 'the link in GCC'\''s folder' 0 "^/usr/local/lib/goescape/.*/goescape.so$" \
    readlink "$stage$gccplug/goescape.so"
says 'the link in gdb'\''s folder' 0 "^/usr/local/lib/goescape/goescape-gdb.py$" \
    readlink "$stage/usr/share/gdb/auto-load/usr/local/lib/libgoescape.so.1-gdb.py"
says 'the staged wrapper works' 0 '^7 0$' sh -c "
    '$stage/usr/local/bin/goescape-cc' -w '$TMP/x.c' -o '$TMP/x' && '$TMP/x'"
check 'make uninstall' make uninstall DESTDIR="$stage" PREFIX=/usr/local
find "$stage" ! -type d >"$TMP/left"
silent_on 'leaves nothing' . "$TMP/left"

# A prefix of one's own; GCC's folder is left alone.
prefix=$TMP/own
says 'make install PREFIX' 0 'use goescape-cc' make install PREFIX="$prefix" GCCPLUGDIR=
says 'its wrapper works' 0 '^7 0$' sh -c "'$prefix/bin/goescape-cc' -w '$TMP/x.c' -o '$TMP/x' && '$TMP/x'"
check 'make uninstall PREFIX' make uninstall PREFIX="$prefix" GCCPLUGDIR=
