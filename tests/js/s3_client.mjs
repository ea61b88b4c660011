// The AWS SDK for JavaScript against the server that the environment names: s3_client.mjs BUCKET PREFIX FILE.
// Prints what it found as one JSON object.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import {
  CopyObjectCommand, DeleteObjectsCommand, GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, PutObjectCommand,
  S3Client, paginateListObjectsV2,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { createPresignedPost } from "@aws-sdk/s3-presigned-post";

const [bucket, prefix, file] = process.argv.slice(2);
const client = new S3Client({ forcePathStyle: true });
const found = {};

const upload = new Upload({
  client,
  params: { Bucket: bucket, Key: `${prefix}big.bin`, Body: createReadStream(file), Metadata: { n: "two words" } },
  partSize: 5 * 1024 * 1024,
  queueSize: 4,
});
const done = await upload.done();
found.etag = done.ETag;
const got = await client.send(new GetObjectCommand({ Bucket: bucket, Key: `${prefix}big.bin` }));
const digest = createHash("md5");
for await (const piece of got.Body) digest.update(piece);
found.md5 = digest.digest("hex");
found.metadata = got.Metadata;

await client.send(new PutObjectCommand({ Bucket: bucket, Key: `${prefix}small ü+.txt`, Body: "small", ContentType: "text/plain" }));
await client.send(new CopyObjectCommand({
  Bucket: bucket, Key: `${prefix}copy.txt`, CopySource: `${bucket}/${encodeURIComponent(`${prefix}small ü+.txt`)}`,
}));
found.copied = (await client.send(new HeadObjectCommand({ Bucket: bucket, Key: `${prefix}copy.txt` }))).ContentType;

found.listed = [];
for await (const page of paginateListObjectsV2({ client, pageSize: 2 }, { Bucket: bucket, Prefix: prefix })) {
  found.listed.push(...(page.Contents ?? []).map((object) => object.Key.slice(prefix.length)));
}

const post = await createPresignedPost(client, {
  Bucket: bucket, Key: `${prefix}posted/\${filename}`, Conditions: [["content-length-range", 1, 1000]], Expires: 60,
  Fields: { success_action_status: "201" },
});
const form = new FormData();
for (const [name, value] of Object.entries(post.fields)) form.append(name, value);
form.append("file", new Blob(["posted"]), "form.txt");
const posted = await fetch(post.url, { method: "POST", body: form });
found.posted = [posted.status, (await posted.text()).includes("<Key>")];

const removed = await client.send(new DeleteObjectsCommand({
  Bucket: bucket, Delete: { Objects: found.listed.map((name) => ({ Key: prefix + name })) },
}));
found.removed = removed.Deleted.length;
const left = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }));
found.left = (left.Contents ?? []).map((object) => object.Key.slice(prefix.length));
console.log(JSON.stringify(found));
