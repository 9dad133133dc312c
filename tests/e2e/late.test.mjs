// When the time for paying runs out: the page says so, somebody else can have the time, and
// Stripe's page that was left open takes no money any more.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { closeBrowser, look, noErrors, openBrowser, openPerson } from "./lib.mjs";
import { mailsTo, readMail } from "./mail.mjs";
import { awaitConfirmed, dayAhead, goToHosted, hold, logIn, payHosted } from "./people.mjs";
import { startStack } from "./stack.mjs";

const HOLD_S = 10;
let stack, browser;
before(async () => {
  [stack, browser] = await Promise.all([startStack({ conf: { hold_s: HOLD_S }, demo: true, places: true }), openBrowser()]);
});
after(async () => {
  await closeBrowser(browser, "late");
  await stack?.stop();
});

test("a hold that runs out frees the time, and its open payment page ends", async () => {
  const [slow, quick] = await Promise.all([openPerson(browser, stack), openPerson(browser, stack)]);
  assert.equal(await logIn(slow, "vendor@demo.test", "copper kettle seven"), 200);
  assert.equal(await logIn(quick, "vendor2@demo.test", "copper kettle seven"), 200);
  await slow.page.goto(`/search?where=Austin%2C+TX&date=${dayAhead(4)}&hours=3`);
  const quote = await slow.page.locator(".kitchen h3 a").first().getAttribute("href");
  await slow.page.goto(quote);
  const first = await hold(slow);
  const waiting = await slow.context.newPage(); // another tab, left open
  await waiting.goto(`/checkout/${first}`);
  await goToHosted(slow);

  // Held: the other one is told that it is gone; then the countdown ends and it is free.
  await quick.page.goto(quote);
  assert.equal(await quick.page.getByRole("button", { name: /^Book for/ }).count(), 0);
  await waiting.getByRole("heading", { name: "The time for paying has run out" }).waitFor({ timeout: (HOLD_S + 20) * 1000 });
  await look({ page: waiting }, "checkout-over");
  await quick.page.goto(quote);
  const second = await hold(quick);
  await goToHosted(quick);
  await payHosted(quick, "4242 4242 4242 4242");
  await awaitConfirmed(quick, second);
  await readMail(stack, "vendor2@demo.test", /^Booked:/);

  await payHosted(slow, "4242 4242 4242 4242", stack.stripe);
  await slow.page.getByRole("heading", { name: "This payment page has ended" }).waitFor();
  assert.deepEqual(mailsTo(stack, "vendor@demo.test"), []);
  await slow.page.goto(`/checkout/${first}/return`);
  await slow.page.getByRole("heading", { name: "The time for paying has run out" }).waitFor();
  await noErrors(slow, /status of 410/);
  await noErrors(quick);
});
