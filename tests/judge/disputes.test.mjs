// Disputes, refunds that Stripe hinders, and what others do (the control API's acts).
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { ask, fails, host, intent, overview, paid, sim, stripe } from "./sandbox.mjs";

afterEach(async () => assert.equal((await overview()).zero, 0));

const act = async (what, form) => {
  const answer = await sim("act/" + what, form);
  assert.equal(answer.status, 200, JSON.stringify(answer.json));
  return answer.json;
};
const dispute = (form) => act("dispute", form);
const open = (pi, more = {}) => dispute({ payment_intent: pi.id, do: "open", ...more });

// The types of the events about the objects with these ids, oldest first.
async function told(...ids) {
  const { data } = await stripe.events.list({ limit: 100 });
  return data.filter((e) => ids.includes(e.data.object.id)).map((e) => e.type).reverse();
}

const DISPUTE = "charge.dispute.";

test("a lost dispute keeps the money and the fee", async () => {
  const pi = await paid();
  const before = await overview();
  const opened = await open(pi, { reason: "product_not_received" });
  assert.equal(opened.status, "needs_response");
  assert.equal(opened.reason, "product_not_received");
  assert.equal(opened.balance_transactions.length, 1);
  assert.equal(opened.balance_transactions[0].type, "adjustment");
  assert.equal(opened.balance_transactions[0].net, -61845 - 1500);
  assert.equal((await stripe.charges.retrieve(pi.latest_charge)).disputed, true);
  await fails(stripe.refunds.create({ payment_intent: pi.id }), "StripeInvalidRequestError", "charge_disputed");
  await dispute({ dispute: opened.id, do: "update", status: "under_review" });
  await dispute({ dispute: opened.id, do: "close", status: "lost" });
  const after = await overview();
  assert.equal(after.platform.total, before.platform.total - 61845 - 1500);
  assert.equal(after.fees, before.fees + 1500);
  assert.deepEqual(await told(opened.id), ["created", "funds_withdrawn", "updated", "closed"].map((t) => DISPUTE + t));
  const late = await dispute({ dispute: opened.id, do: "late_win" });
  assert.equal(late.status, "won");
  assert.equal(late.balance_transactions.length, 2);
  assert.equal((await overview()).platform.total, before.platform.total - 1500);
  assert.deepEqual((await told(opened.id)).slice(4), ["funds_reinstated", "updated"].map((t) => DISPUTE + t));
  assert.equal((await sim("act/dispute", { dispute: opened.id, do: "late_win" })).status, 400);
  const kept = await stripe.disputes.retrieve(opened.id, { expand: ["charge", "payment_intent"] });
  assert.equal(kept.charge.id, pi.latest_charge);
  assert.equal(kept.payment_intent.id, pi.id);
});

test("a won dispute brings the money back", async () => {
  const pi = await paid();
  const before = await overview();
  const { id } = await open(pi, { amount: 70000 });
  await dispute({ dispute: id, do: "close", status: "won" });
  const after = await overview();
  assert.equal(after.platform.total, before.platform.total - 1500);
  assert.equal((await stripe.refunds.create({ payment_intent: pi.id })).status, "succeeded");
});

test("an inquiry moves no money until it becomes more", async () => {
  const pi = await paid();
  const before = await overview();
  const quiet = await open(pi, { status: "warning_needs_response" });
  assert.deepEqual(quiet.balance_transactions, []);
  assert.equal(quiet.is_charge_refundable, true);
  assert.equal((await dispute({ dispute: quiet.id, do: "close" })).status, "warning_closed");
  assert.deepEqual((await overview()).platform, before.platform);
  assert.deepEqual(await told(quiet.id), ["created", "closed"].map((t) => DISPUTE + t));
  const loud = await open(pi, { status: "warning_needs_response" });
  await dispute({ dispute: loud.id, do: "update", status: "needs_response" });
  assert.equal((await overview()).platform.total, before.platform.total - 61845 - 1500);
  assert.deepEqual(await told(loud.id), ["created", "funds_withdrawn", "updated"].map((t) => DISPUTE + t));
  assert.equal((await sim("act/dispute", { dispute: loud.id, do: "update", status: "warning_closed" })).status, 400);
  assert.equal((await stripe.disputes.list({ payment_intent: pi.id })).data.length, 2);
  assert.equal((await stripe.disputes.list({ charge: pi.latest_charge, limit: 1 })).data[0].id, loud.id);
});

