# `make serve` serves a real model; `make test` runs every test. Everything they need is fetched and built first.

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup serve test build format lint clean

PYTHON ?= python3
SWIFT ?= swift
ARGS ?=

DROVER := .build/release/drover
MODELS := .drover/models
FETCHED_MODEL := $(MODELS)/SmolLM2-135M-Instruct.Q4_1.gguf
MODEL ?= $(MODELS)/SmolLM2-135M-Instruct.Q8_0.gguf

help:
	@echo 'make serve [ARGS="--port 8081"] [MODEL=FILE.gguf]   serve a model on this machine'
	@echo 'make test                                           run every test'
	@echo 'make build | format | lint | clean'

setup:
	@$(PYTHON) scripts/setup.py serve

# The converter and the server are one binary; `build` leaves it alone when nothing has changed.
build: setup
	$(SWIFT) build -c release --product drover

$(FETCHED_MODEL): | setup ;

# Q4_1 is slow on processors; the copy in Q8_0 keeps its quality. Made once, and only whole.
$(MODELS)/SmolLM2-135M-Instruct.Q8_0.gguf: $(FETCHED_MODEL) | build
	$(DROVER) convert $< $@.$$$$ --type q8_0 && mv $@.$$$$ $@ || { rm -f $@.$$$$; exit 1; }

serve: build $(MODEL)
	exec $(DROVER) serve --model $(MODEL) $(ARGS)

# One release build holds the binary and every test, so nothing is compiled twice.
test:
	@$(PYTHON) scripts/setup.py test
	$(SWIFT) build -c release --build-tests
	@$(MAKE) --no-print-directory $(MODEL)
	@$(PYTHON) scripts/test.py --model $(MODEL)

format:
	$(SWIFT) format format --in-place --parallel --recursive Package.swift Sources Tests

lint:
	$(SWIFT) format lint --strict --parallel --recursive Package.swift Sources Tests

# The fetched and built things in .drover/ stay: they are checked before each use.
clean:
	rm -rf .build
