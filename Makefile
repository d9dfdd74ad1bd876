PYTHON ?= python3

.PHONY: report test browser-test lab bench kills cluster-test proof lock clean install
report test browser-test lab bench kills cluster-test proof lock clean install:
	@$(PYTHON) make.py $@
