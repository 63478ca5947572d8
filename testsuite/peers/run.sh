#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# `make check-peers`: the plugin against what compilers are tested with; hours rather than minutes.
# CSMITH is the number of random programs. The last line is 'N passed, N failed'.
here=$(dirname "$0")
{
    sh "$here/torture.sh" all
    sh "$here/csmith.sh" "${CSMITH:-1000}"
    sh "$here/packages.sh"
} | awk '/^[0-9]+ passed, [0-9]+ failed$/ { passed += $1; failed += $3; next }
         { print; fflush() }
         END { print passed + 0 " passed, " failed + 0 " failed"; exit failed > 0 || !passed }'