test("a dispute may be lost when it is first heard of", async () => {
  const opened = await open(await paid(), { status: "lost" });
  assert.equal(opened.status, "lost");
  assert.deepEqual(await told(opened.id), ["created", "funds_withdrawn", "closed"].map((t) => DISPUTE + t));
});

test("card 0259 pays and is disputed", async () => {
  const pi = await intent();
  const done = await act("pay", { payment_intent: pi.id, card: "4000000000000259" });
  assert.equal(done.status, "succeeded");
  const [one] = (await stripe.disputes.list({ payment_intent: pi.id })).data;
  assert.equal(one.status, "needs_response");
  assert.equal(one.reason, "fraudulent");
});

test("evidence is staged, submitted, and then waits for the bank", async () => {
  const { id } = await open(await paid());
  const staged = await stripe.disputes.update(id, { submit: false, metadata: { dispute_uid: "d" }, evidence: { access_activity_log: "12:00 door 3", customer_name: "Ann" } });
  assert.equal(staged.status, "needs_response");
  assert.equal(staged.evidence_details.has_evidence, true);
  assert.equal(staged.evidence_details.submission_count, 0);
  const sent = await stripe.disputes.update(id, { submit: true, evidence: { customer_name: "", uncategorized_text: "x" } });
  assert.equal(sent.status, "under_review");
  assert.equal(sent.evidence.customer_name, null);
  assert.equal(sent.evidence.access_activity_log, "12:00 door 3");
  assert.equal(sent.evidence_details.submission_count, 1);
  assert.equal(sent.metadata.dispute_uid, "d");
  await fails(stripe.disputes.update(id, { evidence: { customer_name: "B" } }), "StripeInvalidRequestError");
  await fails(stripe.disputes.close(id), "StripeInvalidRequestError");
  await fails(stripe.disputes.retrieve("du_nobody"), "StripeInvalidRequestError", "resource_missing");
  const other = await open(await paid());
  await fails(stripe.disputes.update(other.id, { evidence: { uncategorized_text: "x".repeat(150001) } }), "StripeInvalidRequestError");
  await fails(stripe.disputes.update(other.id, { evidence: { receipt: "file_nobody" } }), "StripeInvalidRequestError", "resource_missing");
  assert.equal((await stripe.disputes.close(other.id)).status, "lost");
});

test("after its date a dispute takes no evidence", async () => {
  const opened = await open(await paid());
  await sim("clock", { to: opened.evidence_details.due_by + 1 });
  assert.equal((await stripe.disputes.retrieve(opened.id)).evidence_details.past_due, true);
  await fails(stripe.disputes.update(opened.id, { evidence: { customer_name: "B" } }), "StripeInvalidRequestError");
  assert.equal((await sim("clock", { to: 1 })).status, 400);
});

test("the customer pays without a browser", async () => {
  const pi = await intent();
  const declined = await sim("act/pay", { payment_intent: pi.id, card: "4000000000009995" });
  assert.equal(declined.status, 402);
  assert.equal(declined.json.error.decline_code, "insufficient_funds");
  assert.equal((await stripe.paymentIntents.retrieve(pi.id)).last_payment_error.code, "card_declined");
  assert.equal((await act("pay", { payment_intent: pi.id, card: "4000002500003155" })).status, "requires_action");
  assert.equal((await act("pay", { payment_intent: pi.id, card: "4000002500003155", threeds: "fail" })).status, "requires_payment_method");
  assert.equal((await act("pay", { payment_intent: pi.id, card: "4000002500003155", threeds: "complete" })).status, "succeeded");
  const session = await stripe.checkout.sessions.create({ mode: "payment", ui_mode: "hosted_page", success_url: "http://127.0.0.1:9/",
    line_items: [{ quantity: 1, price_data: { currency: "usd", unit_amount: 500, product_data: { name: "K" } } }] });
  assert.equal((await act("pay", { session: session.id })).status, "succeeded");
  assert.equal((await stripe.checkout.sessions.retrieve(session.id)).status, "complete");
  assert.equal((await sim("act/pay", { session: session.id })).status, 400);
  assert.equal((await sim("act/pay", { payment_intent: "pi_nobody" })).status, 404);
});

