// Stripe's own client runs every operation and gets the right class of error.
// sandbox.mjs holds each reply against the API description.
import assert from "node:assert/strict";
import { get } from "node:http";
import { test } from "node:test";
import { ask, base, fails, host, intent, page, paid, send, sim, stripe, subset } from "./sandbox.mjs";

test("customers: create, retrieve, update, list, delete", async () => {
  const made = await stripe.customers.create({ email: "ann@example.com", name: "Ann", metadata: { app: "prep", x: "1" },
    address: { line1: "1 Main St", country: "US" } });
  assert.match(made.id, /^cus_/);
  const changed = await stripe.customers.update(made.id, { metadata: { x: "", y: "2" }, phone: "+1 555" });
  assert.deepEqual(changed.metadata, { app: "prep", y: "2" });
  assert.deepEqual((await stripe.customers.update(made.id, { metadata: "" })).metadata, {});
  assert.equal((await stripe.customers.retrieve(made.id)).phone, "+1 555");
  assert.equal((await stripe.customers.list({ email: "ann@example.com", limit: 1 })).data[0].id, made.id);
  assert.equal((await stripe.customers.del(made.id)).deleted, true);
  assert.equal((await stripe.customers.retrieve(made.id)).deleted, true);
  await fails(stripe.customers.update(made.id, { name: "B" }), "StripeInvalidRequestError", "resource_missing");
  await fails(stripe.customers.create({ email: "nobody" }), "StripeInvalidRequestError", "email_invalid");
});

test("a payment intent goes from created to succeeded", async () => {
  const customer = await stripe.customers.create({ email: "bob@example.com" });
  const made = await intent({ customer: customer.id, transfer_group: "BK1", description: "Kitchen", receipt_email: "bob@example.com",
    statement_descriptor_suffix: "BK1", metadata: { app: "prep", booking_uid: "u1", attempt: "1" } });
  assert.equal(made.status, "requires_payment_method");
  assert.equal(made.latest_charge, null);
  assert.equal(made.amount_received, 0);
  assert.ok(made.client_secret.startsWith(made.id + "_secret_"));
  const done = await stripe.paymentIntents.confirm(made.id, { payment_method: "pm_card_visa", expand: ["latest_charge.balance_transaction"] });
  assert.equal(done.status, "succeeded");
  assert.equal(done.amount_received, 61845);
  assert.equal(done.latest_charge.transfer_group, "BK1");
  assert.deepEqual(done.latest_charge.metadata, made.metadata);
  assert.equal(done.latest_charge.balance_transaction.net, 61845 - 1824);
  assert.equal(done.latest_charge.balance_transaction.status, "pending");
  await fails(stripe.paymentIntents.cancel(made.id), "StripeInvalidRequestError", "payment_intent_unexpected_state");
  await fails(stripe.paymentIntents.confirm(made.id), "StripeInvalidRequestError", "payment_intent_unexpected_state");
  await fails(stripe.paymentIntents.capture(made.id), "StripeInvalidRequestError", "payment_intent_unexpected_state");
  await fails(stripe.paymentIntents.update(made.id, { amount: 100 }), "StripeInvalidRequestError", "payment_intent_unexpected_state");
  assert.equal((await stripe.paymentIntents.update(made.id, { metadata: { note: "x" } })).metadata.note, "x");
  assert.equal((await stripe.paymentIntents.list({ customer: customer.id })).data.length, 1);
});

test("a charge takes notes, and a transfer_group once", async () => {
  const { latest_charge: id } = await paid();
  const noted = await stripe.charges.update(id, { description: "d", metadata: { k: "v" }, transfer_group: "BK7", fraud_details: { user_report: "safe" } });
  assert.equal(noted.transfer_group, "BK7");
  assert.equal(noted.fraud_details.user_report, "safe");
  await fails(stripe.charges.update(id, { transfer_group: "BK8" }), "StripeInvalidRequestError");
  const [event] = (await stripe.events.list({ type: "charge.updated", limit: 1 })).data;
  assert.equal(event.data.previous_attributes.description, null);
  assert.equal((await stripe.charges.list({ transfer_group: "BK7" })).data[0].id, id);
});

