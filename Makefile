# `make serve` serves a real model; `make test` runs every test. Everything they need is fetched and built first.

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup fetch serve test bench bench-parser bench-template bench-tokenizer oracle soak build format lint clean

PYTHON ?= python3
ARGS ?=

DROVER := .build/release/drover
FETCHED_MODEL := .drover/models/SmolLM2-135M-Instruct.Q4_1.gguf
CONVERTED_MODEL := .drover/models/SmolLM2-135M-Instruct.F16.gguf
MODEL ?= $(CONVERTED_MODEL)

help:
	@echo 'make serve [ARGS="--port 8081"] [MODEL=FILE.gguf]   serve a model on this machine'
	@echo 'make test                                           run every test'
	@echo 'make bench [ARGS="--rounds 3"]                      measure the engine beside llama-bench'
	@echo 'make bench-parser                                   measure what an output parser costs a token'
	@echo 'make bench-template                                 measure chat templates beside minijinja and Jinja2'
	@echo 'make bench-tokenizer [ARGS="--rounds 5"]             measure tokenizers beside the fastest libraries'
	@echo 'make oracle [ARGS="--texts 20000"]                   compare tokenizers and templates with their references'
	@echo 'make soak [ARGS="--requests 300"]                    send mixed traffic and look for leaks'
	@echo 'make setup | build | format | lint | clean'

setup:
	@$(PYTHON) scripts/setup.py build model

build:
	@$(PYTHON) scripts/setup.py build
	swift build -c release --product drover

fetch:
	@$(PYTHON) scripts/setup.py model

$(FETCHED_MODEL): | fetch ;

# The fetched Q4_1 is slow on processors; F16 keeps its weights exactly (docs/decisions/0003). Made once, and only whole.
$(CONVERTED_MODEL): $(FETCHED_MODEL) | build
	@$(DROVER) convert $< $@.$$$$ --type f16 && mv $@.$$$$ $@ || { rm -f $@.$$$$; exit 1; }

serve: build $(MODEL)
	@exec $(DROVER) serve --model $(MODEL) $(ARGS)

# One release build holds the binary and every test, so nothing is compiled twice.
test:
	@$(PYTHON) scripts/setup.py test
	swift build -c release --build-tests
	@$(MAKE) --no-print-directory $(CONVERTED_MODEL)
	@$(PYTHON) scripts/test.py --model $(CONVERTED_MODEL)

# Beside llama.cpp's own benchmark, in turns. Nothing else should run on the machine.
bench: build $(CONVERTED_MODEL)
	@$(PYTHON) scripts/setup.py bench
	@$(PYTHON) scripts/bench/engine.py --model $(CONVERTED_MODEL) $(ARGS)

# Token by token through each family of parser, in processor time.
bench-parser:
	swift build -c release --product parser-bench
	@.build/release/parser-bench $(ARGS)

# Beside the Python packages minijinja and Jinja2, in turns, in processor time.
bench-template:
	@$(PYTHON) scripts/setup.py test
	swift build -c release --product template-probe
	@$(PYTHON) scripts/bench/templates.py $(ARGS)

# Beside fastokens, gigatoken, tokie, tiktoken, tokenizers and others, in turns, in processor time.
bench-tokenizer:
	@$(PYTHON) scripts/setup.py bench-tokenizer
	swift build -c release --product tokenizer-bench
	@.drover/bench-venv/bin/python3 scripts/bench/tokenizers.py $(ARGS)

# A million texts, token by token, beside the libraries that models are trained with; chat templates beside Jinja2. What
# is done already is not done again, so that an interrupted run goes on.
oracle:
	@$(PYTHON) scripts/setup.py oracle
	swift build -c release --product tokenizer-probe
	swift build -c release --product template-probe
	@.drover/oracle-venv/bin/python3 scripts/oracles/oracle.py $(ARGS)

# Thousands of mixed requests with clients that leave; memory, descriptors and answers are checked.
soak: build $(CONVERTED_MODEL)
	@$(PYTHON) Tests/Integration/soak.py --drover $(DROVER) --model $(CONVERTED_MODEL) $(ARGS)

format:
	swift format format --in-place --parallel --recursive Package.swift Sources Tests Benchmarks

lint:
	swift format lint --strict --parallel --recursive Package.swift Sources Tests Benchmarks

# The fetched and built things in .drover/ stay: they are checked before each use.
clean:
	rm -rf .build
