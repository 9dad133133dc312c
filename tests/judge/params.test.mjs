// Accepts and refuses what the API description accepts and refuses: the calls that
// the application plans, and many mutations of them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, subset } from "./sandbox.mjs";
import { checkRequest } from "./stripe-check.mjs";

const planned = [
  ["POST", "/v1/accounts", "country=US&email=h%40example.com&business_type=company&controller[fees][payer]=application&controller[losses][payments]=application&controller[requirement_collection]=stripe&controller[stripe_dashboard][type]=express&capabilities[transfers][requested]=true&business_profile[mcc]=6513&business_profile[url]=https%3A%2F%2Fexample.com&metadata[app]=prep&metadata[host_uid]=h1"],
  ["POST", "/v1/account_links", "account=acct_x&type=account_onboarding&refresh_url=https%3A%2F%2Fexample.com%2Fr&return_url=https%3A%2F%2Fexample.com%2Fb&collection_options[fields]=eventually_due"],
  ["GET", "/v1/accounts/acct_x", ""],
  ["POST", "/v1/accounts/acct_x/login_links", ""],
  ["POST", "/v1/customers", "email=v%40example.com&name=Ann&metadata[app]=prep&metadata[user_uid]=u1"],
  ["POST", "/v1/payment_intents", "amount=61845&currency=usd&allowed_payment_method_types[0]=card&transfer_group=BK1&description=Kitchen%20rental&statement_descriptor_suffix=BK1&receipt_email=v%40example.com&metadata[app]=prep&metadata[booking_uid]=u1&metadata[attempt]=1"],
  ["GET", "/v1/payment_intents/pi_x", "expand[0]=latest_charge"],
  ["POST", "/v1/payment_intents/pi_x/cancel", "cancellation_reason=abandoned"],
  ["GET", "/v1/payment_intents", "customer=cus_x&limit=100&created[gte]=1700000000"],
  ["POST", "/v1/checkout/sessions", "mode=payment&ui_mode=hosted_page&submit_type=book&line_items[0][quantity]=1&line_items[0][price_data][currency]=usd&line_items[0][price_data][unit_amount]=61845&line_items[0][price_data][product_data][name]=Kitchen&payment_intent_data[transfer_group]=BK1&payment_intent_data[metadata][booking_uid]=u1&client_reference_id=BK1&success_url=https%3A%2F%2Fexample.com%2Fok%3Fcs%3D%7BCHECKOUT_SESSION_ID%7D&cancel_url=https%3A%2F%2Fexample.com%2Fno"],
  ["GET", "/v1/checkout/sessions/cs_x", ""],
  ["POST", "/v1/checkout/sessions/cs_x/expire", ""],
  ["GET", "/v1/charges/ch_x", "expand[0]=balance_transaction"],
  ["POST", "/v1/refunds", "payment_intent=pi_x&amount=1000&reason=requested_by_customer&metadata[refund_uid]=r1"],
  ["GET", "/v1/refunds", "payment_intent=pi_x&limit=100"],
  ["GET", "/v1/events", "created[gte]=1700000000&limit=100&types[0]=payment_intent.succeeded&types[1]=refund.failed"],
  ["GET", "/v1/balance_transactions", "created[gte]=1700000000&created[lt]=1700086400&limit=100&type=charge"],
  ["POST", "/v1/transfers", "amount=50000&currency=usd&destination=acct_x&source_transaction=ch_x&transfer_group=BK1&metadata[app]=prep&metadata[transfer_uid]=x1"],
  ["GET", "/v1/transfers", "transfer_group=BK1&limit=100"],
  ["GET", "/v1/transfers", "destination=acct_x&created[gte]=1700000000"],
  ["GET", "/v1/transfers/tr_x", "expand[0]=balance_transaction"],
  ["POST", "/v1/transfers/tr_x", "description=d&metadata[k]=v"],
  ["POST", "/v1/transfers/tr_x/reversals", "amount=1000&metadata[rev_uid]=r1"],
  ["GET", "/v1/transfers/tr_x/reversals", "limit=100"],
  ["GET", "/v1/transfers/tr_x/reversals/trr_x", ""],
  ["GET", "/v1/disputes/du_x", "expand[0]=charge"],
  ["GET", "/v1/disputes", "payment_intent=pi_x&limit=100"],
  ["POST", "/v1/disputes/du_x", "evidence[access_activity_log]=door&evidence[uncategorized_text]=t&evidence[service_date]=2026-11-25&submit=true&metadata[submission]=s1"],
  ["POST", "/v1/disputes/du_x/close", ""],
  ["POST", "/v1/payouts", "amount=1000&currency=usd&metadata[k]=v"],
  ["GET", "/v1/payouts", "status=failed&limit=100"],
  ["POST", "/v1/payouts/po_x/cancel", ""],
  ["GET", "/v1/balance", ""],
  ["POST", "/v1/balance_settings", "payments[payouts][schedule][interval]=manual&payments[payouts][minimum_balance_by_currency][usd]=5000"],
  ["POST", "/v1/accounts/acct_x/reject", "reason=fraud_other"],
  ["POST", "/v1/webhook_endpoints", "url=http%3A%2F%2F127.0.0.1%3A9%2Fhook&enabled_events[0]=payment_intent.succeeded&api_version=2026-10-28.endive&connect=true"],
];

// A refusal by the description comes before anything is executed, so its key keeps
// no answer; a refusal by the rules of the operation is kept and comes again.
let count = 0;
const limits = /limit must be between/;
async function refusedByDescription(method, path, form) {
  const headers = { "idempotency-key": `params-${Date.now()}-${count++}` };
  const first = await ask(method, path, form, headers);
  if (first.status !== 400) return false;
  if (method === "GET") return !limits.test(first.json.error.message) && first.json.error.code !== "resource_missing";
  return (await ask(method, path, form, headers)).headers.get("idempotent-replayed") === null;
}

function* mutations(form) {
  yield form;
  yield form + (form ? "&" : "") + "colour=red";
  yield form + (form ? "&" : "") + "metadata=x";
  yield form + (form ? "&" : "") + "payment_method_types[0]=card";
  yield form + (form ? "&" : "") + "expand=x";
  const pairs = form.split("&").filter(Boolean);
  for (let i = 0; i < pairs.length; i++) {
    const [key] = pairs[i].split("=");
    const others = pairs.filter((_, j) => j !== i);
    yield others.join("&"); // without
    for (const value of ["", "x", "-1", "1.5", "true", "9007199254740991", "usd", "0"])
      yield [...others, key + "=" + value].join("&");
    yield [...others, key + "[z]=1"].join("&"); // one deeper
    yield [...others, key + "[0]=1"].join("&");
    if (key.includes("[")) yield [...others, key.slice(0, key.indexOf("[")) + "=y"].join("&"); // one shallower
  }
}

for (const [method, path, form] of planned)
  test(`${method} ${path}: planned, and its mutations`, async () => {
    assert.deepEqual(checkRequest(subset, method, path, form), []);
    for (const one of mutations(form)) {
      const wrong = checkRequest(subset, method, path, one);
      const refused = await refusedByDescription(method, path, one);
      assert.equal(refused, wrong.length > 0, `${one}: ${wrong[0] ?? "is fine"}`);
    }
  });
