// A random walk over all that moves money. Whatever happens, in whatever order: no
// money is lost, and every object tells the same story as the ledger. JUDGE_STEPS and
// JUDGE_SEED choose how far and which way.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, host, overview, sim } from "./sandbox.mjs";

const STEPS = Number(process.env.JUDGE_STEPS ?? 800);
const SEED = Number(process.env.JUDGE_SEED ?? 20261028);

// mulberry32: small, and the same everywhere.
function random(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const chance = random(SEED);
const below = (n) => Math.floor(chance() * n);
const pick = (list) => list[below(list.length)];
const encode = (form) => Object.entries(form).map(([k, v]) => `${k}=${encodeURIComponent(v)}`).join("&");

const made = { payments: [], transfers: [], refunds: [], disputes: [], hosts: [], refused: 0 };

// What may be refused for a reason of the walk's own making. Anything else is a bug.
const reasons = /balance_insufficient|charge_disputed|charge_already_refunded|insufficient_capabilities|greater than un|must not exceed|already fully reversed|cannot go from|has not succeeded|no payout|card_declined|requires_payment_method/;

async function post(path, form) {
  const { status, json } = await ask("POST", path, encode(form), path.startsWith("/v1/") ? { "idempotency-key": "walk-" + SEED + "-" + Date.now() + "-" + chance() } : {});
  if (status === 200) return json;
  assert.match(`${json.error.code} ${json.error.message}`, reasons, `${path} ${encode(form)}`);
  made.refused++;
  return null;
}
const act = (what, form) => post("/_sim/act/" + what, form);

const cards = ["4242424242424242", "4242424242424242", "4000000000000077", "4000000000000259", "4000000000000002"];

// What can happen, and how often.
const happenings = [
  [30, async function pay() {
    const pi = await post("/v1/payment_intents", { amount: 500 + below(90000), currency: "usd", "allowed_payment_method_types[0]": "card", transfer_group: "W" + below(1000) });
    const done = await act("pay", { payment_intent: pi.id, card: pick(cards) });
    if (done) made.payments.push(done);
  }],
  [18, async function transfer() {
    const from = pick(made.payments);
    const form = { currency: "usd", destination: pick(made.hosts), amount: 1 + below(from.amount) };
    if (chance() < 0.8) form.source_transaction = from.latest_charge;
    const done = await post("/v1/transfers", form);
    if (done) made.transfers.push(done);
  }],
  [12, async function reverse() {
    const transfer = pick(made.transfers);
    await post(`/v1/transfers/${transfer.id}/reversals`, chance() < 0.5 ? {} : { amount: 1 + below(transfer.amount) });
  }],
  [14, async function refund() {
    const payment = pick(made.payments);
    const form = { payment_intent: payment.id };
    if (chance() < 0.7) form.amount = 1 + below(payment.amount);
    const done = chance() < 0.2 ? await act("refund", form) : await post("/v1/refunds", form);
    if (done) made.refunds.push(done);
  }],
  [3, async function refundFails() {
    await act("refund_fail", { refund: pick(made.refunds).id });
  }],
  [5, async function disputed() {
    const done = await act("dispute", { payment_intent: pick(made.payments).id, do: "open", status: pick(["needs_response", "warning_needs_response", "lost"]) });
    if (done) made.disputes.push(done);
  }],
  [6, async function disputeGoesOn() {
    await act("dispute", { dispute: pick(made.disputes).id, ...pick([{ do: "update", status: "under_review" }, { do: "update", status: "needs_response" },
      { do: "close", status: "won" }, { do: "close" }, { do: "late_win" }]) });
  }],
  [3, async function payout() {
    await act(pick(["drain_account", "payout_fail"]), { account: pick(made.hosts) });
  }],
  [2, async function rules() {
    await act("reversals", { rule: pick(["refuse", "negative"]), reuse: pick(["yes", "no"]) });
    await act("refunds", { rule: pick(["debit", "pending", "refuse"]) });
  }],
  [3, async function later() {
    await post("/_sim/clock", { advance: below(86400) });
  }],
  [2, async function capability() {
    const account = pick(made.hosts);
    await act("capability", { account, transfers: chance() < 0.3 ? "inactive" : "active" });
  }],
];
const whole = happenings.reduce((sum, [weight]) => sum + weight, 0);

async function step() {
  let at = below(whole);
  const [, happen] = happenings.find(([weight]) => (at -= weight) < 0);
  const needs = { transfer: "payments", refund: "payments", disputed: "payments", reverse: "transfers", refundFails: "refunds", disputeGoesOn: "disputes" }[happen.name];
  if (!needs || made[needs].length > 0) await happen();
}

const sum = (list, by) => list.reduce((total, x) => total + by(x), 0);

// Gives the members of LIST that have a key.
function group(list, by) {
  const groups = new Map();
  for (const x of list) groups.set(by(x), [...(groups.get(by(x)) ?? []), x]);
  return (key) => groups.get(key) ?? [];
}

// The objects against each other and against the ledger.
function compare(dump, all) {
  const of = (kind) => dump[kind] ?? [];
  const total = all.platform.total + sum(Object.values(all.accounts), (a) => a.total);
  assert.equal(sum(of("balance_transaction"), (t) => t.net), total, "balances are the sums of their movements");
  assert.equal(sum(of("balance_transaction"), (t) => t.fee), all.fees);
  assert.equal(total + all.fees + all.world, 0);
  const onwardOf = group(of("transfer"), (t) => t.source_transaction);
  const refundsOf = group(of("refund").filter((r) => r.status !== "failed"), (r) => r.charge);
  const reversalsOf = group(of("transfer_reversal"), (r) => r.transfer);
  for (const charge of of("charge")) {
    if (!charge.id.startsWith("ch_")) continue;
    assert.equal(sum(refundsOf(charge.id), (r) => r.amount), charge.amount_refunded, charge.id);
    assert.ok(charge.amount_refunded <= charge.amount);
    assert.ok(sum(onwardOf(charge.id), (t) => t.amount - t.amount_reversed) <= charge.amount, charge.id);
  }
  for (const transfer of of("transfer")) {
    assert.equal(sum(reversalsOf(transfer.id), (r) => r.amount), transfer.amount_reversed, transfer.id);
    assert.equal(transfer.reversed, transfer.amount === transfer.amount_reversed);
  }
  for (const dispute of of("dispute")) {
    const back = sum(dispute.balance_transactions, (t) => t.amount);
    assert.equal(0 - back, ["needs_response", "under_review", "lost"].includes(dispute.status) ? dispute.amount : 0, dispute.id);
  }
}

test(`${STEPS} random steps lose no money`, async () => {
  for (let i = 0; i < 5; i++) made.hosts.push((await host()).id);
  for (let i = 1; i <= STEPS; i++) {
    await step();
    if (i % 50 === 0) assert.equal((await overview()).zero, 0, `after step ${i} of seed ${SEED}`);
  }
  await sim("act/reversals", { rule: "refuse", reuse: "yes" });
  await sim("act/refunds", { rule: "debit" });
  await sim("clock", { advance: 3 * 86400 });
  const { json } = await ask("GET", "/_sim/dump");
  compare(json, await overview());
  assert.ok(made.refused < STEPS, "most steps happen");
});
