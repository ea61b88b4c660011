"""The deployment against moto, a stand-in for AWS: the scripts with real AWS CLIs, the templates through its
CloudFormation.

What moto 5.2 takes and does not make is not shown here, and looked at by cfn-lint alone: policies of bus, queues and
bucket, alarms, sign-in, retries of the function, the API's methods, time to live and recovery of the table, the
bucket's life cycle. TestEventPattern answers nothing there, which test-eventbridge.sh has to say."""
import ast
import io
import json
import os
import pathlib
import subprocess
import sys
import zipfile

import boto3
import pytest
from moto.events.models import EventBus
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

from moto_server import moto_server
from server import ROOT, environment

BUS = "agent2-ingestor-events-dev"
RULE = "agent2-ingestor-document-processing-dev"
FUNCTION = "agent2-ingestor-api-dev"
DEAD_LETTERS = "agent2-ingestor-dead-letters-dev"
CLI = {"v1": pathlib.Path(sys.executable).parent / "aws", "v2": pathlib.Path("/usr/bin/aws")}
# Of what it does not make moto says so, for each of its kind.
pytestmark = pytest.mark.filterwarnings("ignore:Tried to parse")
KEYS = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret"}


class Aws:
    """A stand-in for AWS, and the programs of a person who works with it."""

    def __init__(self, endpoint, programs):
        self.endpoint = endpoint
        self.programs = programs

    def client(self, service):
        return boto3.client(service, endpoint_url=self.endpoint, region_name="us-east-1", aws_access_key_id="key",
                            aws_secret_access_key="secret")

    def run(self, *command, version="v1", **more):
        """With that AWS CLI as `aws`, and no other."""
        if not CLI[version].exists():
            pytest.skip(f"{CLI[version]} is not installed")
        programs = self.programs / version
        if not programs.exists():
            programs.mkdir()
            (programs / "aws").symlink_to(CLI[version])
        return subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=120, cwd=ROOT,
                              env=environment() | KEYS | {
                                  "PATH": f"{programs}:/usr/bin:/bin", "AWS_ENDPOINT_URL": self.endpoint,
                                  "AWS_REGION": "us-east-1", "AWS_CONFIG_FILE": "/dev/null",
                                  "AWS_SHARED_CREDENTIALS_FILE": "/dev/null"} | more)

    def deploy_bus(self, *arguments, **options):
        return self.run("infrastructure/deploy-eventbridge.sh", *arguments, **options)

    def check_bus(self, *arguments, **options):
        return self.run("infrastructure/test-eventbridge.sh", *arguments, **options)

    def deploy_backend(self, template):
        """As `sam deploy` does, with a package that holds nothing; returns the stack's outputs."""
        package = io.BytesIO()
        with zipfile.ZipFile(package, "w") as archive:
            archive.writestr("bootstrap", "")
        self.client("s3").create_bucket(Bucket="packages")
        self.client("s3").put_object(Bucket="packages", Key="function.zip", Body=package.getvalue())
        formation = self.client("cloudformation")
        # moto makes no methods of an API, and then refuses to deploy it.
        kept = {name: resource for name, resource in template["Resources"].items()
                if resource["Type"] not in {"AWS::ApiGateway::Deployment", "AWS::ApiGateway::Stage"}}
        formation.create_stack(
            StackName="agent2-ingestor-backend-dev", TemplateBody=json.dumps(template | {"Resources": kept}),
            Parameters=[{"ParameterKey": "CognitoUserPoolId", "ParameterValue": "us-east-1_Yk8Yt64uE"}])
        [stack] = formation.describe_stacks(StackName="agent2-ingestor-backend-dev")["Stacks"]
        assert stack["StackStatus"] == "CREATE_COMPLETE"
        return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}


@pytest.fixture
def aws(monkeypatch, tmp_path):
    """Empty at first."""
    # A Ref to a bus is its name; moto gives an object of its own where this property is missing.
    monkeypatch.setattr(EventBus, "physical_resource_id", property(lambda bus: bus.name), raising=False)
    with moto_server() as url:
        yield Aws(url, tmp_path)