test("a cancelled payment intent takes no payment", async () => {
  const made = await intent();
  const gone = await stripe.paymentIntents.cancel(made.id, { cancellation_reason: "abandoned" });
  assert.equal(gone.status, "canceled");
  assert.equal(gone.cancellation_reason, "abandoned");
  await fails(stripe.paymentIntents.confirm(made.id, { payment_method: "pm_card_visa" }), "StripeInvalidRequestError", "payment_intent_unexpected_state");
});

const declines = [
  ["4000000000000002", "card_declined", "generic_decline"],
  ["4000000000009995", "card_declined", "insufficient_funds"],
  ["4000000000009987", "card_declined", "lost_card"],
  ["4000000000009979", "card_declined", "stolen_card"],
  ["4000000000000069", "expired_card", undefined],
  ["4000000000000127", "incorrect_cvc", undefined],
  ["4000000000000119", "processing_error", undefined],
];

for (const [number, code, decline_code] of declines)
  test(`card ${number} is declined: ${decline_code ?? code}`, async () => {
    const pm = await stripe.paymentMethods.create({ type: "card", card: { number, exp_month: 12, exp_year: 2034, cvc: "123" } });
    const made = await intent();
    await assert.rejects(stripe.paymentIntents.confirm(made.id, { payment_method: pm.id }), (error) => {
      assert.equal(error.type, "StripeCardError");
      assert.equal(error.code, code);
      assert.equal(error.decline_code || undefined, decline_code);
      assert.equal(error.payment_intent.status, "requires_payment_method");
      return true;
    });
    const after = await stripe.paymentIntents.retrieve(made.id, { expand: ["latest_charge"] });
    assert.equal(after.last_payment_error.code, code);
    assert.equal(after.latest_charge.status, "failed");
    assert.equal((await stripe.paymentIntents.confirm(made.id, { payment_method: "pm_card_visa" })).status, "succeeded");
    assert.equal((await stripe.charges.list({ payment_intent: made.id })).data.length, 2);
  });

test("numbers that are no test cards are refused", async () => {
  const make = (number, more) => stripe.paymentMethods.create({ type: "card", card: { number, exp_month: 12, exp_year: 2034, cvc: "123", ...more } });
  await fails(make("4242424242424241"), "StripeCardError", "incorrect_number");
  await fails(make("4111111111111111"), "StripeCardError", "card_declined");
  await fails(make("4242424242424242", { exp_year: 2020 }), "StripeCardError", "invalid_expiry_year");
  await fails(make("4242424242424242", { exp_month: 13 }), "StripeCardError", "invalid_expiry_month");
  await fails(make("4242424242424242", { cvc: "1" }), "StripeCardError", "invalid_cvc");
  const pm = await make("4242 4242 4242 4242");
  assert.equal((await stripe.paymentMethods.retrieve(pm.id)).card.last4, "4242");
});

for (const [number, then] of [["4000002500003155", null], ["4000002760003184", null], ["4000000000003220", null],
  ["4000008260003178", "insufficient_funds"], ["4000008400001629", "generic_decline"]])
  test(`card ${number} asks for 3-D Secure` + (then ? `, then ${then}` : ""), async () => {
    const pm = await stripe.paymentMethods.create({ type: "card", card: { number, exp_month: 12, exp_year: 2034, cvc: "123" } });
    const made = await intent({ confirm: true, payment_method: pm.id, return_url: "http://127.0.0.1:9/back?x=1" });
    assert.equal(made.status, "requires_action");
    assert.equal(made.next_action.type, "redirect_to_url");
    const url = made.next_action.redirect_to_url.url;
    const secret = new URL(url).searchParams.get("client_secret");
    assert.match((await page(url)).text, /<button[^>]*value="complete"/);
    assert.equal((await send(url, { client_secret: "wrong", result: "complete" })).status, 404);
    const back = await send(url, { client_secret: secret, result: "complete" });
    assert.equal(back.status, 303);
    const query = new URL(back.headers.get("location")).searchParams;
    assert.equal(query.get("x"), "1");
    assert.equal(query.get("payment_intent"), made.id);
    assert.equal(query.get("redirect_status"), then ? "failed" : "succeeded");
    const after = await stripe.paymentIntents.retrieve(made.id);
    assert.equal(after.status, then ? "requires_payment_method" : "succeeded");
    if (then) assert.equal(after.last_payment_error.decline_code, then);
  });

