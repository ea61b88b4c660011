#!/usr/bin/env bash
# Checks the CloudFormation templates.
set -euo pipefail
cd "$(dirname "$0")/.."
version=1.58.0
cfn=build/cfn-lint/bin/cfn-lint
if [[ ! -f build/cfn-lint/.installed-$version ]]; then
    python3 -m venv build/cfn-lint
    build/cfn-lint/bin/pip install -q --disable-pip-version-check "cfn-lint==$version"
    touch "build/cfn-lint/.installed-$version"
fi
"$cfn" infrastructure/*.yaml backend/template.yaml
scripts/image_template.sh | "$cfn"
