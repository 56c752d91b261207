// One BatchWriteItem again and again with the AWS SDK for JavaScript, v3, so many in flight.
//
//     node seed_with_sdk.mjs FOLDER BODY URL IN_FLIGHT BATCHES     prints items a second
//
// FOLDER has node_modules/@aws-sdk/client-dynamodb, BODY is a request as JSON.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";

const [folder, body, endpoint, flight, batches] = process.argv.slice(2);
const require = createRequire(resolve(folder, "x.js"));
const { DynamoDBClient, BatchWriteItemCommand } = require("@aws-sdk/client-dynamodb");
const { NodeHttpHandler } = require("@smithy/node-http-handler");
const { Agent } = require("node:http");

const request = JSON.parse(readFileSync(body));
const agent = new Agent({ keepAlive: true, maxSockets: Number(flight) });
const client = new DynamoDBClient({
    endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "a", secretAccessKey: "a" },
    requestHandler: new NodeHttpHandler({ httpAgent: agent }),
});

let left = Number(batches);
async function send() {
    while (left-- > 0) {
        await client.send(new BatchWriteItemCommand(request));
    }
}
await client.send(new BatchWriteItemCommand(request)); // the first one loads a lot
const began = performance.now();
await Promise.all(Array.from({ length: Number(flight) }, send));
console.log((1000 * 25 * Number(batches)) / (performance.now() - began));
agent.destroy();
