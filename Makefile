# The front door. `make scan` and `make test` set up whatever is missing and then do
# what they are called; a second run finds everything in place and starts no set-up,
# so it needs no network. Setting up apt packages needs root.
#
#   make scan [DIR=path] [OUT=file] [ARGS=...]   scan a project (default: the sample)
#   make build        the programs, into build/release/bin
#   make test         every test, release and address+undefined sanitizers; billing on
#                     SQLite and on a MariaDB server of its own
#   make test-full    also clang, the thread sanitizer, and PostgreSQL
#   make test-galera  billing on a cluster of three MariaDB nodes, one of them killed
#   make test-long    billing's tests at full length: 200 kills, 10 x 20,000 random steps
#   make bench        meterlint compared with ripgrep, oxlint, biome and ast-grep; your own
#                     folders too with CORPUS="dir dir" (more: docs/performance.md)
#   make bench-docs   puts the figures of the last bench into docs/performance.md
#   make bench-billing what billing costs, as ratios (BENCH_RECORDS=1000000)
#   make pgo          meterlint, compiled along the paths its fixtures take: build/pgo/bin
#   make instructions records how many instructions a scan of the samples takes
#   make fuzz         every fuzzer for FUZZ_SECONDS each
#   make format       clang-format over our C sources
#   make docs         docs/rules.md and a page a rule, from the rules' own words
#   make clean        removes build/ and the fetched grammars
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

DIR          ?= fixtures/projects/kindergarten
OUT          ?=
ARGS         ?=
FUZZ_SECONDS ?= 30
BENCH_RECORDS ?= 1000000
CORPUS       ?=
ROUNDS       ?= 5
BENCH_ARGS   ?=
BENCH_BUILD  ?= pgo

SETUP    := sh packaging/setup.sh
GRAMMARS := grammars/node_modules/.package-lock.json
PEERS    := bench/node_modules/.package-lock.json
METERLINT := build/release/bin/meterlint

# A compiler cache is used where one is installed, never asked for.
ifneq ($(shell command -v ccache 2>/dev/null),)
export CMAKE_C_COMPILER_LAUNCHER ?= ccache
endif

.PHONY: help scan build test test-full test-galera test-long bench bench-docs bench-billing \
        pgo instructions fuzz format format-check docs clean \
        setup-build setup-test setup-full setup-galera setup-bench

help:
	@sed -n 's/^#   //p' Makefile

scan: build
	@sh packaging/scan.sh $(METERLINT) "$(DIR)" "$(OUT)" $(ARGS)

build: build/release/build.ninja
	@cmake --build build/release --target programs

test: setup-test $(GRAMMARS)
	@BILLING_MUST_RUN="mariadb" sh tests/run.sh release asan

test-full: setup-full $(GRAMMARS)
	@BILLING_MUST_RUN="mariadb postgres" sh tests/run.sh release asan clang tsan

test-galera: setup-galera build/release/build.ninja
	@cmake --build build/release --target billing_cli billing_conformance_test
	@sh billing-core/tests/galera.sh build/release/bin

test-long: setup-full build/release/build.ninja
	@cmake --build build/release --target billing_conformance_test billing_crash_test \
	    billing_memory_test billing_simulate_test
	@sh billing-core/tests/long.sh build/release/bin

# BENCH_BUILD=release measures what `make build` makes, without the profile.
bench: setup-bench build/release/build.ninja $(PEERS) $(if $(filter pgo,$(BENCH_BUILD)),pgo)
	@cmake --build build/release --target meterlint bench_measure
	@python3 -B bench/bench.py run --helper build/release/bin/bench_measure --rounds $(ROUNDS) \
	    --meterlint build/$(BENCH_BUILD)/bin/meterlint --build "preset $(BENCH_BUILD), gcc $$(gcc -dumpfullversion)" \
	    --corpus $(CORPUS) $(BENCH_ARGS)

bench-docs:
	@python3 -B bench/bench.py docs

bench-billing: build/release/build.ninja
	@cmake --build build/release --target billing_speed
	@build/release/bin/billing_speed 20000 $(BENCH_RECORDS)

# Two builds and a run in between, so there is one way to make it.
pgo: setup-build $(GRAMMARS)
	@sh packaging/pgo.sh

instructions: setup-bench build/release/build.ninja
	@cmake --build build/release --target instructions

fuzz: setup-full $(GRAMMARS)
	@sh tests/fuzz/run.sh $(FUZZ_SECONDS)

format: setup-full
	@sh packaging/format.sh write

format-check: setup-full
	@sh packaging/format.sh check

docs: setup-build
	@cmake -P cmake/RuleDocs.cmake

clean:
	rm -rf build grammars/node_modules bench/node_modules

setup-build:
	@$(SETUP) build

setup-test:
	@$(SETUP) test

setup-full:
	@$(SETUP) full

setup-galera:
	@$(SETUP) galera

setup-bench:
	@$(SETUP) bench

# npm itself writes the file this depends on; touch, because npm keeps the time of
# the package it unpacked when nothing changed.
$(GRAMMARS): grammars/package-lock.json grammars/package.json | setup-build
	cd grammars && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

# Not npm ci: the peers name a program for every platform, and where a platform's is not
# to be had the lock lacks it, which npm ci refuses. The lock holds for the rest.
$(PEERS): bench/package-lock.json bench/package.json | setup-bench
	cd bench && npm install --no-save --loglevel=error
	@touch $@

# Ninja runs CMake again by itself when a CMake file changes.
build/release/build.ninja: $(GRAMMARS) | setup-build
	cmake --preset release
	@touch $@
