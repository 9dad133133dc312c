// Stripe's rules for keys, and the faults that make them needed.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, host, sim, stripe } from "./sandbox.mjs";

let count = 0;
const fresh = () => `judge-${Date.now()}-${count++}`;
const body = "amount=61845&currency=usd&allowed_payment_method_types[0]=card";
const create = (key, form = body) => ask("POST", "/v1/payment_intents", form, { "idempotency-key": key });

test("the same key and the same parameters give the same answer", async () => {
  const key = fresh();
  const first = await create(key), second = await create(key);
  assert.equal(first.headers.get("idempotent-replayed"), null);
  assert.equal(second.headers.get("idempotent-replayed"), "true");
  assert.equal(second.text, first.text);
});

test("the same key with other parameters, or for another operation, is an error", async () => {
  const key = fresh();
  await create(key);
  const other = await create(key, body + "&description=x");
  assert.equal(other.status, 400);
  assert.equal(other.json.error.type, "idempotency_error");
  const elsewhere = await ask("POST", "/v1/customers", body, { "idempotency-key": key });
  assert.equal(elsewhere.json.error.type, "idempotency_error");
  await assert.rejects(stripe.customers.create({}, { idempotencyKey: key }), { type: "StripeIdempotencyError" });
});

test("an executed error is kept", async () => {
  const made = await stripe.paymentIntents.create({ amount: 500, currency: "usd" });
  const key = fresh();
  const confirm = () => ask("POST", `/v1/payment_intents/${made.id}/confirm`, "payment_method=pm_card_chargeDeclined", { "idempotency-key": key });
  const first = await confirm(), second = await confirm();
  assert.equal(first.status, 402);
  assert.equal(second.status, 402);
  assert.equal(second.headers.get("idempotent-replayed"), "true");
  assert.equal((await stripe.charges.list({ payment_intent: made.id })).data.length, 1);
});

test("a refused parameter is not kept: the key may be used again", async () => {
  const key = fresh();
  assert.equal((await create(key, body + "&colour=red")).status, 400);
  assert.equal((await create(key)).status, 200);
});

for (const kind of ["503", "429", "409"])
  test(`${kind} is not kept`, async () => {
    const key = fresh();
    await sim("faults", { match: "POST /v1/payment_intents", kind });
    assert.equal((await create(key)).status, Number(kind));
    const again = await create(key);
    assert.equal(again.status, 200);
    assert.equal(again.headers.get("idempotent-replayed"), null);
  });

test("stripe-node names the class of each of these", async () => {
  for (const [kind, type] of [["503", "StripeAPIError"], ["429", "StripeRateLimitError"], ["500_cached", "StripeAPIError"], ["drop_before", "StripeConnectionError"]]) {
    await sim("faults", { match: "POST /v1/customers", kind, times: kind === "drop_before" ? 2 : 1 });
    await assert.rejects(stripe.customers.create({ name: "x" }), { type });
    await ask("POST", "/_sim/faults/clear");
  }
});

test("a 500 may be kept: only a new key gets further", async () => {
  const key = fresh();
  await sim("faults", { match: "POST /v1/payment_intents", kind: "500_cached" });
  assert.equal((await create(key)).status, 500);
  for (const advance of [0, 23 * 3600]) {
    await sim("clock", { advance });
    const again = await create(key);
    assert.equal(again.status, 500);
    assert.equal(again.headers.get("idempotent-replayed"), "true");
  }
  await sim("clock", { advance: 3700 });
  assert.equal((await create(key)).status, 200);
  assert.equal((await create(fresh())).status, 200);
});

for (const kind of ["timeout_after_commit", "reset_mid_body"])
  test(`after ${kind} the key gives the lost answer`, async () => {
    const key = fresh();
    await sim("faults", { match: "POST /v1/payment_intents", kind, ms: 50 });
    await assert.rejects(create(key));
    const again = await create(key);
    assert.equal(again.status, 200);
    assert.equal(again.headers.get("idempotent-replayed"), "true");
  });

test("a connection dropped before anything was done", async () => {
  const key = fresh();
  // fetch itself may send a request once more on a closed connection
  await sim("faults", { match: "POST /v1/payment_intents", kind: "drop_before", times: 2 });
  await assert.rejects(create(key));
  await ask("POST", "/_sim/faults/clear");
  const again = await create(key);
  assert.equal(again.status, 200);
  assert.equal(again.headers.get("idempotent-replayed"), null);
});

test("while the first runs a second with its key is told so", async () => {
  const key = fresh();
  await sim("faults", { match: "POST /v1/payment_intents", kind: "slow", ms: 300 });
  const first = create(key);
  await new Promise((resolve) => setTimeout(resolve, 100));
  const second = await create(key);
  assert.equal(second.status, 409);
  assert.equal(second.json.error.code, "idempotency_key_in_use");
  assert.equal((await first).status, 200);
  assert.equal((await create(key)).headers.get("idempotent-replayed"), "true");
});

test("a key is forgotten after 24 hours of the simulated clock", async () => {
  const key = fresh();
  const first = await create(key);
  await sim("clock", { advance: 24 * 3600 + 60 });
  const later = await create(key);
  assert.notEqual(later.json.id, first.json.id);
});

test("keys of two accounts do not meet", async () => {
  const key = fresh();
  const here = await create(key);
  const there = await ask("POST", "/v1/payment_intents", body, { "idempotency-key": key, "stripe-account": (await host()).id });
  assert.equal(there.status, 200);
  assert.notEqual(there.json.id, here.json.id);
});