test("refunds: in parts, never more than was paid", async () => {
  const done = await paid();
  const part = await stripe.refunds.create({ payment_intent: done.id, amount: 1845, reason: "requested_by_customer", metadata: { refund_uid: "r1" } });
  assert.equal(part.status, "succeeded");
  assert.equal((await stripe.refunds.update(part.id, { metadata: { note: "n" } })).metadata.note, "n");
  await fails(stripe.refunds.create({ payment_intent: done.id, amount: 60001 }), "StripeInvalidRequestError");
  await stripe.refunds.create({ charge: done.latest_charge });
  const charge = await stripe.charges.retrieve(done.latest_charge);
  assert.equal(charge.amount_refunded, 61845);
  assert.equal(charge.refunded, true);
  await fails(stripe.refunds.create({ payment_intent: done.id }), "StripeInvalidRequestError", "charge_already_refunded");
  assert.equal((await stripe.refunds.list({ payment_intent: done.id })).data.length, 2);
  await fails(stripe.refunds.cancel(part.id), "StripeInvalidRequestError");
  await sim("act/refund_fail", { refund: part.id });
  assert.equal((await stripe.refunds.retrieve(part.id)).status, "failed");
  assert.equal((await stripe.charges.retrieve(done.latest_charge)).amount_refunded, 60000);
  await fails(stripe.refunds.create({ payment_intent: (await intent()).id }), "StripeInvalidRequestError", "charge_not_refundable");
});

test("the money of a charge ripens after two days of the simulated clock", async () => {
  const done = await paid({ expand: ["latest_charge"] });
  const id = done.latest_charge.balance_transaction;
  assert.equal((await stripe.balanceTransactions.retrieve(id)).status, "pending");
  const at_once = await paid({ payment_method: "pm_card_bypassPending", expand: ["latest_charge.balance_transaction"] });
  assert.equal(at_once.latest_charge.balance_transaction.status, "available");
  await sim("clock", { advance: 2 * 86400 });
  assert.equal((await stripe.balanceTransactions.retrieve(id)).status, "available");
  assert.equal((await stripe.balanceTransactions.list({ source: done.latest_charge.id })).data[0].id, id);
});

test("a host onboards: link, page, active", async () => {
  const account = await stripe.accounts.create({ country: "US", email: "host@example.com", business_type: "company",
    controller: { fees: { payer: "application" }, losses: { payments: "application" }, requirement_collection: "stripe", stripe_dashboard: { type: "express" } },
    capabilities: { transfers: { requested: true } }, business_profile: { mcc: "6513", url: "https://example.com" }, metadata: { app: "prep", host_uid: "h1" } });
  assert.equal(account.type, "express");
  assert.equal(account.capabilities.transfers, "inactive");
  assert.ok(account.requirements.currently_due.length > 0);
  await fails(stripe.accounts.createLoginLink(account.id), "StripeInvalidRequestError");
  const link = await stripe.accountLinks.create({ account: account.id, type: "account_onboarding", refresh_url: "http://127.0.0.1:9/refresh",
    return_url: "http://127.0.0.1:9/return", collection_options: { fields: "eventually_due" } });
  const visit = new URL((await page(link.url)).headers.get("location"), base).href;
  assert.equal((await page(link.url)).headers.get("location"), "http://127.0.0.1:9/refresh", "a link opens once");
  assert.match((await page(visit)).text, /no real money/i);
  const again = await send(visit, { legal_name: "", act: "submit" });
  assert.equal(again.status, 422);
  assert.equal((await send(visit, { act: "later" })).headers.get("location"), "http://127.0.0.1:9/return");
  assert.equal((await stripe.accounts.retrieve(account.id)).details_submitted, false);
  await send(visit, { legal_name: "Hot <Stoves>", business_type: "company", check: "slow", act: "submit" });
  const pending = await stripe.accounts.retrieve(account.id);
  assert.equal(pending.capabilities.transfers, "pending");
  assert.ok(pending.requirements.pending_verification.length > 0);
  await send(visit, { legal_name: "Hot <Stoves>", business_type: "company", check: "passed", act: "submit" });
  const active = await stripe.accounts.retrieve(account.id);
  assert.equal(active.capabilities.transfers, "active");
  assert.equal(active.payouts_enabled, true);
  assert.equal(active.requirements.disabled_reason, null);
  const login = await stripe.accounts.createLoginLink(account.id);
  assert.match((await page(login.url)).text, /Hot &lt;Stoves&gt;/);
  assert.equal((await stripe.accounts.update(account.id, { metadata: { k: "v" } })).metadata.k, "v");
  assert.equal((await stripe.accounts.list({ limit: 1 })).data[0].id, account.id);
  await sim("act/account", { account: account.id, standing: "open" });
  assert.equal((await stripe.accounts.retrieve(account.id)).capabilities.transfers, "inactive");
  await fails(stripe.accounts.retrieve("acct_nobody"), "StripePermissionError");
});

