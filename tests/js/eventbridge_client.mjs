// Every operation of EventBridge that the server serves, by the AWS SDK for JavaScript: eventbridge_client.mjs NAME URL.
// Prints what it found as one JSON object.
import * as sdk from "@aws-sdk/client-eventbridge";

const [name, url] = process.argv.slice(2);
const client = new sdk.EventBridgeClient({});
const call = (operation, input = {}) => client.send(new sdk[`${operation}Command`](input));
const used = new Set();
const ask = async (operation, input) => {
  used.add(operation);
  const answer = await call(operation, input);
  delete answer.$metadata;
  return answer;
};
const found = {};
const EventBusName = name;
const pattern = JSON.stringify({ source: ["depot.scale"] });

const { EventBusArn } = await ask("CreateEventBus", { Name: name, Tags: [{ Key: "team", Value: "depot" }] });
await ask("UpdateEventBus", { Name: name, Description: "of the depot" });
found.bus = (await ask("DescribeEventBus", { Name: name })).Description;
found.buses = (await ask("ListEventBuses", { NamePrefix: name })).EventBuses.length;

await ask("PutRule", { Name: "r", EventBusName, EventPattern: pattern, Description: "all parcels" });
const { ConnectionArn } = await ask("CreateConnection", {
  Name: name, AuthorizationType: "API_KEY", AuthParameters: { ApiKeyAuthParameters: { ApiKeyName: "X-Key", ApiKeyValue: "k" } },
});
await ask("UpdateConnection", { Name: name, Description: "a key" });
found.connection = (await ask("DescribeConnection", { Name: name })).AuthParameters.ApiKeyAuthParameters.ApiKeyName;
found.connections = (await ask("ListConnections", { NamePrefix: name })).Connections.map((each) => each.ConnectionState);
const { ApiDestinationArn } = await ask("CreateApiDestination", {
  Name: name, ConnectionArn, InvocationEndpoint: url, HttpMethod: "POST",
});
await ask("UpdateApiDestination", { Name: name, InvocationRateLimitPerSecond: 50 });
found.destination = (await ask("DescribeApiDestination", { Name: name })).InvocationRateLimitPerSecond;
found.destinations = (await ask("ListApiDestinations", { NamePrefix: name })).ApiDestinations.map((each) => each.ApiDestinationState);

found.targets = (await ask("PutTargets", { Rule: "r", EventBusName, Targets: [{ Id: "1", Arn: ApiDestinationArn }] })).FailedEntryCount;
found.listed = (await ask("ListTargetsByRule", { Rule: "r", EventBusName })).Targets.map((each) => each.Id);
found.byTarget = (await ask("ListRuleNamesByTarget", { TargetArn: ApiDestinationArn, EventBusName })).RuleNames;
found.rules = (await ask("ListRules", { EventBusName })).Rules.map((each) => each.State);
await ask("DisableRule", { Name: "r", EventBusName });
found.disabled = (await ask("DescribeRule", { Name: "r", EventBusName })).State;
await ask("EnableRule", { Name: "r", EventBusName });

await ask("CreateArchive", { ArchiveName: name, EventSourceArn: EventBusArn, RetentionDays: 1 });
await ask("UpdateArchive", { ArchiveName: name, Description: "kept" });
found.archive = (await ask("DescribeArchive", { ArchiveName: name })).Description;
found.archives = (await ask("ListArchives", { NamePrefix: name })).Archives.length;

found.matches = (await ask("TestEventPattern", {
  EventPattern: pattern,
  Event: JSON.stringify({ id: "1", source: "depot.scale", account: "1", time: "2026-01-01T00:00:00Z", region: "us-east-1", resources: [], "detail-type": "t", detail: {} }),
})).Result;
const put = await ask("PutEvents", {
  Entries: [
    { EventBusName, Source: "depot.scale", DetailType: "Parcel Weighed", Detail: JSON.stringify({ grams: 1250 }), Time: new Date() },
    { EventBusName, Source: "depot.scale", DetailType: "Parcel Weighed", Detail: "no JSON" },
  ],
});
found.put = [put.FailedEntryCount, put.Entries[1].ErrorCode];

const source = (await ask("DescribeArchive", { ArchiveName: name })).ArchiveArn;
let kept = 0;
for (let tries = 0; kept === 0 && tries < 200; tries += 1) {
  kept = (await ask("DescribeArchive", { ArchiveName: name })).EventCount;
  if (kept === 0) await new Promise((resolve) => setTimeout(resolve, 50));
}
await ask("StartReplay", {
  ReplayName: name, EventSourceArn: source, EventStartTime: new Date(Date.now() - 3600e3), EventEndTime: new Date(Date.now() + 60e3),
  Destination: { Arn: EventBusArn },
});
let state = "";
for (let tries = 0; state !== "COMPLETED" && tries < 200; tries += 1) {
  state = (await ask("DescribeReplay", { ReplayName: name })).State;
  if (state !== "COMPLETED") await new Promise((resolve) => setTimeout(resolve, 50));
}
found.replay = state;
found.replays = (await ask("ListReplays", { NamePrefix: name })).Replays.length;
found.cancelled = await ask("CancelReplay", { ReplayName: name }).catch((error) => error.name);

await ask("TagResource", { ResourceARN: EventBusArn, Tags: [{ Key: "floor", Value: "2" }] });
await ask("UntagResource", { ResourceARN: EventBusArn, TagKeys: ["team"] });
found.tags = (await ask("ListTagsForResource", { ResourceARN: EventBusArn })).Tags;

found.refused = await ask("DescribeRule", { Name: "none", EventBusName })
  .catch((error) => [error instanceof sdk.ResourceNotFoundException, error.message]);

await ask("RemoveTargets", { Rule: "r", EventBusName, Ids: ["1"] });
await ask("DeleteRule", { Name: "r", EventBusName });
await ask("DeleteArchive", { ArchiveName: name });
await ask("DeleteApiDestination", { Name: name });
found.deauthorized = (await ask("DeauthorizeConnection", { Name: name })).ConnectionState;
await ask("DeleteConnection", { Name: name });
await ask("DeleteEventBus", { Name: name });
found.operations = [...used].sort();
console.log(JSON.stringify(found));
