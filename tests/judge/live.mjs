// The calls that Prep makes, against Stripe itself, for a person with a test account:
//
//   STRIPE_TEST_KEY=sk_test_... [STRIPE_TEST_HOST=acct_...] ./dev stripe-live
//
// It asks what no double can prove: the codes of refusals, what a source_transaction
// does after a reversal, the order of lists and how soon they know what was made. It
// makes objects in that account and refuses a live key. STRIPE_TEST_HOST is a connected
// account whose transfers are active, which a person has to have brought through
// Stripe's onboarding; without one the tests of transfers are left out, and say so.
//
// HONESTLY: where Prep was written there is no Stripe. Nobody has run this against the
// real API yet. STRIPE_TEST_BASE=http://127.0.0.1:PORT turns it to prep-stripe instead,
// and live.test.mjs does so in every run: that proves that its code runs, and that we
// wrote both sides of it alike, nothing about Stripe. What fails here at Stripe is news:
// put it into ../shared/STRIPE.md and into the sandbox before anything else.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import Stripe from "stripe";

const key = process.env.STRIPE_TEST_KEY ?? "";
if (!/^(sk|rk)_test_/.test(key)) throw new Error("STRIPE_TEST_KEY must be a test key; a live one is refused");
const base = process.env.STRIPE_TEST_BASE;
if (base && !base.startsWith("http://127.0.0.1:")) throw new Error("STRIPE_TEST_BASE is for the sandbox on this machine");
const at = base ? { host: "127.0.0.1", port: new URL(base).port, protocol: "http" } : {};
const stripe = new Stripe(key, { apiVersion: "2026-10-28.endive", maxNetworkRetries: 0, telemetry: false, ...at });
const hostId = process.env.STRIPE_TEST_HOST;
const withHost = hostId ? {} : { skip: "STRIPE_TEST_HOST names no account" };

// One run's things have one mark, so that runs do not meet.
const run = randomUUID().slice(0, 8);
let count = 0;
const uid = () => `live-${run}-${++count}`;

// ---- the calls, with the parameters of src/domain ----

const customer = () => stripe.customers.create({
  email: `${uid()}@example.com`, name: "Test Person", metadata: { app: "prep", user_uid: uid() } });
const intentForm = (more) => ({
  amount: 61845, currency: "usd", allowed_payment_method_types: ["card"], description: "Prep: a kitchen",
  statement_descriptor_suffix: "KITCHEN", ...more });
const booking = () => { const b = uid(); return { transfer_group: b, metadata: { app: "prep", booking_uid: b, attempt: "1" } }; };
const intent = (more) => stripe.paymentIntents.create(intentForm({ ...booking(), ...more }));
// As the card form would; the money is available at once.
const paid = (more) => intent({ confirm: true, payment_method: "pm_card_bypassPending",
  return_url: "https://example.com/", expand: ["latest_charge"], ...more });
const refund = (pi, more) => stripe.refunds.create({
  payment_intent: pi.id, reason: "requested_by_customer", metadata: { app: "prep", refund_uid: uid() }, ...more });
const transfer = (charge, more) => stripe.transfers.create({
  amount: 40000, currency: "usd", destination: hostId, source_transaction: charge.id,
  transfer_group: charge.transfer_group, metadata: { app: "prep", transfer_uid: uid() }, ...more });
const reverse = (t, more) => stripe.transfers.createReversal(t.id, { metadata: { app: "prep", reversal_uid: uid() }, ...more });

async function refusal(promise, status, code) {
  const error = await promise.then(() => assert.fail("it was not refused"), (e) => e);
  assert.equal(error.statusCode, status, error.message);
  if (code !== undefined) assert.equal(error.code, code, error.message);
  return error;
}