test("an old account link leads to its refresh_url", async () => {
  const account = await stripe.accounts.create({ type: "express", capabilities: { transfers: { requested: true } } });
  const link = await stripe.accountLinks.create({ account: account.id, type: "account_onboarding", refresh_url: "http://127.0.0.1:9/refresh", return_url: "http://127.0.0.1:9/return" });
  await sim("clock", { advance: 301 });
  assert.equal((await page(link.url)).headers.get("location"), "http://127.0.0.1:9/refresh");
});

const session = (more = {}) => stripe.checkout.sessions.create({
  mode: "payment", ui_mode: "hosted_page", submit_type: "book", client_reference_id: "BK9",
  line_items: [{ quantity: 2, price_data: { currency: "usd", unit_amount: 22500, product_data: { name: "Kitchen & <co>" } } },
    { quantity: 1, price_data: { currency: "usd", unit_amount: 16845, product_data: { name: "Fees" } } }],
  payment_intent_data: { transfer_group: "BK9", metadata: { booking_uid: "u9" } },
  success_url: "http://127.0.0.1:9/done?cs={CHECKOUT_SESSION_ID}", cancel_url: "http://127.0.0.1:9/back", ...more });
const typed = (number) => ({ email: "c@example.com", number, expiry: "12 / 34", cvc: "123" });

test("the hosted page knows the customer's address", async () => {
  const customer = await stripe.customers.create({ email: "known@example.com" });
  assert.match((await page((await session({ customer: customer.id })).url)).text, /value="known@example\.com"/);
});

test("the hosted page takes a card without script", async () => {
  const made = await session({ expand: ["line_items"] });
  assert.equal(made.amount_total, 61845);
  assert.equal(made.line_items.data.length, 2);
  assert.equal(made.payment_intent, null);
  const shown = await page(made.url);
  assert.match(shown.text, /\$618\.45/);
  assert.match(shown.text, /Kitchen &amp; &lt;co&gt;/);
  assert.doesNotMatch(shown.text, /<script/);
  const declined = await send(made.url, typed("4000000000000002"));
  assert.equal(declined.status, 422);
  assert.match(declined.text, /Your card was declined/);
  assert.doesNotMatch(declined.text, /4000000000000002/);
  const done = await send(made.url, typed("4242424242424242"));
  assert.equal(done.headers.get("location"), "http://127.0.0.1:9/done?cs=" + made.id);
  const after = await stripe.checkout.sessions.retrieve(made.id, { expand: ["payment_intent"] });
  assert.equal(after.status, "complete");
  assert.equal(after.payment_status, "paid");
  assert.equal(after.customer_details.email, "c@example.com");
  assert.equal(after.payment_intent.metadata.booking_uid, "u9");
  assert.equal(after.payment_intent.transfer_group, "BK9");
  assert.equal((await stripe.charges.list({ payment_intent: after.payment_intent.id })).data.length, 2);
  assert.equal((await page(made.url)).headers.get("location"), "http://127.0.0.1:9/done?cs=" + made.id);
  await fails(stripe.checkout.sessions.expire(made.id), "StripeInvalidRequestError");
});

