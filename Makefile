# Every target sets itself up on a fresh Debian 12 machine (root or sudo); see scripts/.
.PHONY: run build test test-unit test-sanitizers test-e2e test-page fuzz bench lambda lint tidy format clean help

help:       ## this list
	@grep -E '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/:/' | column -t -s:

run:        ## build, start on 127.0.0.1:8080, ingest the samples, keep serving until Ctrl-C
	@scripts/run.sh

build:      ## the two programs, optimised, in build/bin
	@scripts/build.sh release agent2-ingestor agent2-ingestor-extract

test:       ## everything: lint, unit tests (ASan+UBSan, TSan), end to end with real clients, the web page
	@scripts/test.sh all

test-unit:  ## the unit tests of the release build alone
	@scripts/test.sh unit

test-sanitizers: ## all unit tests under ASan+UBSan and under TSan
	@scripts/test.sh sanitizers

test-e2e:   ## the end-to-end tests alone
	@scripts/test.sh e2e

test-page:  ## the web page's tests alone, in Chromium against the built program
	@scripts/test.sh page

fuzz:       ## feed generated input to every parser, a minute each (scripts/fuzz.sh SUBJECT SECONDS for one)
	@scripts/fuzz.sh

bench:      ## measure against the peers, side by side (installs them)
	@scripts/bench.sh

lambda:     ## the function for AWS Lambda: build/lambda/agent2-ingestor-lambda.zip
	@scripts/lambda.sh

lint:       ## formatting, module arrows, banned constructs, the page's types, the templates; clang-tidy on what differs from main
	@scripts/lint.sh

tidy:       ## clang-tidy on everything (an hour on two cores)
	@scripts/clang_tidy.sh all

format:     ## rewrite the C++ sources in the project's format
	@scripts/setup.sh test && scripts/cpp_files.sh | xargs clang-format-19 -i

clean:      ## remove what was built; keeps data/
	rm -rf build .venv
