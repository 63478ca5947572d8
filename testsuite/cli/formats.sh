# Warnings for machines: GCC's JSON (12 to 14) and SARIF (from 13 on) have the path that led there, the
# CWE number and the note, and name files as they were given.
. testsuite/cli/lib
mkdir -p "$TMP/dir"
cat >"$TMP/dir/x.c" <<'END'
static int *g;
static void set(int *p) { g = p; }
void f(void)
{
    int x = 1;
    set(&x);
}
END
# compile FORMAT: what GCC says in that format, without blanks, into $TMP/out; false: it has none.
compile() {
    rm -f "$TMP"/*.sarif
    (cd "$TMP" && "$GCC" "$plug" -fdiagnostics-format="$1" -S -o /dev/null dir/x.c >all 2>&1) || return 1
    cat "$TMP"/all "$TMP"/*.sarif 2>/dev/null | tr -d ' \n' >"$TMP/out"
}
# has WHAT FIXED: $TMP/out has the text FIXED.
has() {
    if grep -qF -- "$2" "$TMP/out"; then echo "ok $1"; else
        echo "not ok $1: no $2 in"
        cat "$TMP/out"
    fi
}
ran=
message="addressoflocalvariable'x'isstoredin'g',whichoutlivesit[goescape]"
if compile json; then
    ran=1
    has 'json: one warning' '"kind":"warning"'
    has 'json: the message' "\"message\":\"$message\""
    has 'json: the CWE number' '"metadata":{"cwe":562}'
    has 'json: where it was declared' '"description":"declaredhere"'
    has 'json: where it escapes' '"description":"itsaddressisstillheldtherewhenthefunctionends"'
    has 'json: the note' '"message":"movedtoheap:x"'
    has 'json: the file' '"file":"dir/x.c"'
    silent_on 'json: no other path' '"file":"[^d]' "$TMP/out"
fi
if compile sarif-file; then
    ran=1
    has 'sarif: one warning' '"level":"warning"'
    has 'sarif: the message' "\"text\":\"$message\""
    has 'sarif: the CWE number' '"taxa":[{"id":"562","toolComponent":{"name":"cwe"}}]'
    has 'sarif: a code flow' '"codeFlows":[{"threadFlows":[{'
    has 'sarif: where it was declared' '"text":"declaredhere"'
    has 'sarif: where it escapes' '"text":"itsaddressisstillheldtherewhenthefunctionends"'
    has 'sarif: the note' '"relatedLocations":[{'
    has 'sarif: what the note says' '"text":"movedtoheap:x"'
    has 'sarif: the file' '"artifactLocation":{"uri":"dir/x.c"'
    silent_on 'sarif: no other path' '"artifactLocation":\{"uri":"[^d]' "$TMP/out"
fi
if [ -n "$ran" ]; then echo 'ok some format'; else echo 'not ok no format was accepted'; fi
