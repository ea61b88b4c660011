#!/usr/bin/env bash
# Prints backend/template.yaml with a container image in place of the zip, for those who deploy images:
#
#   scripts/image_template.sh >backend/template-image.yaml && make lambda
#   cd backend && sam build -t template-image.yaml && sam deploy --resolve-image-repos
set -euo pipefail
cd "$(dirname "$0")/.."
awk '
    /^      BuildMethod: makefile$/ { print "      Dockerfile: backend/Dockerfile\n      DockerContext: ..\n      DockerTag: latest"; found++; next }
    /^      # The packaging: /      { next }
    /^      CodeUri: \.$/           { print "      PackageType: Image"; found++; next }
    /^      Handler: bootstrap$/ || /^      Runtime: provided\.al2023$/ { found++; next }
    { print }
    END { if (found != 4) { print "image_template: backend/template.yaml has no longer the packaging that is replaced here" >"/dev/stderr"; exit 1 } }
' backend/template.yaml
