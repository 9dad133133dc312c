// Where the money is: transfers, reversals, balances and what adds up to them.
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { ask, fails, host, overview, paid, sim, stripe } from "./sandbox.mjs";

// After each test: nothing is lost or made, and each balance is the sum of its
// balance transactions.
afterEach(async () => {
  const all = await overview();
  assert.equal(all.zero, 0);
  const { json } = await ask("GET", "/_sim/dump", "kind=balance_transaction");
  const net = (json.balance_transaction ?? []).reduce((sum, t) => sum + t.net, 0);
  const accounts = Object.values(all.accounts).reduce((sum, a) => sum + a.total, 0);
  assert.equal(all.platform.total + accounts, net);
  assert.equal(all.platform.total + accounts + all.fees + all.world, 0);
  assert.equal(all.platform.available + all.platform.pending, all.platform.total);
});

const charged = async (more) => (await paid({ expand: ["latest_charge"], ...more })).latest_charge;
const transfer = (destination, more = {}) => stripe.transfers.create({ amount: 1000, currency: "usd", destination, ...more });

test("a transfer from a charge is pending with the charge and available with it", async () => {
  const { id: destination } = await host();
  const charge = await charged({ transfer_group: "BK-T1" });
  const before = await overview();
  assert.deepEqual(before.accounts[destination], { available: 0, pending: 0, total: 0 });
  const made = await transfer(destination, { amount: 40000, source_transaction: charge.id, metadata: { transfer_uid: "x1" },
    expand: ["balance_transaction", "destination_payment.balance_transaction", "source_transaction", "destination"] });
  assert.match(made.id, /^tr_/);
  assert.equal(made.transfer_group, "BK-T1", "copied from the charge");
  assert.equal(made.balance_transaction.type, "transfer");
  assert.equal(made.balance_transaction.net, -40000);
  assert.equal(made.balance_transaction.status, "pending");
  assert.equal(made.destination_payment.balance_transaction.type, "payment");
  assert.equal(made.destination_payment.source_transfer, made.id);
  assert.equal(made.destination.id, destination);
  const between = await overview();
  assert.equal(between.platform.pending, before.platform.pending - 40000);
  assert.deepEqual(between.accounts[destination], { available: 0, pending: 40000, total: 40000 });
  const theirs = await stripe.balance.retrieve({}, { stripeAccount: destination });
  assert.equal(theirs.pending[0].amount, 40000);
  await sim("clock", { advance: 2 * 86400 });
  assert.equal((await stripe.balance.retrieve({}, { stripeAccount: destination })).available[0].amount, 40000);
  assert.equal((await stripe.transfers.list({ transfer_group: "BK-T1" })).data[0].id, made.id);
  assert.equal((await stripe.transfers.list({ destination })).data.length, 1);
  assert.equal((await stripe.transfers.update(made.id, { description: "d", metadata: { k: "v" } })).metadata.k, "v");
  assert.deepEqual((await stripe.transfers.retrieve(made.id)).metadata, { transfer_uid: "x1", k: "v" });
  const own = await stripe.balanceTransactions.list({ type: "payment" }, { stripeAccount: destination });
  assert.equal(own.data.length, 1);
});

test("the transfers of a charge are never more than the charge", async () => {
  const { id: destination } = await host();
  const charge = await charged();
  const from = { source_transaction: charge.id };
  await transfer(destination, { ...from, amount: 61000 });
  await fails(transfer(destination, { ...from, amount: 846 }), "StripeInvalidRequestError");
  const last = await transfer(destination, { ...from, amount: 845 });
  await fails(transfer(destination, { ...from, amount: 1 }), "StripeInvalidRequestError");
  assert.match(last.transfer_group, /^group_pi_/);
  await stripe.transfers.createReversal(last.id);
  await sim("act/reversals", { reuse: "no" });
  await fails(transfer(destination, { ...from, amount: 845 }), "StripeInvalidRequestError");
  await sim("act/reversals", { reuse: "yes" });
  await transfer(destination, { ...from, amount: 845 });
  await fails(transfer(destination, { source_transaction: (await charged()).id, currency: "eur" }), "StripeInvalidRequestError");
  await fails(transfer(destination, { source_transaction: "ch_nobody" }), "StripeInvalidRequestError", "resource_missing");
});

test("without a charge behind it a transfer needs available money", async () => {
  const { id: destination } = await host();
  const { platform } = await overview();
  await fails(transfer(destination, { amount: Math.max(platform.available, 0) + 1 }), "StripeInvalidRequestError", "balance_insufficient");
  await charged({ payment_method: "pm_card_bypassPending" });
  const made = await transfer(destination, { amount: 500, transfer_group: "BK-T2" });
  assert.equal(made.source_transaction, null);
  assert.equal((await overview()).accounts[destination].available, 500);
});