async function until(what, seconds = 60) {
  for (const end = Date.now() + seconds * 1000; Date.now() < end;) {
    const got = await what();
    if (got) return got;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  return assert.fail("it did not happen in time");
}

// ---- hosts ----

test("an account and a link to its onboarding are made with what Prep sends", async () => {
  const account = await stripe.accounts.create({
    country: "US", email: `${uid()}@example.com`, business_profile: { mcc: "6513" }, metadata: { app: "prep", host_uid: uid() },
    controller: { fees: { payer: "application" }, losses: { payments: "application" },
      requirement_collection: "stripe", stripe_dashboard: { type: "express" } },
    capabilities: { transfers: { requested: true } } });
  assert.notEqual(account.capabilities.transfers, "active");
  const link = await stripe.accountLinks.create({
    account: account.id, type: "account_onboarding", refresh_url: "https://example.com/r", return_url: "https://example.com/b",
    collection_options: { fields: "eventually_due" } });
  assert.match(link.url, /^http/);
  const newest = await stripe.accounts.list({ limit: 10 });
  assert.ok(newest.data.some((a) => a.id === account.id), "the list knows it at once");
  await refusal(stripe.transfers.create({ amount: 100, currency: "usd", destination: account.id }), 400);
});

// ---- payments ----

test("a key replays its answer, and refuses other parameters", async () => {
  const idempotencyKey = `prep-pi-${uid()}-a1`;
  const form = intentForm(booking());
  const first = await stripe.paymentIntents.create(form, { idempotencyKey });
  const again = await stripe.paymentIntents.create(form, { idempotencyKey });
  assert.equal(again.id, first.id);
  assert.equal(again.lastResponse.headers["idempotent-replayed"], "true");
  const other = await refusal(stripe.paymentIntents.create({ ...form, amount: 5000 }, { idempotencyKey }), 400);
  assert.equal(other.type, "StripeIdempotencyError");
  const missing = `prep-ref-${uid()}-a1`;
  const ask = () => stripe.refunds.create({ payment_intent: first.id }, { idempotencyKey: missing });
  const refused = await refusal(ask(), 400);
  assert.equal((await refusal(ask(), 400)).code, refused.code, "an executed refusal is replayed");
});

test("an intent that was paid cannot be canceled, and says so in a word", async () => {
  const pi = await paid();
  assert.equal(pi.status, "succeeded");
  assert.equal(pi.amount_received, 61845);
  assert.equal(pi.latest_charge.transfer_group, pi.transfer_group);
  await refusal(stripe.paymentIntents.cancel(pi.id, { cancellation_reason: "abandoned" }), 400, "payment_intent_unexpected_state");
  const open = await intent();
  assert.equal((await stripe.paymentIntents.cancel(open.id, { cancellation_reason: "abandoned" })).status, "canceled");
  await refusal(stripe.paymentIntents.cancel(open.id), 400, "payment_intent_unexpected_state");
});

const declines = [
  ["pm_card_chargeDeclined", "card_declined", "generic_decline"],
  ["pm_card_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"],
  ["pm_card_chargeDeclinedLostCard", "card_declined", "lost_card"],
  ["pm_card_chargeDeclinedStolenCard", "card_declined", "stolen_card"],
  ["pm_card_chargeDeclinedExpiredCard", "expired_card", undefined],
  ["pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc", undefined],
  ["pm_card_chargeDeclinedProcessingError", "processing_error", undefined],
];
for (const [method, code, why] of declines)
  test(`${method} is refused with ${code}, and the intent takes another card`, async () => {
    const pi = await intent();
    const pay = (card) => stripe.paymentIntents.confirm(pi.id, { payment_method: card, return_url: "https://example.com/" });
    const error = await refusal(pay(method), 402, code);
    if (why) assert.equal(error.decline_code, why);
    assert.equal((await stripe.paymentIntents.retrieve(pi.id)).status, "requires_payment_method");
    assert.equal((await pay("pm_card_visa")).status, "succeeded");
  });

test("a checkout session ends when it is told to, and not through its intent", async () => {
  const b = booking();
  const who = await customer();
  const session = await stripe.checkout.sessions.create({
    mode: "payment", ui_mode: "hosted_page", submit_type: "book", customer: who.id,
    allowed_payment_method_types: ["card"], client_reference_id: b.transfer_group,
    line_items: [{ quantity: 1, price_data: { currency: "usd", unit_amount: 61845, product_data: { name: "A kitchen" } } }],
    payment_intent_data: b, metadata: b.metadata, expires_at: who.created + 3600,
    success_url: "https://example.com/b?session_id={CHECKOUT_SESSION_ID}", cancel_url: "https://example.com/c" });
  assert.equal(session.status, "open");
  if (session.payment_intent) await refusal(stripe.paymentIntents.cancel(session.payment_intent), 400);
  assert.equal((await stripe.checkout.sessions.expire(session.id)).status, "expired");
  await refusal(stripe.checkout.sessions.expire(session.id), 400);
});

// ---- lists: what Prep looks for when an answer is lost ----

test("the lists have what was made a moment ago, the newest first", async () => {
  const { id } = await customer();
  const made = [];
  for (let i = 0; i < 3; i++) made.unshift((await paid({ customer: id })).id);
  assert.deepEqual((await stripe.paymentIntents.list({ customer: id, limit: 50 })).data.map((p) => p.id), made);
  const one = await stripe.paymentIntents.list({ customer: id, limit: 1 });
  assert.equal(one.has_more, true);
  assert.equal((await stripe.paymentIntents.list({ customer: id, limit: 1, starting_after: one.data[0].id })).data[0].id, made[1]);
  const back = [];
  for (const amount of [100, 200]) back.unshift((await refund({ id: made[0] }, { amount })).id);
  assert.deepEqual((await stripe.refunds.list({ payment_intent: made[0], limit: 50 })).data.map((r) => r.id), back);
  const told = await until(async () => {
    const { data } = await stripe.events.list({ limit: 100, types: ["payment_intent.succeeded"] });
    const ours = data.filter((e) => made.includes(e.data.object.id));
    return ours.length >= made.length && data;
  });
  for (let i = 1; i < told.length; i++) assert.ok(told[i - 1].created >= told[i].created);
});

// ---- refunds ----

test("what is more than is left is refused, and what is gone has its own word", async () => {
  const pi = await paid();
  assert.equal((await refund(pi, { amount: 20000 })).status, "succeeded");
  await refusal(refund(pi, { amount: 41846 }), 400);
  await refund(pi, { amount: 41845 });
  await refusal(refund(pi, { amount: 1 }), 400, "charge_already_refunded");
});

test("a payment that is disputed cannot be refunded; its evidence is counted", async () => {
  const pi = await paid({ payment_method: "pm_card_createDispute" });
  const dispute = await until(async () => (await stripe.disputes.list({ payment_intent: pi.id })).data[0]);
  assert.equal(dispute.status, "needs_response");
  await refusal(refund(pi), 400, "charge_disputed");
  const answered = await stripe.disputes.update(dispute.id, { evidence: { uncategorized_text: "They were there." }, submit: true });
  assert.equal(answered.evidence_details.submission_count, 1);
});

// ---- transfers ----

test("transfers from one charge, up to its amount; the list of their group, newest first", withHost, async () => {
  const { latest_charge: charge } = await paid();
  const first = await transfer(charge, { amount: 30000 });
  const second = await transfer(charge, { amount: 30000 });
  await refusal(transfer(charge, { amount: 30000 }), 400);
  const { data } = await stripe.transfers.list({ transfer_group: charge.transfer_group, limit: 50 });
  assert.deepEqual(data.map((t) => t.id), [second.id, first.id]);
});

test("after a reversal: does the charge's source_transaction serve again?", withHost, async (t) => {
  const { latest_charge: charge } = await paid();
  const sent = await transfer(charge, { amount: 61845 });
  await reverse(sent);
  await refusal(reverse(sent), 400);
  const again = await transfer(charge, { amount: 61845 }).catch((error) => error);
  // Prep can live with both: refused, it sends the next without a source_transaction.
  t.diagnostic(again instanceof Error ? `NO: ${again.statusCode} ${again.code}: ${again.message}` : "yes");
  if (again instanceof Error) assert.equal(again.statusCode, 400);
  else await reverse(again);
});

test("a reversal of more than was sent is refused, with which code?", withHost, async (t) => {
  const { latest_charge: charge } = await paid();
  const sent = await transfer(charge);
  const error = await refusal(reverse(sent, { amount: 40001 }), 400);
  t.diagnostic(`${error.code}: ${error.message}`);
  await reverse(sent, { amount: 15000 });
  const now = await stripe.transfers.retrieve(sent.id);
  assert.equal(now.amount_reversed, 15000);
  assert.equal(now.reversed, false);
});

test("an account without the capability gets nothing, with which code?", async (t) => {
  const account = await stripe.accounts.create({ type: "express", country: "US", capabilities: { transfers: { requested: true } } });
  const { latest_charge: charge } = await paid();
  const error = await refusal(transfer(charge, { destination: account.id }), 400, "insufficient_capabilities_for_transfer");
  t.diagnostic(`${error.code}: ${error.message}`);
});