test("the hosted page goes through 3-D Secure and back", async () => {
  const made = await session();
  for (const result of ["fail", "complete"]) {
    const away = (await send(made.url, typed("4000002500003155"))).headers.get("location");
    const back = await send(away, { client_secret: new URL(away).searchParams.get("client_secret"), result });
    assert.equal(back.headers.get("location"), made.url);
    if (result === "fail") assert.match((await page(made.url)).text, /unable to authenticate/);
  }
  assert.equal((await stripe.checkout.sessions.retrieve(made.id)).status, "complete");
});

test("an expired session takes no money, asked or by the clock", async () => {
  const made = await session();
  await send(made.url, typed("4000000000000002"));
  const [{ id }] = (await stripe.paymentIntents.list({ limit: 1 })).data;
  await fails(stripe.paymentIntents.cancel(id), "StripeInvalidRequestError", "payment_intent_unexpected_state");
  assert.equal((await stripe.checkout.sessions.expire(made.id)).status, "expired");
  assert.equal((await stripe.paymentIntents.retrieve(id)).status, "canceled");
  assert.equal((await page(made.url)).status, 410);
  assert.equal((await send(made.url, typed("4242424242424242"))).status, 410);
  const now = (await ask("GET", "/_sim/clock")).json.now;
  await fails(session({ expires_at: now + 1700 }), "StripeInvalidRequestError");
  await fails(session({ expires_at: now + 86500 }), "StripeInvalidRequestError");
  const slow = await session({ expires_at: now + 1900 });
  await sim("clock", { advance: 2000 });
  assert.equal((await page(slow.url)).status, 410);
  assert.ok((await stripe.checkout.sessions.list({ status: "expired" })).data.some((s) => s.id === slow.id));
});

test("lists page both ways", async () => {
  const group = "page-" + Date.now();
  for (let i = 0; i < 5; i++) await paid({ transfer_group: group });
  const all = (await stripe.charges.list({ transfer_group: group })).data.map((c) => c.id);
  assert.equal(all.length, 5);
  const first = await stripe.charges.list({ transfer_group: group, limit: 2 });
  assert.equal(first.has_more, true);
  const second = await stripe.charges.list({ transfer_group: group, limit: 2, starting_after: all[1] });
  assert.deepEqual(second.data.map((c) => c.id), all.slice(2, 4));
  const back = await stripe.charges.list({ transfer_group: group, limit: 2, ending_before: all[3] });
  assert.deepEqual(back.data.map((c) => c.id), all.slice(1, 3));
  assert.equal(back.has_more, true);
  const walked = [];
  for await (const charge of stripe.charges.list({ transfer_group: group, limit: 2 })) walked.push(charge.id);
  assert.deepEqual(walked, all);
  await fails(stripe.charges.list({ limit: 101 }), "StripeInvalidRequestError");
  await fails(stripe.charges.list({ starting_after: "ch_nobody" }), "StripeInvalidRequestError", "resource_missing");
  const { created } = await stripe.charges.retrieve(all[0]);
  assert.ok((await stripe.charges.list({ transfer_group: group, created: { gte: created } })).data.length >= 1);
  assert.equal((await stripe.charges.list({ transfer_group: group, created: { gt: created + 100 } })).data.length, 0);
});