test("who may be transferred to", async () => {
  const { id: destination } = await host();
  await sim("act/capability", { account: destination, transfers: "inactive" });
  await fails(transfer(destination), "StripeInvalidRequestError", "insufficient_capabilities_for_transfer");
  assert.equal((await stripe.accounts.retrieve(destination)).capabilities.transfers, "inactive");
  await sim("act/capability", { account: destination, transfers: "active" });
  await transfer(destination, { source_transaction: (await charged()).id });
  await fails(transfer("acct_nobody"), "StripeInvalidRequestError", "resource_missing");
  await fails(transfer(destination, { amount: 0 }), "StripeInvalidRequestError", "parameter_invalid_integer");
  await fails(transfer(destination, { currency: "xyz" }), "StripeInvalidRequestError");
  await fails(stripe.transfers.create({ currency: "usd", destination }), "StripeInvalidRequestError", "parameter_missing");
  await fails(stripe.transfers.create({ amount: 5, currency: "usd", destination }, { stripeAccount: destination }), "StripeInvalidRequestError", "platform_account_required");
});

test("reversals: in parts, never more than was transferred", async () => {
  const { id: destination } = await host();
  const made = await transfer(destination, { amount: 40000, source_transaction: (await charged()).id });
  const first = await stripe.transfers.createReversal(made.id, { amount: 15000, description: "d", metadata: { rev_uid: "r" },
    expand: ["balance_transaction", "destination_payment_refund.balance_transaction", "transfer"] });
  assert.match(first.id, /^trr_/);
  assert.equal(first.balance_transaction.type, "transfer_refund");
  assert.equal(first.destination_payment_refund.balance_transaction.type, "payment_refund");
  assert.equal(first.transfer.id, made.id);
  await fails(stripe.transfers.createReversal(made.id, { amount: 25001 }), "StripeInvalidRequestError");
  const rest = await stripe.transfers.createReversal(made.id);
  assert.equal(rest.amount, 25000);
  await fails(stripe.transfers.createReversal(made.id), "StripeInvalidRequestError");
  const after = await stripe.transfers.retrieve(made.id);
  assert.equal(after.amount_reversed, 40000);
  assert.equal(after.reversed, true);
  assert.deepEqual(after.reversals.data.map((r) => r.id), [rest.id, first.id]);
  assert.deepEqual((await stripe.transfers.listReversals(made.id)).data.map((r) => r.id), [rest.id, first.id]);
  assert.equal((await stripe.transfers.retrieveReversal(made.id, first.id)).metadata.rev_uid, "r");
  assert.equal((await overview()).accounts[destination].total, 0);
  await fails(stripe.transfers.createReversal("tr_nobody"), "StripeInvalidRequestError", "resource_missing");
});

test("a reversal over what the account has: refused or below zero, by the rule", async () => {
  const { id: destination } = await host();
  const made = await transfer(destination, { amount: 40000, source_transaction: (await charged()).id });
  await sim("act/drain_account", { account: destination });
  assert.deepEqual((await overview()).accounts[destination], { available: 0, pending: 0, total: 0 });
  await fails(stripe.transfers.createReversal(made.id, { amount: 100 }), "StripeInvalidRequestError", "balance_insufficient");
  await sim("act/reversals", { rule: "negative" });
  await stripe.transfers.createReversal(made.id, { amount: 100 });
  await sim("act/reversals", { rule: "refuse" });
  assert.equal((await overview()).accounts[destination].available, -100);
});

test("the balance of the platform, and its settings", async () => {
  const all = await overview();
  const balance = await stripe.balance.retrieve();
  assert.equal(balance.available.find((b) => b.currency === "usd").amount, all.platform.available);
  assert.equal(balance.pending.find((b) => b.currency === "usd").amount, all.platform.pending);
  const changed = await stripe.balanceSettings.update({ payments: { payouts: { schedule: { interval: "weekly", weekly_payout_days: ["monday"] }, minimum_balance_by_currency: { usd: 5000 } } } });
  assert.equal(changed.payments.payouts.schedule.interval, "weekly");
  assert.equal((await stripe.balanceSettings.retrieve()).payments.payouts.minimum_balance_by_currency.usd, 5000);
  await stripe.balanceSettings.update({ payments: { payouts: { schedule: { interval: "manual" }, minimum_balance_by_currency: "" } } });
});
