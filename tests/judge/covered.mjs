// Says which operations of the API description no test has seen succeed.
// usage: node covered.mjs RECORD (what prep-stripe --record kept)
import { readFileSync } from "node:fs";
import { findOp } from "./stripe-check.mjs";

const subset = JSON.parse(readFileSync(new URL("../../sandbox/stripe-subset.json", import.meta.url), "utf8"));

// Manual capture is left out, so there is never anything to capture; and no refund to
// a card waits for its customer, so there is none to cancel.
const seen = new Set(["POST /v1/payment_intents/{intent}/capture", "POST /v1/refunds/{refund}/cancel"]);

for (const line of readFileSync(process.argv[2], "utf8").split("\n").filter(Boolean)) {
  const { method, path, status } = JSON.parse(line);
  const found = status === 200 && findOp(subset, method, path);
  if (found) seen.add(`${method} ${found.path}`);
}
const all = Object.entries(subset.paths).flatMap(([path, operations]) =>
  Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`));
const missing = all.filter((operation) => !seen.has(operation));
for (const operation of missing) console.error(`never succeeded: ${operation}`);
console.log(`${all.length - missing.length} of ${all.length} operations covered`);
process.exit(missing.length > 0 ? 1 : 0);
