#!/bin/sh
# Each mutation of the runtime still applies, and names a test that is there; `make check-mutations` runs them.
exec sh testsuite/mutation/run.sh -a
