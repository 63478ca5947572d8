# goescape: escape analysis and a garbage-collected heap for C.
#
# `make help` lists the targets, CONTRIBUTING.md says more.  The lists below are explicit on
# purpose: a file joins its component when its author adds it here.

# --- what a user may set ---------------------------------------------------------------------
GCC      ?= gcc
GXX      ?= $(if $(findstring /,$(GCC)),$(dir $(GCC)))$(subst gcc,g++,$(notdir $(GCC)))
BUILD    ?= build
PREFIX   ?= /usr/local
CFLAGS   ?= -O2 -g
CXXFLAGS ?= $(CFLAGS)

# --- the components --------------------------------------------------------------------------
# Containers: no knowledge of anything else.
PLUGIN_UTIL := plugin/util/arena.c plugin/util/bits.c plugin/util/heap.c plugin/util/map.c \
               plugin/util/pool.c plugin/util/vec.c

# The analysis: pure C, no GCC header.
PLUGIN_ENGINE := $(patsubst %,plugin/engine/%.c,alike build call callgraph cfg constraint cycles dead explain fold graph graph_new grow \
                     held held_apply held_ask held_bytes held_call held_confirm held_equal held_exit held_given held_path held_state \
                     held_stmt held_warn held_ways held_when ir leaks lifetime model_file models object order promote replay ssa summary summary_export summary_read \
                     summary_save summary_store summary_text summary_write targets undone unit verdict)

# Models of functions without a body; plugin/models/generate.c makes a C table of them.
MODELS := bsd builtins dirent goescape locale math misc mman openmp pthread search signal socket stdio stdlib string \
          time unistd users wchar

# The adapter to GCC: C++, the only part that sees GCC's headers.
PLUGIN_GCC := $(patsubst %,plugin/gcc/%.cc,allocations analysis attributes births captures closures diagnostics \
                     flat frames lifetime lives lower lower_call lower_cond lower_expr lower_notes operands options pass plugin \
                     pragmas record report returns rewrite runtime_abi slot_types slots summaries)

# The runtime library.
RUNTIME := $(patsubst %,runtime/%.c,alloc closure collect copies cycle final foreign gen heap hidden maps mark options os pages roots tasks threads tools verify walk)

# goescape-report, which shows what the plugin wrote with report=FILE; linked with json-c.
REPORT := tools/goescape-report.c tools/report_html.c tools/report_read.c

# Check programs, one a file: testsuite/unit/NAME.c.
# UNIT_ENGINE is linked with PLUGIN_UTIL and PLUGIN_ENGINE, UNIT_RUNTIME with libgoescape.a.
UNIT_ENGINE  := util_containers engine_answers engine_calls engine_flow engine_life engine_summaries \
                models_errors models_headers models_language models_table
UNIT_RUNTIME := $(patsubst %,runtime_%,alloc closure cycle foreign gen model process roots signals steps threads walk)
# libgccjit programs, testsuite/jit/NAME.c, linked with libgoescape.a.
JIT_TESTS    := jit_roots
# Random programs with an interpreter that knows the truth: against the plugin, and through libgccjit.
ORACLE       := $(patsubst %,testsuite/oracle/%.c,check disguise gen interp main print prog reduce)
ORACLE_JIT   := $(patsubst %,testsuite/oracle/%.c,jit gen interp prog)
# Random programs of the engine's own statements, with an interpreter of those.
BRUTE        := $(patsubst %,testsuite/fuzz/%.c,engine_brute brute_call brute_flat brute_gen brute_judge \
                    brute_mem brute_print brute_run)

# --- what follows from them ------------------------------------------------------------------
Q       := $(if $(filter 1,$(V)),,@)
comma   := ,
say      = $(if $(Q),@printf '  %-8s%s\n' '$(1)' '$(2)')
obj      = $(patsubst %,$(BUILD)/%.o,$(basename $(1)))
PLUGDIR := $(shell $(GCC) -print-file-name=plugin)
MODEL_FILES := $(patsubst %,plugin/models/%.model,$(MODELS))
ENGINE_OBJ  := $(call obj,$(PLUGIN_UTIL) $(PLUGIN_ENGINE)) $(BUILD)/plugin/models/builtin.o
PLUGIN_OBJ  := $(ENGINE_OBJ) $(call obj,$(PLUGIN_GCC))
RUNTIME_OBJ := $(call obj,$(RUNTIME))
TEST_PROGS  := $(patsubst %,$(BUILD)/testsuite/unit/%,$(UNIT_ENGINE) $(UNIT_RUNTIME)) \
               $(patsubst %,$(BUILD)/testsuite/jit/%,$(JIT_TESTS)) $(BUILD)/testsuite/matcher \
               $(BUILD)/testsuite/oracle/oracle $(BUILD)/testsuite/oracle/jit \
               $(BUILD)/testsuite/fuzz/engine_brute $(BUILD)/testsuite/fuzz/summary_fuzz
