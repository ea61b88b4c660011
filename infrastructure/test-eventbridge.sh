#!/usr/bin/env bash
# Looks whether events get to the function: bus, rule, target, permission, pattern, dead letters. Changes nothing.
#
#   infrastructure/test-eventbridge.sh [dev|test|main]
#
#   ENVIRONMENT       the environment, where no argument names it; dev
#   AWS_REGION        where; else what the AWS CLI is set to, or us-east-1
#   AWS_ENDPOINT_URL  another endpoint than AWS's own, such as that of one machine's server
#
# Exit status: 0 all is well, 1 something is wrong (each such line begins with WRONG), 2 it could not look.
set -euo pipefail
usage() { sed -n '2,/^set /{/^set /!s/^# \{0,1\}//p}' "$0"; }
case ${1:-} in -h | --help) usage; exit 0 ;; esac

environment=${1:-${ENVIRONMENT:-dev}}
[[ $# -le 1 && $environment =~ ^(dev|test|main)$ ]] || { usage >&2; exit 2; }
command -v aws >/dev/null || { echo "test-eventbridge: the AWS CLI is missing: install awscli" >&2; exit 2; }
export AWS_PAGER=""
# The CLI reads AWS_ENDPOINT_URL by itself only since 2.13.
aws() { command aws ${AWS_ENDPOINT_URL:+--endpoint-url "$AWS_ENDPOINT_URL"} "$@"; }
region=${AWS_REGION:-${AWS_DEFAULT_REGION:-$(aws configure get region || echo us-east-1)}}
bus=agent2-ingestor-events-$environment
rule=agent2-ingestor-document-processing-$environment
function=agent2-ingestor-api-$environment

faults=0
right() { echo "ok        $1"; }
wrong() { echo "WRONG     $1"; faults=$((faults + 1)); }
left_out() { echo "left out  $1"; }
# ask ARGUMENTS…: what AWS answers, as text, in $answer; its error there where it fails.
ask() {
    local status=0
    answer=$(aws "$@" --region "$region" --output text 2>&1) || status=$?
    answer=${answer#$'\n'}
    return "$status"
}
# The endpoint does not speak this part of AWS.
not_served() {
    [[ $answer == *NotImplemented* || $answer == *"not been implemented"* || $answer == *"not implemented"* ||
        $answer == *UnknownOperation* || $answer == *UnsupportedOperation* || $answer == *InvalidAction* ]]
}

echo "Looking at $bus, region $region${AWS_ENDPOINT_URL:+, endpoint $AWS_ENDPOINT_URL}"
if ! ask events describe-event-bus --name "$bus" --query Arn; then
    if [[ $answer == *ResourceNotFoundException* ]]; then
        wrong "event bus $bus: it is not there; remedy: infrastructure/deploy-eventbridge.sh $environment"
        exit 1
    fi
    echo "test-eventbridge: cannot look at $bus: $answer" >&2
    exit 2
fi
right "event bus $answer"
account=$(cut -d: -f5 <<<"$answer")

state=
if ask events describe-rule --name "$rule" --event-bus-name "$bus" --query '[State,Arn]'; then
    read -r state rule_arn <<<"$answer"
    if [[ $state == ENABLED ]]; then right "rule $rule is ENABLED"; else
        wrong "rule $rule is $state: aws events enable-rule --name $rule --event-bus-name $bus --region $region"
    fi
else
    wrong "rule $rule: $answer; remedy: infrastructure/deploy-eventbridge.sh $environment"
fi

queue_arn=
if [[ -n $state ]]; then
    ask events list-targets-by-rule --rule "$rule" --event-bus-name "$bus" \
        --query 'Targets[].[Arn,RetryPolicy.MaximumRetryAttempts,DeadLetterConfig.Arn]' || answer="? ? ?"
    read -r target retries queue_arn <<<"$answer" || true
    if [[ $(wc -l <<<"$answer") -eq 1 && $target == *":function:$function" ]]; then right "target $target"; else
        wrong "the rule's only target must be the function $function, and is: ${answer:-none}"
    fi
    if [[ $retries == 2 ]]; then right "2 retries of a delivery"; else
        wrong "RetryPolicy.MaximumRetryAttempts of the target must be 2, and is ${retries:-missing}"
    fi
    if [[ $queue_arn == *":agent2-ingestor-dead-letters-$environment" ]]; then right "dead letters go to $queue_arn"; else
        wrong "DeadLetterConfig of the target must be agent2-ingestor-dead-letters-$environment, and is ${queue_arn:-missing}"
        queue_arn=
    fi

    if ask lambda get-policy --function-name "$function" --query Policy; then
        if [[ $answer == *events.amazonaws.com* && $answer == *"$rule_arn"* ]]; then right "the rule may invoke $function"; else
            wrong "EventBridgeInvokeLambdaPermission is missing on $function: infrastructure/deploy-eventbridge.sh $environment"
        fi
    elif not_served; then
        left_out "permission to invoke the function: this endpoint has no function policies"
    else
        wrong "permission on $function: $answer; remedy: deploy the function (cd backend && sam build && sam deploy)"
    fi

    # event DETAIL-TYPE: one as the service publishes it.
    event() {
        printf '{"version":"0","id":"00000000-0000-4000-8000-000000000000","detail-type":"%s","source":"agent2.ingestor",' "$1"
        printf '"account":"%s","time":"2026-01-01T00:00:00Z","region":"%s","resources":[],"detail":{}}' "$account" "$region"
    }
    ask events describe-rule --name "$rule" --event-bus-name "$bus" --query EventPattern
    pattern=$answer
    # matches DETAIL-TYPE EXPECTED
    matches() {
        if ask events test-event-pattern --event-pattern "$pattern" --event "$(event "$1")" --query Result; then
            # Stand-ins for AWS may answer the call with nothing.
            if [[ -z $answer || $answer == None ]]; then
                left_out "whether the pattern $3 \"$1\": this endpoint has no TestEventPattern"
            elif [[ ${answer,,} == "$2" ]]; then right "the pattern $3 \"$1\""; else
                wrong "the rule's pattern must $4 \"$1\": $pattern"
            fi
        elif not_served; then
            left_out "whether the pattern $3 \"$1\": this endpoint has no TestEventPattern"
        else
            wrong "test of the pattern $pattern: $answer"
        fi
    }
    matches "Document Processing Required" true "takes" "take"
    matches "Document Processing Completed" false "leaves alone" "leave alone"
fi

if [[ -n $queue_arn ]]; then
    if ask sqs get-queue-url --queue-name "${queue_arn##*:}" --query QueueUrl &&
        queue_url=$answer && ask sqs get-queue-attributes --queue-url "$queue_url" \
        --attribute-names ApproximateNumberOfMessages --query Attributes.ApproximateNumberOfMessages; then
        if [[ $answer == 0 ]]; then right "no dead letters"; else
            wrong "$answer dead letters in ${queue_arn##*:}: docs/operations.md, \"Dead letters\""
        fi
    elif not_served; then
        left_out "number of dead letters: this endpoint has no SQS"
    elif [[ -n ${AWS_ENDPOINT_URL:-} && $answer == *NonExistentQueue* ]]; then
        left_out "number of dead letters: one machine keeps them itself, see agent2-ingestor bus dead-letters"
    else
        wrong "dead-letter queue ${queue_arn##*:}: $answer"
    fi
fi

[[ $faults -eq 0 ]] && echo "Events get to $function." && exit 0
echo "$faults wrong."
exit 1