@pytest.fixture(scope="module")
def backend():
    """backend/template.yaml as CloudFormation gets it."""
    os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")  # The translator asks for it, and for nothing else.
    template = yaml_parse((ROOT / "backend" / "template.yaml").read_text())
    template["Resources"]["ApiFunction"]["Properties"]["CodeUri"] = "s3://packages/function.zip"

    class ManagedPolicies:
        def load(self):
            return {}

    return transform(template, {}, ManagedPolicies())


def wrong_lines(checked):
    assert checked.returncode == 1, checked.stdout + checked.stderr
    return [line for line in checked.stdout.splitlines() if line.startswith("WRONG")]


@pytest.mark.parametrize("version", CLI)
def test_the_script_deploys_a_rule_that_is_enabled(aws, version):
    deployed = aws.deploy_bus(version=version)
    assert deployed.returncode == 0, deployed.stderr
    assert f"aws events list-rules --event-bus-name {BUS} --region us-east-1" in deployed.stdout
    listed = aws.run("aws", "--endpoint-url", aws.endpoint, "events", "list-rules", "--event-bus-name", BUS,
                     "--region", "us-east-1", "--output", "json", version=version)
    rules = {rule["Name"]: rule for rule in json.loads(listed.stdout)["Rules"]}
    assert rules[RULE]["State"] == "ENABLED"
    described = aws.run("aws", "--endpoint-url", aws.endpoint, "events", "describe-rule", "--name", RULE,
                        "--event-bus-name", BUS, "--region", "us-east-1", "--output", "json", version=version)
    rule = json.loads(described.stdout)
    assert rule["State"] == "ENABLED"
    assert json.loads(rule["EventPattern"]) == {"source": ["agent2.ingestor"],
                                                "detail-type": ["Document Processing Required"]}

    again = aws.deploy_bus(version=version)
    assert again.returncode == 0, again.stderr
    assert "No changes to deploy" in again.stdout

    [line] = wrong_lines(aws.check_bus(version=version))
    assert f"permission on {FUNCTION}" in line and "sam deploy" in line


def test_each_environment_has_a_bus_of_its_own(aws):
    assert aws.deploy_bus("dev", ENVIRONMENT="main").returncode == 0
    assert aws.deploy_bus(ENVIRONMENT="test").returncode == 0
    buses = {bus["Name"] for bus in aws.client("events").list_event_buses()["EventBuses"]}
    assert buses == {"default", "agent2-ingestor-events-dev", "agent2-ingestor-events-test"}
    stacks = {stack["StackName"] for stack in aws.client("cloudformation").describe_stacks()["Stacks"]}
    assert stacks == {"agent2-ingestor-eventbridge-dev", "agent2-ingestor-eventbridge-test"}


@pytest.mark.parametrize("script", ["deploy-eventbridge.sh", "test-eventbridge.sh"])
def test_scripts_explain_themselves_and_refuse_unknown_environments(aws, script):
    shown = aws.run(f"infrastructure/{script}", "--help")
    assert shown.returncode == 0 and f"{script} [dev|test|main]" in shown.stdout
    assert "#" not in shown.stdout and "set -" not in shown.stdout
    refused = aws.run(f"infrastructure/{script}", "production")
    assert refused.returncode == 2 and "[dev|test|main]" in refused.stderr


def test_deploying_without_credentials_says_so(aws):
    refused = aws.deploy_bus(AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="", AWS_EC2_METADATA_DISABLED="true")
    assert refused.returncode == 2
    assert "no valid credentials" in refused.stderr


def test_the_check_names_a_bus_that_is_missing(aws):
    [line] = wrong_lines(aws.check_bus())
    assert BUS in line and "infrastructure/deploy-eventbridge.sh dev" in line


