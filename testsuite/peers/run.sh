#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# `make check-peers`: the plugin against what compilers are tested with; hours rather than minutes.
here=$(dirname "$0")
sh "$here/torture.sh" all
