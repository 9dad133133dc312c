// What the sandbox sends, checked by Stripe's own constructEvent.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { ask, host, listen, sim, stripe, until } from "./sandbox.mjs";

const quiet = { pause: "false", reorder: "false", duplicate: 0, second_event_object: 0, drop: 0, bad_sig: 0, old_ts: 0, delay_ms: 0 };
let receiver, endpoint, got, status;

before(async () => {
  receiver = await listen((request, body) => {
    got.push({ body, signature: request.headers["stripe-signature"] });
    return typeof status === "function" ? status() : status;
  });
  got = [];
  for await (const left of stripe.webhookEndpoints.list()) await stripe.webhookEndpoints.del(left.id);
  endpoint = await stripe.webhookEndpoints.create({ url: receiver.url + "/hook", enabled_events: ["payment_intent.succeeded", "customer.created"], api_version: "2026-10-28.endive" });
});

beforeEach(async () => {
  got = [];
  status = 200;
  await sim("webhooks", quiet);
});

after(async () => {
  await stripe.webhookEndpoints.del(endpoint.id);
  receiver.close();
});

// The signature is judged by the simulated clock, which may be ahead.
async function open({ body, signature }, secret = endpoint.secret) {
  const { now } = (await ask("GET", "/_sim/clock")).json;
  return stripe.webhooks.constructEvent(body, signature, secret, 300, undefined, now * 1000);
}

const pay = () => stripe.paymentIntents.create({ amount: 500, currency: "usd", confirm: true, payment_method: "pm_card_visa" }, { idempotencyKey: "hook-" + Math.random() });

test("an event arrives signed, once, and is in the log", async () => {
  const intent = await pay();
  await until(() => got.length === 1);
  const event = await open(got[0]);
  assert.equal(event.type, "payment_intent.succeeded");
  assert.equal(event.data.object.id, intent.id);
  assert.equal(event.api_version, "2026-10-28.endive");
  assert.match(event.request.idempotency_key, /^hook-/);
  const logged = await until(async () => {
    const e = await stripe.events.retrieve(event.id);
    return e.pending_webhooks === 0 && e;
  });
  assert.equal(logged.type, event.type);
  assert.equal((await stripe.events.list({ types: ["payment_intent.succeeded"], limit: 1 })).data[0].id, event.id);
  assert.equal((await stripe.events.list({ type: "payment_intent.created", limit: 1 })).data[0].data.object.id, intent.id);
});

test("500, 302 and silence are tried again, each time signed anew", async () => {
  const answers = [500, 302, 200];
  status = () => answers.shift();
  await pay();
  await until(() => got.length === 3);
  for (const one of got) assert.equal((await open(one)).id, (await open(got[0])).id);
  const { deliveries } = await until(async () => {
    const { json } = await ask("GET", "/_sim/webhooks");
    return json.deliveries[0].state === "delivered" && json;
  });
  assert.equal(deliveries[0].tries, 3);
});

test("the wrong secret, a spoilt signature and an old time are refused", async () => {
  await pay();
  await until(() => got.length === 1);
  await assert.rejects(open(got[0], "whsec_other"), { type: "StripeSignatureVerificationError" });
  await sim("webhooks", { bad_sig: 1 });
  await pay();
  await until(() => got.length === 2);
  await assert.rejects(open(got[1]), { type: "StripeSignatureVerificationError" });
  await sim("webhooks", { old_ts: 1 });
  await pay();
  await until(() => got.length === 3);
  await assert.rejects(open(got[2]), { type: "StripeSignatureVerificationError" });
});

test("a rolled secret: both sign for a while", async () => {
  const rolled = await ask("POST", "/_sim/webhooks/rotate", "endpoint=" + endpoint.id);
  await pay();
  await until(() => got.length === 1);
  assert.equal(got[0].signature.match(/v1=/g).length, 2);
  await open(got[0], endpoint.secret);
  await open(got[0], rolled.json.secret);
  endpoint.secret = rolled.json.secret;
});

test("duplicate, a second event for one fact, dropped, paused", async () => {
  await sim("webhooks", { duplicate: 1 });
  await pay();
  await until(() => got.length === 2);
  assert.equal(got[0].body, got[1].body);
  await sim("webhooks", { second_event_object: 10 });
  got = [];
  const intent = await pay();
  await until(() => got.length === 2);
  const [one, two] = await Promise.all(got.map((g) => open(g)));
  assert.notEqual(one.id, two.id);
  assert.equal(one.data.object.id, intent.id);
  assert.equal(two.data.object.id, intent.id);
  await sim("webhooks", { ...quiet, drop: 1 });
  got = [];
  await pay();
  await sim("webhooks", { pause: "true" });
  await pay();
  await new Promise((resolve) => setTimeout(resolve, 150));
  assert.equal(got.length, 0);
  await sim("webhooks", { pause: "false" });
  await until(() => got.length === 1);
});

