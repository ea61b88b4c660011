#!/usr/bin/env bash
# Checks the CloudFormation templates, with the SAM CLI and with the cfn-lint that it brings. Tests take Lambda's Runtime
# Interface Emulator from the same package.
set -euo pipefail
cd "$(dirname "$0")/.."
version=1.170.0
sam=build/sam-cli
if [[ ! -f $sam/.installed-$version ]]; then
    python3 -m venv "$sam"
    "$sam/bin/pip" install -q --disable-pip-version-check "aws-sam-cli==$version"
    touch "$sam/.installed-$version"
fi
"$sam/bin/cfn-lint" infrastructure/*.yaml backend/template.yaml
scripts/image_template.sh | "$sam/bin/cfn-lint"
(cd backend && SAM_CLI_TELEMETRY=0 AWS_DEFAULT_REGION=us-east-1 "../$sam/bin/sam" validate --lint)
