// The whole journey again in a browser that runs no script; the card goes into Stripe's own page.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { closeBrowser, journey, noErrors, openBrowser, openPerson, press } from "./lib.mjs";
import { readMail } from "./mail.mjs";
import {
  approve, askPrice, awaitConfirmed, closeDay, connectStripe, dayAhead, describeKitchen, goToHosted, hold, makeAdmin, PAPERS, payHosted,
  sendPaper, setHours, signUp,
} from "./people.mjs";
import { startStack } from "./stack.mjs";

const step = journey(test);
let stack, browser, kitchen;
before(async () => {
  [stack, browser] = await Promise.all([startStack({ places: true }), openBrowser()]);
});
after(async () => {
  await closeBrowser(browser, "noscript");
  await stack?.stop();
});

const title = "Plain Street Bakery";

step("a host lists a kitchen without script", async () => {
  const host = await openPerson(browser, stack, { script: false });
  await signUp(host, { email: "hal@example.com", name: "Hal Plain", role: "host" });
  kitchen = await describeKitchen(host, { title });
  await setHours(host, kitchen);
  await closeDay(host, kitchen, dayAhead(20), "Inventory");
  for (const kind of PAPERS) assert.equal(await sendPaper(host, kitchen, kind), 200);
  await connectStripe(host, kitchen);
  assert.equal(await press(host.page, "Ask Stripe how it stands"), 200);
  await host.page.getByText("Stripe is ready:").waitFor();
  await host.page.goto(`/host/listings/${kitchen}/edit`);
  assert.equal(await press(host.page, "Send for approval"), 200);
  await noErrors(host);
  await host.close();
});

step("staff approve it without script", async () => {
  const admin = await openPerson(browser, stack, { script: false });
  await makeAdmin(admin, "ann@example.com");
  await approve(admin, kitchen);
  await noErrors(admin);
  await admin.close();
});

step("a vendor books it, pays on Stripe's page and comes back to a confirmed booking", async () => {
  const vendor = await openPerson(browser, stack, { script: false });
  const { page } = vendor;
  await signUp(vendor, { email: "vic@example.com", name: "Vic Stone", role: "vendor" });
  assert.match(await askPrice(vendor, { title, day: dayAhead(3) }), /\$618\.45/);
  const booking = await hold(vendor);
  assert.ok(await page.locator("#card-form").isHidden());
  await goToHosted(vendor);
  await payHosted(vendor, "4242 4242 4242 4242");
  await awaitConfirmed(vendor, booking); // the page looks again by itself, without script
  await readMail(stack, "vic@example.com", /^Booked: Plain Street Bakery/);
  await noErrors(vendor);
  await vendor.close();
});