test("a refund from the dashboard has no metadata and no request", async () => {
  const pi = await paid();
  const part = await act("refund", { payment_intent: pi.id, amount: 100 });
  assert.deepEqual(part.metadata, {});
  await act("refund", { payment_intent: pi.id });
  const charge = await stripe.charges.retrieve(pi.latest_charge);
  assert.equal(charge.refunded, true);
  const [event] = (await stripe.events.list({ type: "charge.refunded", limit: 1 })).data;
  assert.equal(event.data.object.id, charge.id);
  assert.equal(event.request.id, null);
  assert.equal(event.data.previous_attributes.amount_refunded, 100);
  assert.equal((await sim("act/refund", { payment_intent: pi.id })).json.error.code, "charge_already_refunded");
});

test("a refund without the money for it: by the rule", async () => {
  const { id: destination } = await host();
  const pi = await paid();
  await stripe.transfers.create({ amount: 61845, currency: "usd", destination, source_transaction: pi.latest_charge });
  await sim("clock", { advance: 2 * 86400 + 1 });
  const { platform } = await overview();
  const big = await stripe.paymentIntents.create({ amount: Math.max(platform.available, 0) + 100000, currency: "usd", confirm: true, payment_method: "pm_card_visa" });
  await stripe.transfers.create({ amount: big.amount, currency: "usd", destination, source_transaction: big.latest_charge });
  await act("refunds", { rule: "refuse" });
  await fails(stripe.refunds.create({ payment_intent: big.id }), "StripeInvalidRequestError", "balance_insufficient");
  await act("refunds", { rule: "pending" });
  const waiting = await stripe.refunds.create({ payment_intent: big.id });
  assert.equal(waiting.status, "pending");
  assert.equal(waiting.pending_reason, "insufficient_funds");
  assert.equal(waiting.balance_transaction, null);
  await stripe.paymentIntents.create({ amount: big.amount * 2 + 100000, currency: "usd", confirm: true, payment_method: "pm_card_bypassPending" });
  await sim("clock", { advance: 2 * 86400 + 1 });
  assert.equal((await stripe.refunds.retrieve(waiting.id)).status, "succeeded");
  assert.deepEqual(await told(waiting.id), ["refund.created", "refund.updated"]);
  await act("refunds", { rule: "debit" });
});

test("payouts: asked for, cancelled, arrived, sent back", async () => {
  const { id: account } = await host();
  const theirs = { stripeAccount: account };
  const made = await stripe.paymentIntents.create({ amount: 90000, currency: "usd", confirm: true, payment_method: "pm_card_bypassPending" });
  await stripe.transfers.create({ amount: 50000, currency: "usd", destination: account, source_transaction: made.latest_charge });
  await fails(stripe.payouts.create({ amount: 50001, currency: "usd" }, theirs), "StripeInvalidRequestError", "balance_insufficient");
  const gone = await stripe.payouts.create({ amount: 10000, currency: "usd", metadata: { a: "b" } }, theirs);
  assert.equal(gone.status, "pending");
  assert.equal((await stripe.payouts.cancel(gone.id, {}, theirs)).status, "canceled");
  await fails(stripe.payouts.cancel(gone.id, {}, theirs), "StripeInvalidRequestError");
  const kept = await stripe.payouts.create({ amount: 20000, currency: "usd" }, theirs);
  await sim("clock", { advance: 2 * 86400 + 1 });
  assert.equal((await stripe.payouts.retrieve(kept.id, {}, theirs)).status, "paid");
  assert.equal((await overview()).accounts[account].available, 30000);
  const { payouts: [drained] } = await act("drain_account", { account });
  assert.equal(drained.amount, 30000);
  const paidOut = await stripe.balanceTransactions.list({ payout: drained.id }, theirs);
  assert.ok(paidOut.data.some((t) => t.type === "payout" && t.net === -30000));
  const failed = await act("payout_fail", { account });
  assert.equal(failed.id, drained.id);
  assert.equal(failed.status, "failed");
  assert.equal((await overview()).accounts[account].available, 30000);
  const events = (await stripe.events.list({ limit: 100 }, theirs)).data.map((e) => e.type);
  for (const type of ["payout.created", "payout.canceled", "payout.paid", "payout.failed", "account.external_account.updated"])
    assert.ok(events.includes(type), type);
  assert.equal((await stripe.payouts.list({ status: "failed" }, theirs)).data.length, 1);
  const { available } = (await overview()).platform;
  if (available > 0) assert.equal((await stripe.payouts.create({ amount: 1, currency: "usd" })).status, "pending");
  await sim("act/account", { account, standing: "open" });
  await fails(stripe.payouts.create({ amount: 1, currency: "usd" }, theirs), "StripeInvalidRequestError", "payouts_not_allowed");
});

