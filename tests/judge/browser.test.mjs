// The stand-in for stripe.js in a real browser, under the policy of the real page.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { base, listen, stripe } from "./sandbox.mjs";

const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find(existsSync);
const options = { skip: executablePath ? false : "no chromium on this machine" };

const script = `
const stripe = Stripe("pk_test_judge");
const elements = stripe.elements({ clientSecret: document.body.dataset.secret, appearance: { theme: "stripe", variables: { colorPrimary: "#0a7d4f" } } });
const payment = elements.create("payment");
payment.on("ready", () => { document.body.dataset.ready = "yes"; });
payment.on("change", (e) => { document.body.dataset.complete = String(e.complete); });
payment.mount("#payment");
document.getElementById("pay").addEventListener("click", async () => {
  document.getElementById("said").textContent = "";
  const submitted = await elements.submit();
  const { error } = submitted.error ? submitted : await stripe.confirmPayment({
    elements, confirmParams: { return_url: location.origin + "/back?a=1" } });
  document.getElementById("said").textContent = error.type + " " + (error.decline_code || error.code);
});
document.getElementById("look").addEventListener("click", async () => {
  const { paymentIntent } = await stripe.retrievePaymentIntent(document.body.dataset.secret);
  document.getElementById("said").textContent = paymentIntent.status;
});
`;
const policy = `default-src 'none'; script-src 'self' ${base}; frame-src ${base}; connect-src 'self' ${base}; style-src 'self'; base-uri 'none'`;

let browser, shop, secret;

before(async () => {
  if (!executablePath) return;
  browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  shop = await listen((request, _, response) => {
    if (request.url === "/shop.js") {
      response.writeHead(200, { "content-type": "text/javascript" }).end(script);
    } else {
      response.writeHead(200, { "content-type": "text/html; charset=utf-8", "content-security-policy": policy })
        .end(`<!DOCTYPE html><html lang="en"><title>Shop</title><body data-secret="${secret}">
<div id="payment"></div><button id="pay">Pay</button><button id="look">Look</button><p id="said"></p>
<script src="${base}/endive/stripe.js"></script><script src="/shop.js"></script></body></html>`);
    }
  });
});

after(async () => {
  if (browser) await browser.close();
  if (shop) shop.close();
});

async function open(t) {
  const intent = await stripe.paymentIntents.create({ amount: 61845, currency: "usd", allowed_payment_method_types: ["card"] });
  secret = intent.client_secret;
  const page = await browser.newPage();
  t.after(() => page.close());
  const complaints = [];
  page.on("console", (message) => { if (message.type() === "error" && !/favicon/.test(message.text() + message.location().url)) complaints.push(message.text()); });
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.goto(shop.url + "/");
  await page.waitForSelector("body[data-ready=yes]");
  const frame = page.frameLocator("#payment iframe");
  const pay = async (number) => {
    await frame.getByLabel("Card number").fill("");
    await frame.getByLabel("Card number").pressSequentially(number);
    await frame.getByLabel("Expiration").fill("");
    await frame.getByLabel("Expiration").pressSequentially("1234");
    await frame.getByLabel("Security code").fill("123");
    await page.click("#pay");
  };
  return { intent, page, frame, pay, complaints };
}

async function assertBack(page, intent, complaints) {
  await page.waitForURL(/\/back\?/);
  const query = new URL(page.url()).searchParams;
  assert.equal(query.get("a"), "1");
  assert.equal(query.get("payment_intent"), intent.id);
  assert.equal(query.get("payment_intent_client_secret"), intent.client_secret);
  assert.equal(query.get("redirect_status"), "succeeded");
  assert.equal((await stripe.paymentIntents.retrieve(intent.id)).status, "succeeded");
  assert.deepEqual(complaints, []);
}

const said = (page, text) => page.waitForFunction((t) => document.getElementById("said").textContent === t, text);

test("a card pays and the page goes to its return_url", options, async (t) => {
  const { intent, page, pay, complaints } = await open(t);
  await pay("4242424242424242");
  await assertBack(page, intent, complaints);
});

test("an empty form says what is missing and sends nothing", options, async (t) => {
  const { intent, page, frame } = await open(t);
  await page.click("#pay");
  await said(page, "validation_error incomplete_number");
  assert.match(await frame.locator("#number-error").textContent(), /incomplete/);
  assert.equal((await stripe.paymentIntents.retrieve(intent.id)).latest_charge, null);
});

test("after a decline a second card pays the same payment intent", options, async (t) => {
  const { intent, page, pay, complaints } = await open(t);
  await pay("4000000000009995");
  await said(page, "card_error insufficient_funds");
  await page.click("#look");
  await said(page, "requires_payment_method");
  complaints.length = 0; // the browser logs each 402
  await pay("4242424242424242");
  await assertBack(page, intent, complaints);
});

test("3-D Secure: failed first, then completed", options, async (t) => {
  const { intent, page, pay, complaints } = await open(t);
  await pay("4000002500003155");
  const bank = page.frameLocator("iframe[name=stripe-challenge-frame]");
  await bank.getByRole("button", { name: "Fail" }).click();
  await said(page, "invalid_request_error payment_intent_authentication_failure");
  await pay("4000000000003220");
  await bank.getByRole("button", { name: "Complete" }).click();
  await assertBack(page, intent, complaints);
});

test("3-D Secure passed, card declined all the same", options, async (t) => {
  const { page, pay } = await open(t);
  await pay("4000008260003178");
  await page.frameLocator("iframe[name=stripe-challenge-frame]").getByRole("button", { name: "Complete" }).click();
  await said(page, "card_error insufficient_funds");
});