PRODUCTS    := $(BUILD)/goescape.so $(BUILD)/libgoescape.a $(BUILD)/libgoescape.so \
               $(BUILD)/goescape-cc $(BUILD)/goescape-c++ $(BUILD)/goescape-report $(BUILD)/include/goescape.h

WERROR  ?= $(filter true 1,$(CI))
STRICT  := -Wall -Wextra -Wshadow $(if $(WERROR),-Werror)
COMMON  := $(STRICT) -fvisibility=hidden -fPIC -MMD -MP
C_BASE  := $(COMMON) -Wmissing-prototypes
# SAN=1 builds a plugin that checks itself, for testsuite/peers/sanitize.sh.
SANITIZE      := $(if $(SAN),-fsanitize=address$(comma)undefined -fno-sanitize-recover=all)
ENGINE_FLAGS  := -std=c11 $(C_BASE) $(SANITIZE) -Iplugin
RUNTIME_FLAGS := -std=gnu11 -D_GNU_SOURCE -pthread $(C_BASE) -Iruntime
GCC_FLAGS     := -std=gnu++17 -fno-rtti -fno-exceptions $(COMMON) $(SANITIZE) -Iplugin -isystem $(PLUGDIR)/include
TOOL_FLAGS    := -std=c11 -D_GNU_SOURCE $(STRICT) -Wmissing-prototypes -MMD -MP
TEST_FLAGS    := -std=gnu11 -D_GNU_SOURCE -pthread $(STRICT) -MMD -MP -Iplugin -Iruntime -Itestsuite
CHECK_LIBS     = $(shell pkg-config --libs check 2>/dev/null || echo -lcheck -lsubunit -lrt -lm -pthread)

# As many jobs as there are processors, unless -j says otherwise.
ifeq ($(MAKELEVEL)$(filter -j%,$(MAKEFLAGS)),0)
MAKEFLAGS += -j$(shell nproc 2>/dev/null || echo 1)
endif
MAKEFLAGS += --no-print-directory --no-builtin-rules

export GCC GXX BUILD

.PHONY: all tests setup demo check check-all check-peers check-packages check-sanitize check-compilers check-mutations \
        bench bench-analysis soak fuzz fuzz-csmith fuzz-engine fuzz-parsers \
        install uninstall clean format check-format help FORCE
.PRECIOUS: $(BUILD)/%.o

all: $(PRODUCTS)

tests: all $(TEST_PROGS)

# --- the plugin ------------------------------------------------------------------------------
# GCC's functions are weak, so that another GCC can load the plugin far enough to be told what is wrong.
# The C++ library is linked in where there is an archive of it: cc1 has its own, so the shared one would be
# loaded and relocated for the plugin alone, which takes ten times as long as the plugin itself.
STDCXX := $(if $(SAN),,$(if $(findstring /,$(shell $(GXX) -print-file-name=libstdc++.a)),-static-libstdc++ -static-libgcc))
# Of the models' ten thousand relative relocations a bit each, where the C library reads that.
RELR := $(if $(shell grep -l GLIBC_ABI_DT_RELR $$($(GCC) -print-file-name=libc.so.6) 2>/dev/null),-Wl$(comma)-z$(comma)pack-relative-relocs)

