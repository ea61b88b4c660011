#!/usr/bin/env bash
# Deploys the event bus: bus, rule, dead-letter queue, archive and alarms (eventbridge-setup.yaml), as the stack
# agent2-ingestor-eventbridge-dev. Safe to repeat: what is as it should be stays as it is.
#
#   infrastructure/deploy-eventbridge.sh [dev|test|main]
#
#   ENVIRONMENT             the environment, where no argument names it; dev
#   AWS_REGION              where to; else what the AWS CLI is set to, or us-east-1
#   ARCHIVE_RETENTION_DAYS  how long events are kept for replays; 30
#   ALARM_TOPIC_ARN         SNS topic that alarms tell; none
#   AWS_ENDPOINT_URL        another endpoint than AWS's own
#
# Needs the AWS CLI with credentials that may deploy the stack.
set -euo pipefail
usage() { sed -n '2,/^set /{/^set /!s/^# \{0,1\}//p}' "$0"; }
case ${1:-} in -h | --help) usage; exit 0 ;; esac
cd "$(dirname "$0")/.."
fail() { echo "deploy-eventbridge: $1" >&2; exit "${2:-1}"; }

environment=${1:-${ENVIRONMENT:-dev}}
[[ $# -le 1 && $environment =~ ^(dev|test|main)$ ]] || { usage >&2; exit 2; }
command -v aws >/dev/null || fail "the AWS CLI is missing: install awscli, or see https://aws.amazon.com/cli/" 2
export AWS_PAGER=""
# The CLI reads AWS_ENDPOINT_URL by itself only since 2.13.
aws() { command aws ${AWS_ENDPOINT_URL:+--endpoint-url "$AWS_ENDPOINT_URL"} "$@"; }
region=${AWS_REGION:-${AWS_DEFAULT_REGION:-$(aws configure get region || echo us-east-1)}}
account=$(aws sts get-caller-identity --region "$region" --query Account --output text) ||
    fail "no valid credentials: run 'aws configure', or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or AWS_PROFILE" 2
stack=agent2-ingestor-eventbridge-$environment
template=infrastructure/eventbridge-setup.yaml
bus=agent2-ingestor-events-$environment
rule=agent2-ingestor-document-processing-$environment
function=agent2-ingestor-api-$environment

# A permission can be given only on a function that is there; its own stack brings the same one.
function_exists=true
found=$(aws lambda get-function --region "$region" --function-name "$function" --query Configuration.FunctionArn \
    --output text 2>&1) || {
    [[ $found == *ResourceNotFoundException* ]] || fail "cannot look for the function $function: $found"
    function_exists=false
}

cat <<END
Deploying to account $account, region $region${AWS_ENDPOINT_URL:+, endpoint $AWS_ENDPOINT_URL}
  stack     $stack ($template)
  bus       $bus
  rule      $rule -> function $function$([[ $function_exists == true ]] || echo " (not deployed yet)")
END
aws cloudformation validate-template --region "$region" --template-body "file://$template" >/dev/null
aws cloudformation deploy --region "$region" --stack-name "$stack" --template-file "$template" \
    --no-fail-on-empty-changeset --tags Application=agent2-ingestor "Environment=$environment" \
    --parameter-overrides "Environment=$environment" "FunctionExists=$function_exists" \
        "ArchiveRetentionDays=${ARCHIVE_RETENTION_DAYS:-30}" "AlarmTopicArn=${ALARM_TOPIC_ARN:-}" || {
    echo "deploy-eventbridge: what failed in $stack, newest first:" >&2
    aws cloudformation describe-stack-events --region "$region" --stack-name "$stack" --output text >&2 --query \
        "StackEvents[?contains(ResourceStatus,'FAILED')].[LogicalResourceId,ResourceStatusReason]" || true
    exit 1
}
aws cloudformation describe-stacks --region "$region" --stack-name "$stack" --output table \
    --query "Stacks[0].Outputs[].[OutputKey,OutputValue]"

cat <<END
Where to look next
  aws events list-rules --event-bus-name $bus --region $region
  aws events describe-rule --name $rule --event-bus-name $bus --region $region
  aws logs tail /aws/lambda/$function --follow --region $region
  infrastructure/test-eventbridge.sh $environment
END
[[ $function_exists == true ]] || echo "The function is still missing: cd backend && sam build && sam deploy"