def test_the_check_passes_until_something_is_wrong_and_names_it(aws, backend):
    outputs = aws.deploy_backend(backend)
    assert outputs["FunctionArn"].endswith(":function:" + FUNCTION)
    deployed = aws.deploy_bus()
    assert deployed.returncode == 0, deployed.stderr
    checked = aws.check_bus()
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert f"Events get to {FUNCTION}." in checked.stdout
    left_out = [line for line in checked.stdout.splitlines() if line.startswith("left out")]
    assert len(left_out) == 2 and all("this endpoint has no TestEventPattern" in line for line in left_out)

    events, functions, queues = aws.client("events"), aws.client("lambda"), aws.client("sqs")
    events.disable_rule(Name=RULE, EventBusName=BUS)
    [line] = wrong_lines(aws.check_bus())
    assert f"{RULE} is DISABLED" in line and "aws events enable-rule" in line

    [target] = events.list_targets_by_rule(Rule=RULE, EventBusName=BUS)["Targets"]
    target["RetryPolicy"]["MaximumRetryAttempts"] = 5
    events.put_targets(Rule=RULE, EventBusName=BUS, Targets=[target])
    for statement in json.loads(functions.get_policy(FunctionName=FUNCTION)["Policy"])["Statement"]:
        functions.remove_permission(FunctionName=FUNCTION, StatementId=statement["Sid"])
    queues.send_message(QueueUrl=queues.get_queue_url(QueueName=DEAD_LETTERS)["QueueUrl"], MessageBody="{}")
    disabled, retries, permission, letters = wrong_lines(aws.check_bus())
    assert "is DISABLED" in disabled
    assert "MaximumRetryAttempts of the target must be 2, and is 5" in retries
    assert FUNCTION in permission and "permission" in permission.lower()
    assert f"1 dead letters in {DEAD_LETTERS}" in letters


def test_the_backend_has_the_names_of_the_architecture(aws, backend):
    outputs = aws.deploy_backend(backend)
    assert outputs["BucketName"] == "agent2-ingestor-bucket-us-east-1"
    assert outputs["JobsTableName"] == "agent2-ingestor-jobs-dev"
    function = aws.client("lambda").get_function(FunctionName=FUNCTION)["Configuration"]
    assert (function["Runtime"], function["Handler"]) == ("provided.al2023", "bootstrap")
    assert (function["Timeout"], function["MemorySize"]) == (900, 2048)
    assert {"ENVIRONMENT": "dev", "EVENT_BUS_NAME": BUS, "S3_BUCKET": outputs["BucketName"],
            "JOBS_TABLE": outputs["JobsTableName"],
            "COGNITO_USER_POOL_ID": "us-east-1_Yk8Yt64uE"}.items() <= function["Environment"]["Variables"].items()
    assert "COGNITO_CLIENT_ID" not in function["Environment"]["Variables"]
    [group] = aws.client("logs").describe_log_groups()["logGroups"]
    assert (group["logGroupName"], group["retentionInDays"]) == (f"/aws/lambda/{FUNCTION}", 30)
    [sweep] = aws.client("events").list_rules()["Rules"]
    assert sweep["ScheduleExpression"] == "rate(1 minute)"


def test_the_backend_makes_the_job_table_that_the_function_asks(aws, backend):
    aws.deploy_backend(backend)
    table = aws.client("dynamodb").describe_table(TableName="agent2-ingestor-jobs-dev")["Table"]

    def keys(of):
        return [(key["AttributeName"], key["KeyType"]) for key in of["KeySchema"]]

    indexes = {index["IndexName"]: index for index in table["GlobalSecondaryIndexes"]}
    assert keys(table) == [("pk", "HASH"), ("sk", "RANGE")]
    assert keys(indexes.pop("user-index")) == [("user_id", "HASH"), ("job_id", "RANGE")]
    live = indexes.pop("live-index")
    assert keys(live) == [("live_shard", "HASH"), ("live_key", "RANGE")]
    assert live["Projection"] == {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["published_at"]}
    assert indexes == {} and table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"


def test_the_function_may_touch_only_what_is_its_own(aws, backend):
    aws.deploy_backend(backend)
    iam = aws.client("iam")
    [role] = [role["RoleName"] for role in iam.list_roles()["Roles"]]
    assert iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"] == []
    [name] = iam.list_role_policies(RoleName=role)["PolicyNames"]
    # moto answers with Python's words for the document in place of JSON.
    policy = ast.literal_eval(iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"])
    for statement in policy["Statement"]:
        actions, resources = statement["Action"], statement["Resource"]
        for action in [actions] if isinstance(actions, str) else actions:
            assert "*" not in action
        for resource in [resources] if isinstance(resources, str) else resources:
            assert resource.startswith("arn:aws:") and "agent2-ingestor" in resource.split(":", 5)[5]
