// prep-stripe --record, and record.mjs which judges what it kept.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import Stripe from "stripe";
import { program, until } from "./sandbox.mjs";

const judge = fileURLToPath(new URL("record.mjs", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "record-"));
const file = join(folder, "record.jsonl");
let sandbox, url, said = "";

before(async () => {
  sandbox = spawn(program, ["--port", "0", "--record", file, "--files", fileURLToPath(new URL("../../sandbox", import.meta.url))]);
  sandbox.stdout.on("data", (piece) => { said += piece; });
  url = await until(() => /^prep-stripe: (\S+)$/m.exec(said)?.[1]);
});

after(() => {
  sandbox.kill();
  rmSync(folder, { recursive: true });
});

const lines = () => readFileSync(file, "utf8").trim().split("\n").map((line) => JSON.parse(line));
const run = () => spawnSync(process.execPath, [judge, file], { encoding: "utf8" });
const ask = (path, body) => fetch(url + path, { method: "POST", body,
  headers: { authorization: "Bearer sk_test_secret", "content-type": "application/x-www-form-urlencoded" } });

test("requests of the official client are kept and pass", async () => {
  const { hostname: host, port } = new URL(url);
  const stripe = new Stripe("sk_test_secret", { host, port, protocol: "http", maxNetworkRetries: 0, telemetry: false });
  const account = await stripe.accounts.create({ type: "express", capabilities: { transfers: { requested: true } } });
  await ask("/_sim/act/account", `account=${account.id}&standing=active`);
  const pi = await stripe.paymentIntents.create({ amount: 5000, currency: "usd", confirm: true, payment_method: "pm_card_bypassPending", metadata: { app: "prep" } }, { idempotencyKey: "k1" });
  await stripe.transfers.create({ amount: 1000, currency: "usd", destination: account.id, source_transaction: pi.latest_charge });
  await stripe.charges.list({ payment_intent: pi.id, limit: 5 });
  await stripe.balance.retrieve({}, { stripeAccount: account.id });
  await stripe.refunds.create({ payment_intent: pi.id, amount: 6000 }).catch(() => {});
  const kept = lines();
  assert.equal(kept.length, 6, "the control API is not recorded");
  assert.deepEqual(Object.keys(kept[1]), ["method", "path", "query", "body", "stripe_account", "idempotency_key", "status", "reply"]);
  assert.equal(kept[1].idempotency_key, "k1");
  assert.equal(kept[1].reply.id, pi.id);
  assert.match(kept[1].body, /metadata\[app\]=prep/);
  assert.match(kept[3].query, /payment_intent=pi_/);
  assert.equal(kept[4].stripe_account, account.id);
  assert.equal(kept[5].status, 400);
  assert.doesNotMatch(readFileSync(file, "utf8"), /sk_test|Bearer/);
  const verdict = run();
  assert.equal(verdict.status, 0, verdict.stderr);
  assert.match(verdict.stdout, /6 requests, 0 offences/);
});

test("what was not answered is kept as such", async () => {
  await ask("/_sim/faults", "match=POST /v1/customers&kind=drop_before&times=2");
  await assert.rejects(ask("/v1/customers", "name=x"));
  await ask("/_sim/faults/clear", "");
  assert.equal(lines().at(-1).status, 0);
  assert.equal(lines().at(-1).reply, null);
  assert.equal(run().status, 0);
});

test("a request that the description does not allow is an offence", async () => {
  await ask("/v1/customers", "colour=red");
  await ask("/v1/unicorns", "");
  const verdict = run();
  assert.equal(verdict.status, 1);
  assert.match(verdict.stderr, /POST \/v1\/customers 400: request: \$\.colour: unknown parameter/);
  assert.match(verdict.stderr, /POST \/v1\/unicorns 404: request: unrecognized request URL/);
});