test("wrong requests get Stripe's codes", async () => {
  await fails(intent({ amount: 49 }), "StripeInvalidRequestError", "amount_too_small");
  await fails(intent({ amount: 100000000 }), "StripeInvalidRequestError", "amount_too_large");
  await fails(intent({ amount: "12x" }), "StripeInvalidRequestError", "parameter_invalid_integer");
  await fails(intent({ colour: "red" }), "StripeInvalidRequestError", "parameter_unknown");
  await fails(stripe.paymentIntents.create({ amount: 500 }), "StripeInvalidRequestError", "parameter_missing");
  await fails(intent({ payment_method_types: ["card"] }), "StripeInvalidRequestError", "payment_method_types_no_longer_supported");
  await fails(intent({ automatic_payment_methods: { enabled: true } }), "StripeInvalidRequestError", "parameters_exclusive");
  await fails(intent({ customer: "cus_nobody" }), "StripeInvalidRequestError", "resource_missing");
  await fails(intent({ statement_descriptor: "PREP" }), "StripeInvalidRequestError");
  await fails(intent({ statement_descriptor_suffix: "a".repeat(23) }), "StripeInvalidRequestError");
  await fails(intent({ metadata: { ["k".repeat(41)]: "v" } }), "StripeInvalidRequestError");
  await fails(intent({ metadata: { k: "v".repeat(501) } }), "StripeInvalidRequestError");
  await fails(intent({ expand: ["amount"] }), "StripeInvalidRequestError");
  await fails(stripe.paymentIntents.retrieve("pi_nobody"), "StripeInvalidRequestError", "resource_missing");
  const unknown = await ask("GET", "/v1/unicorns");
  assert.equal(unknown.status, 404);
  assert.match(unknown.json.error.message, /^Unrecognized request URL \(GET: \/v1\/unicorns\)/);
});

test("what the sandbox leaves out it says", async () => {
  for (const more of [{ off_session: true }, { application_fee_amount: 5 }, { capture_method: "manual" }, { transfer_data: { destination: "acct_x" } }])
    await assert.rejects(intent(more), { type: "StripeInvalidRequestError", message: /^The sandbox does not support / });
  await assert.rejects(session({ automatic_tax: { enabled: true } }), /The sandbox does not support automatic_tax/);
});

test("every operation of the description is there", async () => {
  for (const [path, operations] of Object.entries(subset.paths))
    for (const method of Object.keys(operations)) {
      const { json } = await ask(method.toUpperCase(), path.replaceAll(/{\w+}/g, "nobody"), "");
      assert.doesNotMatch(json.error?.message ?? "", /Unrecognized request URL/, method + " " + path);
    }
});

test("only secret test keys open the API", async () => {
  for (const authorization of ["", "Bearer sk_live_x", "Bearer nonsense", "Bearer pk_test_x"]) {
    const answer = await ask("GET", "/v1/customers", "", { authorization });
    assert.equal(answer.status, 401, authorization);
  }
  assert.equal((await ask("GET", "/v1/customers", "", { authorization: "Bearer rk_test_x" })).status, 200);
  const old = await ask("GET", "/v1/customers", "", { "stripe-version": "2019-01-01" });
  assert.equal(old.status, 400);
});

test("every answer names its request and version", async () => {
  const answer = await ask("GET", "/v1/customers");
  assert.match(answer.headers.get("request-id"), /^req_/);
  assert.equal(answer.headers.get("stripe-version"), "2026-10-28.endive");
});

test("the sandbox answers under its own name only", async () => {
  const { hostname, port } = new URL(base);
  const status = await new Promise((resolve, reject) => {
    get({ hostname, port, path: "/v1/customers", headers: { host: "evil.example", authorization: "Bearer sk_test_x" } },
      (answer) => { answer.resume(); resolve(answer.statusCode); }).on("error", reject);
  });
  assert.equal(status, 421);
});

test("the dump shows every object, also of connected accounts", async () => {
  const { id: stripeAccount } = await host();
  const made = await stripe.customers.create({ name: "Dumped" }, { stripeAccount });
  await fails(stripe.customers.create({ name: "x" }, { stripeAccount: "acct_nobody" }), "StripePermissionError", "account_invalid");
  const { json } = await ask("GET", "/_sim/dump");
  assert.ok(json.customer.some((c) => c.id === made.id));
  assert.ok(json.event.length > 0);
  assert.deepEqual(Object.keys((await ask("GET", "/_sim/dump", "kind=customer")).json), ["customer"]);
});

test("events are listed for 30 days", async () => {
  const customer = await stripe.customers.create({ name: "Old" });
  const find = async () => (await stripe.events.list({ type: "customer.created", limit: 100 })).data.find((e) => e.data.object.id === customer.id);
  const event = await find();
  await sim("clock", { advance: 30 * 86400 + 1 });
  assert.equal(await find(), undefined);
  assert.equal((await stripe.events.retrieve(event.id)).id, event.id);
});