test("a payment that was declined is not reviewed", async () => {
  const pi = await intent();
  const pm = await stripe.paymentMethods.create({ type: "card", card: { number: "4000000000000002", exp_month: 12, exp_year: 2034, cvc: "123" } });
  await assert.rejects(stripe.paymentIntents.confirm(pi.id, { payment_method: pm.id }));
  const { latest_charge } = await stripe.paymentIntents.retrieve(pi.id);
  assert.equal((await sim("act/review", { charge: latest_charge, do: "open" })).status, 400);
});

test("fraud warnings and reviews come as events", async () => {
  const pi = await paid();
  const warning = await act("warning", { payment_intent: pi.id });
  assert.equal(warning.charge, pi.latest_charge);
  const review = await act("review", { payment_intent: pi.id, do: "open" });
  assert.equal((await stripe.paymentIntents.retrieve(pi.id)).review, review.id);
  assert.equal((await sim("act/review", { payment_intent: pi.id, do: "open" })).status, 400);
  const closed = await act("review", { payment_intent: pi.id, do: "close" });
  assert.equal(closed.open, false);
  assert.equal(closed.closed_reason, "approved");
  assert.equal((await sim("act/review", { payment_intent: pi.id, do: "close" })).status, 400);
  assert.deepEqual(await told(warning.id, review.id), ["radar.early_fraud_warning.created", "review.opened", "review.closed"]);
});

test("a rejected account is closed to transfers", async () => {
  const { id } = await host();
  const rejected = await stripe.accounts.reject(id, { reason: "terms_of_service" });
  assert.equal(rejected.requirements.disabled_reason, "rejected.terms_of_service");
  assert.equal(rejected.capabilities.transfers, "inactive");
  assert.equal(rejected.payouts_enabled, false);
});

test("a host who leaves cannot be reached any more", async () => {
  const { id } = await host();
  const pi = await paid();
  const transfer = await stripe.transfers.create({ amount: 100, currency: "usd", destination: id, source_transaction: pi.latest_charge });
  await act("deauthorize", { account: id });
  await fails(stripe.accounts.retrieve(id), "StripePermissionError", "account_invalid");
  await fails(stripe.transfers.createReversal(transfer.id), "StripePermissionError", "account_invalid");
  await fails(stripe.transfers.create({ amount: 1, currency: "usd", destination: id }), "StripeInvalidRequestError", "resource_missing");
  const { json } = await ask("GET", "/_sim/dump", "kind=event");
  assert.ok(json.event.some((e) => e.account === id && e.type === "account.application.deauthorized"));
});

test("the platform's payout may fail too", async () => {
  await paid({ payment_method: "pm_card_bypassPending" });
  const { platform } = await overview();
  if (platform.available <= 0) await stripe.paymentIntents.create({ amount: 50000 - platform.available * 2, currency: "usd", confirm: true, payment_method: "pm_card_bypassPending" });
  assert.equal((await act("payout_fail", {})).status, "failed");
  assert.equal((await stripe.events.list({ type: "payout.failed", limit: 1 })).data.length, 1);
});
