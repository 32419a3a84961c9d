# The front door. Everything is built by meson into build/; each target installs the Debian packages that it
# needs when they are missing (as root directly, else through sudo).
PREFIX ?= /usr/local
DESTDIR ?=
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
PLAIN := build/plain
SAN := build/san

.PHONY: all demo web check check-long fuzz bench install uninstall clean deps help

all: $(PLAIN)/build.ninja ## build the program and the library
	@ninja -C $(PLAIN) -j$(JOBS)

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 14

deps: ## install the Debian packages that building needs
	@tools/deps.sh build

# Warnings are errors in `make check`, where the compilers are known, and not on a user's machine.
$(PLAIN)/build.ninja: | deps
	@meson setup $(PLAIN) --prefix=$(PREFIX) -Dtests=false -Dwerror=false >/dev/null

demo: deps ## build, then explain a real denial of examples/account
	@tools/demo.sh $(PLAIN) $(JOBS)

web: ## the page (web/dist): a static site, one file, and what `why403 serve` serves
	@tools/deps.sh build web
	@tools/web.sh $(JOBS)

check: ## build with sanitizers and without, run every test
	@tools/deps.sh build test
	@tools/venv.sh build/venv botocore python
	@tools/check.sh $(SAN) build/test $(JOBS)

check-long: ## the long fuzz, differential and memory runs
	@tools/deps.sh build test long packages
	@tools/venv.sh build/venv botocore moto python schemathesis
	@tools/check_long.sh $(JOBS)

HOURS ?= 1

fuzz: ## every fuzz target, HOURS=n in all; what of each room was reached
	@tools/deps.sh build test long
	@tools/fuzz.py $(HOURS) $(JOBS)

bench: ## decisions, reports, logs, loads and a cold start beside `true`; build/bench/bench.json
	@tools/deps.sh build test
	@tools/bench.sh build/bench $(JOBS)

install: all ## into $(DESTDIR)$(PREFIX)
	@meson configure $(PLAIN) --prefix=$(PREFIX) >/dev/null
	@ninja -C $(PLAIN) -j$(JOBS) >/dev/null
	@DESTDIR=$(abspath $(DESTDIR)) meson install -C $(PLAIN) --no-rebuild
	@if [ -z "$(DESTDIR)" ] && [ "$$(id -u)" = 0 ]; then ldconfig; fi # the library is found at once

uninstall: ## what install put there
	@ninja -C $(PLAIN) uninstall

clean: ## remove build/
	@rm -rf build
