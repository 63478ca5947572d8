#!/bin/sh
# Count, for each category of dangling-stack-address cases (warn_*.c), the bugs that are found and the
# false alarms. The counts come from the expectations in the files, which the matcher holds against
# the compiler's output; so they are true exactly if the verdict tests pass.
#
#     testsuite/verdicts/warn_score.sh [LOGS]
#
# LOGS is the runner's directory of reports: a category whose test failed there is marked.
# A function bad_NAME is found if every warning it expects is one that is printed (WARN) and none is
# marked as missing (BAD NOWARN). A function good_NAME, or main, is a false alarm if any warning stands
# in it.
set -u
failing=
[ $# -eq 0 ] || failing=$(grep -l '^RESULT [0-9]* [1-9]' "$1"/verdicts/warn_*.log 2>/dev/null)
cd "$(dirname "$0")" || exit 1
awk -v failing="$failing" '
    function close_function() {
        if (kind == "bad") { bad[file]++; if (warned && !missed) found[file]++ }
        if (kind == "good") { good[file]++; if (warned) alarms[file]++ }
        kind = ""; warned = missed = 0
    }
    FNR == 1 { close_function(); file = FILENAME; sub(/^warn_/, "", file); sub(/\.c$/, "", file)
               order[++n] = file; bad[file] = good[file] = found[file] = alarms[file] = 0 }
    # A definition begins in column 1 and is no prototype.
    /^[a-zA-Z_]/ && !/;/ && match($0, /(bad|good)_[a-z0-9_]+\(|main\(/) {
        close_function()
        kind = substr($0, RSTART, 3) == "bad" ? "bad" : "good"
    }
    /\/\* (BAD )?WARN "/ { warned = 1 }
    /\/\* BAD NOWARN/ { missed = 1 }
    END {
        close_function()
        printf "%-12s %12s %20s\n", "category", "found/bad", "false alarms/good"
        for (i = 1; i <= n; i++) {
            f = order[i]
            if (bad[f] + good[f] == 0)
                continue
            doubt = index(failing, "/warn_" f ".log") ? "   (test fails: not so)" : ""
            printf "%-12s %8d/%-4d %14d/%d%s\n", f, found[f], bad[f], alarms[f], good[f], doubt
            F += found[f]; B += bad[f]; A += alarms[f]; G += good[f]
        }
        printf "%-12s %8d/%-4d %14d/%d\n", "all", F, B, A, G
    }' warn_*.c