test("reordered: the newest comes first", async () => {
  await sim("webhooks", { pause: "true", reorder: "true" });
  const first = await pay(), second = await pay();
  await sim("webhooks", { pause: "false" });
  await until(() => got.length === 2);
  const ids = (await Promise.all(got.map((g) => open(g)))).map((e) => e.data.object.id);
  assert.deepEqual(ids, [second.id, first.id]);
});

test("orders may be for some types only", async () => {
  await sim("webhooks", { drop: 1, type: "customer." });
  await pay();
  await until(() => got.length === 1);
  await stripe.customers.create({ name: "dropped" });
  await stripe.customers.create({ name: "told" });
  await until(() => got.length === 2);
  assert.equal((await open(got[1])).data.object.name, "told");
  await sim("webhooks", { delay_ms: 60000, type: "payment_intent" });
  await pay();
  await stripe.customers.create({ name: "at once" });
  await until(() => got.length === 3);
  assert.equal((await open(got[2])).data.object.name, "at once");
  await sim("webhooks/flush", {});
  await until(() => got.length === 4);
  await sim("webhooks", { pause: "true", duplicate: 1, delay_ms: 0, type: "payment_intent" });
  await stripe.customers.create({ name: "once" });
  await pay();
  await sim("webhooks", { pause: "false" }); // keeps the type
  await until(() => got.length === 7);
  await sim("webhooks", { second_event_object: 1, type: "transfer" });
  await pay();
  await until(() => got.length === 8);
  assert.equal((await ask("GET", "/_sim/webhooks")).json.second_event_object, 1);
});

test("money's events go to whom they concern", async () => {
  const platform = await stripe.webhookEndpoints.create({ url: receiver.url + "/all", enabled_events: ["transfer.created", "transfer.reversed", "charge.dispute.created", "payout.paid"] });
  const connect = await stripe.webhookEndpoints.create({ url: receiver.url + "/connect", enabled_events: ["payout.paid", "payout.failed"], connect: true });
  const { id: destination } = await host();
  const intent = await pay();
  await stripe.transfers.create({ amount: 400, currency: "usd", destination, source_transaction: intent.latest_charge });
  await sim("act/drain_account", { account: destination });
  await sim("act/payout_fail", { account: destination });
  await sim("act/dispute", { payment_intent: intent.id, do: "open" });
  await until(() => got.length === 5); // payment_intent.succeeded goes to the first endpoint
  const events = got.map((g) => JSON.parse(g.body));
  assert.deepEqual(events.map((e) => e.type).sort(), ["charge.dispute.created", "payment_intent.succeeded", "payout.failed", "payout.paid", "transfer.created"]);
  for (const event of events) assert.equal(event.account, event.type.startsWith("payout") ? destination : undefined);
  for (const [i, event] of events.entries())
    if (event.type !== "payment_intent.succeeded") await open(got[i], event.account ? connect.secret : platform.secret);
  await stripe.webhookEndpoints.del(platform.id);
  await stripe.webhookEndpoints.del(connect.id);
});

test("a slow receiver does not hold up the API", async () => {
  status = () => null; // never answers
  await pay();
  await until(() => got.length === 1);
  const start = Date.now();
  await stripe.customers.list();
  assert.ok(Date.now() - start < 1000);
});

test("events of connected accounts go to Connect endpoints only", async () => {
  const connect = await stripe.webhookEndpoints.create({ url: receiver.url + "/connect", enabled_events: ["*"], connect: true });
  const account = await stripe.accounts.create({ type: "express", capabilities: { transfers: { requested: true } } });
  await sim("act/account", { account: account.id, standing: "active" });
  await until(() => got.length === 1);
  const event = await open(got[0], connect.secret);
  assert.equal(event.type, "account.updated");
  assert.equal(event.account, account.id);
  assert.equal(event.data.object.capabilities.transfers, "active");
  assert.equal(event.data.previous_attributes.payouts_enabled, false);
  await stripe.webhookEndpoints.del(connect.id);
});

test("endpoints: retrieve, update, list; no secret is told twice", async () => {
  const found = await stripe.webhookEndpoints.retrieve(endpoint.id);
  assert.equal(found.secret, undefined);
  assert.equal((await stripe.webhookEndpoints.update(endpoint.id, { disabled: true })).status, "disabled");
  await pay();
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(got.length, 0);
  assert.equal((await stripe.webhookEndpoints.update(endpoint.id, { disabled: false })).status, "enabled");
  assert.ok((await stripe.webhookEndpoints.list()).data.some((e) => e.id === endpoint.id));
  await assert.rejects(stripe.webhookEndpoints.create({ url: "ftp://x", enabled_events: ["*"] }), { code: "url_invalid" });
});
