# docs/go-escape.md names a case for each function of Go's tests: all of them are there, and no file is left out.
. testsuite/cli/lib

# The pairs "file function" of the rows `go_x.c` `f`.
grep -o '`go_[a-z_]*\.c` `[a-z0-9_]*`' docs/go-escape.md | tr -d '`' | sort -u >"$TMP/named"

missing=0
while read -r file fn; do
    grep -q "^[a-z].*[ *(]$fn(" "testsuite/verdicts/$file" || {
        echo "    $file has no $fn"
        missing=$((missing + 1))
    }
done <"$TMP/named"
named=$(wc -l <"$TMP/named")
if [ "$missing" = 0 ] && [ "$named" -gt 300 ]; then
    ok "$named cases of Go's functions"
else
    not_ok "$missing of $named cases of Go's functions are missing"
fi

for file in testsuite/verdicts/go_*.c; do
    grep -q "^${file##*/} " "$TMP/named" && ok "${file##*/} is named" || not_ok "${file##*/} is named"
done
