#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# `make check-peers`: the plugin against what compilers are tested with; hours rather than minutes.
#
#   run.sh [PART ...]      of: torture csmith packages (default: all)
#
# Environment: LEVELS, MODES, KINDS, STEP narrow torture.sh down and the first two csmith.sh as well, SEED and LIMIT that;
# CSMITH is the number of random programs (1000). The last line is 'N passed, N failed'.
here=$(dirname "$0")
[ $# -gt 0 ] || set -- torture csmith packages
for part; do
    case $part in
    torture) sh "$here/torture.sh" all ;;
    csmith) sh "$here/csmith.sh" "${CSMITH:-1000}" ;;
    packages) sh "$here/packages.sh" ;;
    *) echo "not ok run.sh: no part '$part'"; echo "0 passed, 1 failed" ;;
    esac
done | awk '/^[0-9]+ passed, [0-9]+ failed$/ { passed += $1; failed += $3; next }
         { print; fflush() }
         END { print passed + 0 " passed, " failed + 0 " failed"; exit failed > 0 || !passed }'