$(BUILD)/goescape.so: $(PLUGIN_OBJ) plugin/exports.map
	$(call say,LINK,$@)
	$(Q)$(GXX) -r -nostdlib -o $@.o $(PLUGIN_OBJ)
	$(Q)nm -D --defined-only $$($(GCC) -print-prog-name=cc1) | awk '{ print $$3 }' >$@.cc1
	$(Q)nm -u $@.o | awk '$$2 !~ /^_Z(N?K?S[tabsiod]|NKS|n|d)|^_Z5errorPKcz/ { print $$2 }' | \
	    grep -Fx -f $@.cc1 >$@.weak
	$(Q)objcopy --weaken-symbols=$@.weak $@.o
	$(Q)$(GXX) -shared $(LDFLAGS) $(SANITIZE) $(STDCXX) $(RELR) -Wl,--as-needed -Wl,--gc-sections \
	    -Wl,--version-script=plugin/exports.map -o $@ $@.o

$(BUILD)/plugin/gcc/%.o: plugin/gcc/%.cc $(BUILD)/config
	$(call say,C++,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(GXX) $(CXXFLAGS) $(GCC_FLAGS) $(CPPFLAGS) -c $< -o $@

$(BUILD)/plugin/%.o: plugin/%.c $(BUILD)/config
	$(call say,C,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(GCC) $(CFLAGS) $(ENGINE_FLAGS) $(CPPFLAGS) -c $< -o $@

# --- the models ------------------------------------------------------------------------------
$(BUILD)/plugin/models/generate: $(call obj,plugin/models/generate.c plugin/engine/model_file.c plugin/engine/models.c)
	$(call say,LINK,$@)
	$(Q)$(GCC) $(LDFLAGS) $(SANITIZE) -o $@ $^

$(BUILD)/plugin/models/builtin.c: $(BUILD)/plugin/models/generate $(MODEL_FILES)
	$(call say,MODELS,$@)
	$(Q)$< $(MODEL_FILES) >$@.new && mv $@.new $@

$(BUILD)/plugin/models/builtin.o: $(BUILD)/plugin/models/builtin.c
	$(call say,C,$<)
	$(Q)$(GCC) $(CFLAGS) $(ENGINE_FLAGS) $(CPPFLAGS) -c $< -o $@

# --- the runtime -----------------------------------------------------------------------------
$(BUILD)/runtime/%.o: runtime/%.c $(BUILD)/config
	$(call say,C,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(GCC) $(CFLAGS) $(RUNTIME_FLAGS) $(CPPFLAGS) -c $< -o $@

$(BUILD)/libgoescape.a: $(RUNTIME_OBJ)
	$(call say,AR,$@)
	$(Q)rm -f $@ && ar rcs $@ $^

$(BUILD)/libgoescape.so: $(RUNTIME_OBJ)
	$(call say,LINK,$@)
	$(Q)$(GCC) -shared -pthread $(LDFLAGS) -Wl,-soname,libgoescape.so.1 -Wl,-z,nodelete -o $@ $^
	$(Q)ln -sf libgoescape.so $@.1

# --- the tools -------------------------------------------------------------------------------
$(BUILD)/include/goescape.h: runtime/goescape.h
	$(call say,COPY,$@)
	$(Q)mkdir -p $(@D) && cp $< $@

$(BUILD)/goescape-cc: tools/goescape-cc
	$(call say,COPY,$@)
	$(Q)mkdir -p $(@D) && cp $< $@ && chmod 755 $@

$(BUILD)/goescape-c++: $(BUILD)/goescape-cc
	$(Q)ln -sf goescape-cc $@

$(BUILD)/tools/%.o: tools/%.c $(BUILD)/config
	$(call say,C,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(GCC) $(CFLAGS) $(TOOL_FLAGS) $(CPPFLAGS) -c $< -o $@

$(BUILD)/goescape-report: $(call obj,$(REPORT))
	$(call say,LINK,$@)
	$(Q)$(GCC) $(LDFLAGS) -o $@ $^ -ljson-c

# --- test programs ---------------------------------------------------------------------------
$(BUILD)/testsuite/%.o: testsuite/%.c $(BUILD)/config
	$(call say,C,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(GCC) $(CFLAGS) $(TEST_FLAGS) $(CPPFLAGS) -c $< -o $@

$(patsubst %,$(BUILD)/testsuite/unit/%,$(UNIT_ENGINE)): %: %.o $(ENGINE_OBJ)
	$(call say,LINK,$@)
	$(Q)$(GCC) $(LDFLAGS) $(SANITIZE) -o $@ $^ $(CHECK_LIBS)

$(patsubst %,$(BUILD)/testsuite/unit/%,$(UNIT_RUNTIME)): %: %.o $(BUILD)/libgoescape.a
	$(call say,LINK,$@)
	$(Q)$(GCC) $(LDFLAGS) -pthread -o $@ $^ $(CHECK_LIBS)

$(patsubst %,$(BUILD)/testsuite/jit/%,$(JIT_TESTS)): %: %.o $(BUILD)/libgoescape.a
	$(call say,LINK,$@)
	$(Q)$(GCC) $(LDFLAGS) -pthread -o $@ $^ $(CHECK_LIBS) -lgccjit

$(BUILD)/testsuite/matcher: $(BUILD)/testsuite/matcher.o
	$(call say,LINK,$@)
	$(Q)$(GCC) $(LDFLAGS) -o $@ $^

$(BUILD)/testsuite/oracle/oracle: $(call obj,$(ORACLE))
	$(call say,LINK,$@)
	$(Q)$(GCC) $(LDFLAGS) -o $@ $^

$(BUILD)/testsuite/oracle/jit: $(call obj,$(ORACLE_JIT)) $(BUILD)/libgoescape.a
	$(call say,LINK,$@)
	$(Q)$(GCC) $(LDFLAGS) -pthread -o $@ $^ -lgccjit

$(BUILD)/testsuite/fuzz/engine_brute: $(call obj,$(BRUTE)) $(ENGINE_OBJ)
	$(call say,LINK,$@)
	$(Q)$(GCC) $(LDFLAGS) -o $@ $^

$(BUILD)/testsuite/fuzz/summary_fuzz: %: %.o $(ENGINE_OBJ)
	$(call say,LINK,$@)
	$(Q)$(GCC) $(LDFLAGS) -o $@ $^

# Everything is built anew when the compiler or the flags change.
$(BUILD)/config: FORCE
	@mkdir -p $(BUILD)
	@test -f $(PLUGDIR)/include/gcc-plugin.h || { \
	  echo "The plugin headers of $(GCC) $$($(GCC) -dumpversion) are missing:" \
	       "install gcc-$$($(GCC) -dumpversion)-plugin-dev, or run tools/setup.sh" >&2; exit 1; }
	@echo '$(GCC) $(GXX) $(shell $(GCC) -dumpfullversion) $(CFLAGS) $(CXXFLAGS) $(CPPFLAGS) $(LDFLAGS) $(SAN) $(WERROR)' \
	  | cmp -s - $@ || \
	 echo '$(GCC) $(GXX) $(shell $(GCC) -dumpfullversion) $(CFLAGS) $(CXXFLAGS) $(CPPFLAGS) $(LDFLAGS) $(SAN) $(WERROR)' >$@

-include $(patsubst %.c,$(BUILD)/%.d,$(REPORT))
-include $(PLUGIN_OBJ:.o=.d) $(RUNTIME_OBJ:.o=.d) $(TEST_PROGS:=.d) $(patsubst %.c,$(BUILD)/%.d,$(ORACLE) $(ORACLE_JIT) $(BRUTE))

# --- running ---------------------------------------------------------------------------------
# setup installs packages, after which the compiler answers PLUGDIR differently: hence $(MAKE).
setup:
	$(Q)sh tools/setup.sh

demo:
	$(Q)sh tools/setup.sh build
	$(Q)$(MAKE) all
	$(Q)sh examples/demo.sh

check:
	$(Q)sh tools/setup.sh check
	$(Q)$(MAKE) tests
	$(Q)sh testsuite/run.sh $(T)

check-all:
	$(Q)sh tools/setup.sh check
	$(Q)$(MAKE) tests
	$(Q)LEVELS='-O0 -O1 -O2 -O3 -Os' sh testsuite/run.sh $(T)

check-peers:
	$(Q)sh tools/setup.sh peers
	$(Q)$(MAKE) all
	$(Q)sh testsuite/peers/run.sh $(T)

check-packages:
	$(Q)sh tools/setup.sh peers
	$(Q)$(MAKE) all
	$(Q)sh testsuite/peers/packages.sh $(T)

fuzz-csmith:
	$(Q)sh tools/setup.sh peers
	$(Q)$(MAKE) all
	$(Q)sh testsuite/peers/csmith.sh $(or $(N),100)

check-sanitize: all
	$(Q)sh tools/setup.sh peers
	$(Q)$(MAKE) SAN=1 BUILD=$(BUILD)/san CFLAGS='-O1 -g' $(BUILD)/san/goescape.so
	$(Q)BUILD=$(BUILD)/san PLAIN=$(BUILD) sh testsuite/peers/sanitize.sh $(T) $(or $(STEP),10)

check-compilers:
	$(Q)sh testsuite/compilers.sh

check-mutations: tests
	$(Q)COMPILE='$(GCC) $(CFLAGS) $(RUNTIME_FLAGS) $(CPPFLAGS)' sh testsuite/mutation/run.sh $(T)

bench: all
	$(Q)sh testsuite/bench/run.sh $(T)

bench-analysis: all
	$(Q)sh testsuite/bench/analysis.sh $(T)

fuzz: tests
	$(Q)sh testsuite/oracle/fuzz.sh $(T)

fuzz-engine: $(BUILD)/testsuite/fuzz/engine_brute
	$(Q)$< -s $(or $(SEED),1000000) -S $(or $(SECONDS),1000000000) $(T)

fuzz-parsers: all $(BUILD)/testsuite/fuzz/summary_fuzz
	$(Q)sh tools/setup.sh peers
	$(Q)sh testsuite/fuzz/parsers.sh $(or $(SECONDS),60) $(T)

# Memory, signals and threads with a collection at each allocation; and the model test for long, in each mode of the
# collector.
soak: $(patsubst %,$(BUILD)/testsuite/unit/runtime_%,alloc model signals threads)
	$(Q)for test in alloc signals threads; do \
	    CK_TIMEOUT_MULTIPLIER=20 GOESCAPE=stress=1 $(BUILD)/testsuite/unit/runtime_$$test || exit 1; done
	$(Q)for mode in concurrent=1 concurrent=2 generations=0 stress=50; do \
	    echo "$$mode:" && GOESCAPE=verify=1:minheap=512k:$$mode $(BUILD)/testsuite/unit/runtime_model \
	    $(or $(SECONDS),600) || exit 1; done

# --- installing ------------------------------------------------------------------------------
# The plugin proper lies under PREFIX, by compiler version; a link in GCC's own plugin folder makes
# -fplugin=goescape work, and one in gdb's makes that load the commands for the heap with the library (GCCPLUGDIR=
# leaves both folders alone).
LIBDIR     ?= $(PREFIX)/lib
PLUGINDST  := $(LIBDIR)/goescape/$(firstword $(subst ., ,$(shell $(GCC) -dumpversion)))
GCCPLUGDIR ?= $(PLUGDIR)
GDBLOADDIR ?= $(if $(GCCPLUGDIR),/usr/share/gdb/auto-load)

install: all
	$(call say,INSTALL,$(DESTDIR)$(PREFIX))
	$(Q)install -d $(DESTDIR)$(PLUGINDST) $(DESTDIR)$(PREFIX)/include $(DESTDIR)$(PREFIX)/bin
	$(Q)install -m 755 $(BUILD)/goescape.so $(DESTDIR)$(PLUGINDST)/goescape.so
	$(Q)install -m 644 $(BUILD)/libgoescape.a $(DESTDIR)$(LIBDIR)/libgoescape.a
	$(Q)install -m 755 $(BUILD)/libgoescape.so $(DESTDIR)$(LIBDIR)/libgoescape.so.1
	$(Q)ln -sf libgoescape.so.1 $(DESTDIR)$(LIBDIR)/libgoescape.so
	$(Q)install -m 644 runtime/goescape.h $(DESTDIR)$(PREFIX)/include/goescape.h
	$(Q)sed 's|@LIBDIR@|$(LIBDIR)|' tools/goescape-cc >$(BUILD)/goescape-cc.installed
	$(Q)install -m 755 $(BUILD)/goescape-cc.installed $(DESTDIR)$(PREFIX)/bin/goescape-cc
	$(Q)ln -sf goescape-cc $(DESTDIR)$(PREFIX)/bin/goescape-c++
	$(Q)install -m 755 $(BUILD)/goescape-report $(DESTDIR)$(PREFIX)/bin/goescape-report
	$(Q)install -m 644 tools/goescape-gdb.py $(DESTDIR)$(LIBDIR)/goescape/goescape-gdb.py
	@[ -z '$(GDBLOADDIR)' ] || { mkdir -p $(DESTDIR)$(GDBLOADDIR)$(LIBDIR) && \
	  ln -sf $(LIBDIR)/goescape/goescape-gdb.py $(DESTDIR)$(GDBLOADDIR)$(LIBDIR)/libgoescape.so.1-gdb.py; } 2>/dev/null || :
	@if [ -n '$(GCCPLUGDIR)' ] && mkdir -p $(DESTDIR)$(GCCPLUGDIR) 2>/dev/null && \
	    ln -sf $(PLUGINDST)/goescape.so $(DESTDIR)$(GCCPLUGDIR)/goescape.so 2>/dev/null; then \
	  echo 'installed: $(GCC) -fplugin=goescape finds the plugin'; \
	else \
	  echo 'installed: use goescape-cc, or $(GCC) -fplugin=$(PLUGINDST)/goescape.so'; \
	fi
	@[ -n '$(DESTDIR)' ] || [ "$$(id -u)" != 0 ] || ldconfig

uninstall:
	$(Q)rm -f $(DESTDIR)$(PREFIX)/bin/goescape-cc $(DESTDIR)$(PREFIX)/bin/goescape-c++ $(DESTDIR)$(PREFIX)/bin/goescape-report \
	    $(DESTDIR)$(PREFIX)/include/goescape.h
	$(Q)rm -f $(DESTDIR)$(LIBDIR)/libgoescape.a $(DESTDIR)$(LIBDIR)/libgoescape.so*
	$(Q)rm -rf $(DESTDIR)$(LIBDIR)/goescape $(if $(GCCPLUGDIR),$(DESTDIR)$(GCCPLUGDIR)/goescape.so) \
	    $(if $(GDBLOADDIR),$(DESTDIR)$(GDBLOADDIR)$(LIBDIR)/libgoescape.so.1-gdb.py)

# --- housekeeping ----------------------------------------------------------------------------
FORMATTED = $(PLUGIN_UTIL) $(PLUGIN_ENGINE) $(PLUGIN_GCC) $(RUNTIME) $(REPORT) tools/report.h \
            $(wildcard plugin/*/*.h runtime/*.h)

format:
	$(Q)clang-format -i $(FORMATTED)

check-format:
	$(Q)clang-format --dry-run --Werror $(FORMATTED)

clean:
	$(Q)rm -rf $(BUILD)

help:
	@echo 'make             build the plugin, the runtime library and the tools in $(BUILD)/'
	@echo 'make demo        install what is missing, build, compile and run examples/'
	@echo 'make check       install what is missing, build, run all tests; T=verdicts/go_ runs a part'
	@echo 'make check-all   the same at every optimisation level'
	@echo 'make check-peers GCC torture tests, csmith, packages (long); a part: T=torture LEVELS=-O1,-O3 MODES=heapify'
	@echo 'make check-packages  zlib, cJSON, oniguruma, redis, sqlite3 and their tests; T=zlib only one; T="expat pcre2 gawk libuv jq mbedtls tcl" others; SELECT=all moves every local'
	@echo 'make check-sanitize  the plugin under ASan, UBSan and valgrind on every 10th torture test; all: STEP=1'
	@echo 'make check-compilers  the tests with GCC 12 to 16 in a scratch root (long)'
	@echo 'make check-mutations  breaks each invariant of the runtime and sees that its test fails (long); T=12a only one'
	@echo 'make bench       speed of the runtime, as ratios'
	@echo 'make bench-analysis  share of the analysis in compile time, and how it grows'
	@echo 'make soak SECONDS=600  random object graphs against a model, and memory that must not grow'
	@echo 'make fuzz        random programs against the oracle, until interrupted'
	@echo 'make fuzz-csmith N=100  random programs of csmith, with and without the plugin'
	@echo 'make fuzz-engine the same for the engine alone, on programs of its own statements'
	@echo 'make fuzz-parsers  damaged model files, summaries, options and reports for their readers, SECONDS=60 each; T=report only one'
	@echo 'make install     under PREFIX=$(PREFIX), staged in DESTDIR; uninstall undoes it'
	@echo 'make format      format the sources; check-format only checks'
	@echo 'make clean       remove $(BUILD)/'
	@echo
	@echo 'GCC=gcc-14 picks the compiler, V=1 shows commands, WERROR=1 makes warnings errors'
