# `make serve` serves a real model; `make test` runs every test. Everything they need is fetched and built first.

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup fetch serve test test-vllm test-smg bench bench-parser bench-template bench-tokenizer bench-gateway \
	bench-http2 oracle soak soak-gateway build format lint clean

PYTHON ?= python3
ARGS ?=

# Exclusive access is proved where the compiler can, and not checked anew at run time: docs/decisions/0132.
SWIFT_BUILD := swift build -c release -Xswiftc -enforce-exclusivity=unchecked
DROVER := .build/release/drover
FETCHED_MODEL := .drover/models/SmolLM2-135M-Instruct.Q4_1.gguf
CONVERTED_MODEL := .drover/models/SmolLM2-135M-Instruct.F16.gguf
HUGGING_FACE_MODEL := .drover/models/SmolLM2-135M-Instruct
MODEL ?= $(CONVERTED_MODEL)

help:
	@echo 'make serve [ARGS="--port 8081"] [MODEL=FILE.gguf]   serve a model on this machine'
	@echo 'make test                                           run every test'
	@echo 'make test-vllm [ARGS="-k logprobs"]                  run the gateway over real vLLM, on the processor'
	@echo 'make test-smg                                       let the gateway smg drive drover worker'
	@echo 'make bench [ARGS="--rounds 3"]                      measure the engine beside llama-bench'
	@echo 'make bench-parser                                   measure what an output parser costs a token'
	@echo 'make bench-template                                 measure chat templates beside minijinja and Jinja2'
	@echo 'make bench-tokenizer [ARGS="--rounds 5"]             measure tokenizers beside the fastest libraries'
	@echo 'make bench-gateway [ARGS="--rounds 5"]               measure the gateway beside smg'
	@echo 'make bench-http2                                    measure clients of HTTP/2 beside those of HTTP/1.1'
	@echo 'make oracle [ARGS="--texts 20000"]                   compare tokenizers and templates with their references'
	@echo 'make soak [ARGS="--requests 300"]                    send mixed traffic and look for leaks'
	@echo 'make soak-gateway [ARGS="--requests 10000"]          the same through the gateway, over engines that fail'
	@echo 'make setup | build | format | lint | clean'

setup:
	@$(PYTHON) scripts/setup.py build model

build:
	@$(PYTHON) scripts/setup.py build
	$(SWIFT_BUILD) --product drover

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
	$(SWIFT_BUILD) --build-tests
	@$(MAKE) --no-print-directory $(CONVERTED_MODEL)
	@$(PYTHON) scripts/test.py --model $(CONVERTED_MODEL)

# Real vLLM, 3 GB of Python packages, through the gateway: its own HTTP server says what must come out.
test-vllm: build $(CONVERTED_MODEL)
	@$(PYTHON) scripts/setup.py test gateway vllm
	@.drover/venv/bin/python3 -m pytest Tests/VLLM $(ARGS)

# The reference gateway in front of our worker, beside our gateway in front of the same; part of test-vllm.
test-smg: build $(CONVERTED_MODEL)
	@$(PYTHON) scripts/setup.py test gateway
	@.drover/venv/bin/python3 -m pytest Tests/VLLM/test_smg.py $(ARGS)

# Beside llama.cpp's own benchmark, in turns. Nothing else should run on the machine.
bench: build $(CONVERTED_MODEL)
	@$(PYTHON) scripts/setup.py bench
	@$(PYTHON) scripts/bench/engine.py --model $(CONVERTED_MODEL) $(ARGS)

# Token by token through each family of parser, in processor time.
bench-parser:
	$(SWIFT_BUILD) --product parser-bench
	@.build/release/parser-bench $(ARGS)

# Beside the Python packages minijinja and Jinja2, in turns, in processor time.
bench-template:
	@$(PYTHON) scripts/setup.py test
	$(SWIFT_BUILD) --product template-probe
	@$(PYTHON) scripts/bench/templates.py $(ARGS)

# Beside fastokens, gigatoken, tokie, tiktoken, tokenizers and others, in turns, in processor time.
bench-tokenizer:
	@$(PYTHON) scripts/setup.py bench-tokenizer
	$(SWIFT_BUILD) --product tokenizer-bench
	@.drover/bench-venv/bin/python3 scripts/bench/tokenizers.py $(ARGS)

# Beside the gateway smg, over the same mock engine, in turns, in processor time. The mock engine is in the project's
# shared folder, which ARGS="--shared FOLDER" names if it is not ../shared/bench.
bench-gateway: build
	@$(PYTHON) scripts/setup.py gateway
	@.drover/gateway-venv/bin/python3 scripts/bench/gateway.py $(ARGS)

# Clients of HTTP/2 beside those of HTTP/1.1, over drover mock-engine, in turns, in processor time; needs h2load.
bench-http2: build
	@$(PYTHON) scripts/setup.py gateway
	@$(PYTHON) scripts/bench/http2.py $(ARGS)

# A million texts, token by token, beside the libraries that models are trained with; chat templates beside Jinja2. What
# is done already is not done again, so that an interrupted run goes on.
oracle:
	@$(PYTHON) scripts/setup.py oracle
	$(SWIFT_BUILD) --product tokenizer-probe
	$(SWIFT_BUILD) --product template-probe
	@.drover/oracle-venv/bin/python3 scripts/oracles/oracle.py $(ARGS)

# Thousands of mixed requests with clients that leave; memory, descriptors and answers are checked.
soak: build $(CONVERTED_MODEL)
	@$(PYTHON) Tests/Integration/soak.py --drover $(DROVER) --model $(CONVERTED_MODEL) $(ARGS)

# A hundred thousand requests over mock engines that misbehave, are killed and come back.
soak-gateway: build
	@$(PYTHON) scripts/setup.py gateway
	@$(PYTHON) Tests/Integration/soak_gateway.py --drover $(DROVER) --tokenizer $(HUGGING_FACE_MODEL) $(ARGS)

format:
	swift format format --in-place --parallel --recursive Package.swift Sources Tests Benchmarks

lint:
	swift format lint --strict --parallel --recursive Package.swift Sources Tests Benchmarks

# The fetched and built things in .drover/ stay: they are checked before each use.
clean:
	rm -rf .build
