#!/usr/bin/env bash
# Lists the C++ sources of the project, one a line.
cd "$(dirname "$0")/.." && git ls-files --cached --others --exclude-standard 'backend/*.cpp' 'backend/*.hpp'
