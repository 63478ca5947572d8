# The readers of model files, options, GOESCAPE=... and reports on damaged text.
sh testsuite/fuzz/parsers.sh check 300
