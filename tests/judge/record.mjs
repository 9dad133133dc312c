// Judges what `prep-stripe --record FILE` has kept: every request of the program is
// one that the API description allows, every reply is as described.
// usage: node record.mjs FILE...
import { readFileSync } from "node:fs";
import { checkRequest, findOp, validate } from "./stripe-check.mjs";

const SHOWN = 20;
const subset = JSON.parse(readFileSync(new URL("../../sandbox/stripe-subset.json", import.meta.url), "utf8"));

export function offences({ method, path, query, body, status, reply }) {
  const found = [];
  try {
    found.push(...checkRequest(subset, method, path, method === "POST" ? body : query).map((e) => `request: ${e}`));
  } catch (error) {
    found.push(`request: ${error.message}`);
  }
  if (status === 0) return found; // the sandbox was told not to answer
  const operation = findOp(subset, method, path);
  const schema = status === 200 && operation
    ? operation.op.responses["200"].content["application/json"].schema
    : { $ref: "#/components/schemas/error" };
  return found.concat(validate(subset, schema, reply).map((e) => `reply: ${e}`));
}

function judge(file) {
  let lines = 0, wrong = 0;
  for (const line of readFileSync(file, "utf8").split("\n")) {
    if (!line) continue;
    lines++;
    const exchange = JSON.parse(line);
    for (const offence of offences(exchange)) {
      if (wrong++ < SHOWN) console.error(`${file}:${lines}: ${exchange.method} ${exchange.path} ${exchange.status}: ${offence}`);
    }
  }
  console.log(`${file}: ${lines} requests, ${wrong} offences`);
  return wrong;
}

if (import.meta.url === `file://${process.argv[1]}`) {
  const files = process.argv.slice(2);
  if (files.length === 0) {
    console.error("usage: node record.mjs FILE...");
    process.exit(64);
  }
  process.exit(files.map(judge).some((wrong) => wrong > 0) ? 1 : 0);
}
