#!/usr/bin/env bash
# Deploys the web page to S3 and CloudFront.
#
#   API_URL=https://api.example.com \
#   COGNITO_USER_POOL_ID=us-east-1_Abc COGNITO_CLIENT_ID=123 COGNITO_DOMAIN=https://sign-in.example.com \
#   S3_BUCKET=agent2-ingestor-bucket-us-east-1 infrastructure/deploy-frontend.sh [dev|test|main]
#
# Needs the AWS CLI with credentials that may deploy the stack, write to its bucket and empty its cache.
set -euo pipefail
cd "$(dirname "$0")/.."
environment=${1:-dev}
region=${AWS_REGION:-us-east-1}
for name in API_URL COGNITO_USER_POOL_ID COGNITO_CLIENT_ID COGNITO_DOMAIN; do
    [[ -n ${!name:-} ]] || { echo "deploy-frontend: set $name (the head of this script shows how)" >&2; exit 2; }
done
bucket=${S3_BUCKET:-agent2-ingestor-bucket-us-east-1}
stack=agent2-ingestor-page-$environment
export AWS_PAGER=""
# The CLI reads AWS_ENDPOINT_URL by itself only since 2.13.
aws() { command aws ${AWS_ENDPOINT_URL:+--endpoint-url "$AWS_ENDPOINT_URL"} "$@"; }
origin() { sed -E 's#^(https://[^/]+).*#\1#' <<<"$1"; }

scripts/build_page.sh

aws cloudformation deploy --region "$region" --stack-name "$stack" --no-fail-on-empty-changeset \
    --template-file infrastructure/frontend.yaml \
    --parameter-overrides "Environment=$environment" "ApiOrigin=$(origin "$API_URL")" \
        "SignInOrigin=$(origin "$COGNITO_DOMAIN")" "UploadOrigin=https://$bucket.s3.$region.amazonaws.com"
output() {
    aws cloudformation describe-stacks --region "$region" --stack-name "$stack" --output text \
        --query "Stacks[0].Outputs[?OutputKey=='$1'].OutputValue"
}
page_bucket=$(output BucketName)

config=$(mktemp)
trap 'rm -f "$config"' EXIT
python3 - "$API_URL" "https://cognito-idp.$region.amazonaws.com/$COGNITO_USER_POOL_ID" "$COGNITO_CLIENT_ID" \
    "${COGNITO_DOMAIN%/}" >"$config" <<'PYTHON'
import json, sys

api_url, issuer, client_id, domain = sys.argv[1:]
json.dump({"api_url": api_url,
           "auth": {"mode": "oidc", "issuer": issuer, "client_id": client_id, "scope": "openid email",
                    "authorization_endpoint": f"{domain}/oauth2/authorize", "token_endpoint": f"{domain}/oauth2/token",
                    "end_session_endpoint": f"{domain}/logout", "session": "bearer"}}, sys.stdout, indent=2)
PYTHON

# New files first, the page that names them after; old ones stay for pages that are open.
aws s3 cp --region "$region" --recursive --only-show-errors build/page/assets "s3://$page_bucket/app/assets" \
    --exclude '*.br' --exclude '*.gz' --cache-control 'public, max-age=31536000, immutable'
aws s3 cp --region "$region" --recursive --only-show-errors build/page "s3://$page_bucket/app" \
    --exclude 'assets/*' --exclude '*.br' --exclude '*.gz' --cache-control no-cache
aws s3 cp --region "$region" --only-show-errors "$config" "s3://$page_bucket/app/config.json" \
    --content-type application/json --cache-control no-store
aws cloudfront create-invalidation --distribution-id "$(output DistributionId)" \
    --paths /app/ /app/index.html /app/config.json >/dev/null

cat <<END
The page is at $(output PageUrl)
Before the first sign-in:
  Cognito client    callback URL $(output CallbackUrl), sign-out URL $(output PageUrl)
  API and bucket    allow the origin $(origin "$(output PageUrl)") (CORS; PUT with any header on $bucket)
END
