# Two commands: `make run` finds a model for each of the five data sets, `make test` shows that everything works.
PYTHON ?= python3.11
VENV := .venv

.PHONY: run test compare venv lint clean

run: venv
	$(VENV)/bin/python refinestat/main.py --seeds 1

# Every strategy at equal cost, three seeds, five data sets; ends with the table. COMPARE=... changes what is run.
COMPARE ?= --seeds 1-3 --temperature 0.8
compare: venv
	$(VENV)/bin/python -m refinestat ablation $(COMPARE)

test: venv
	$(VENV)/bin/python -m pytest

lint: venv
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy commons refinestat

venv: $(VENV)/.installed

$(VENV)/.installed: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v < (3, 13) else "make: RefineStat needs Python 3.11 or 3.12, and $(PYTHON) is %d.%d (choose one: make PYTHON=python3.12 run)" % v)'
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --requirement requirements.txt
	@touch $@

clean:
	rm -rf $(VENV) build dist *.egg-info
