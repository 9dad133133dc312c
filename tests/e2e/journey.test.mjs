// The journey as people walk it: a host lists a kitchen, staff approve it, a vendor finds,
// books and pays it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { look, noErrors, openBrowser, openPerson, press } from "./lib.mjs";
import { readMail } from "./mail.mjs";
import { closeDay, dayAhead, describeKitchen, setHours, signUp } from "./people.mjs";
import { startStack } from "./stack.mjs";

let stack, browser, host;
let kitchen; // id of the listing
before(async () => {
  [stack, browser] = await Promise.all([startStack({ places: true }), openBrowser()]);
  host = await openPerson(browser, stack);
});
after(async () => {
  await browser?.close();
  await stack?.stop();
});

test("a host describes a kitchen, its station and its hours", async () => {
  const { page } = host;
  await signUp(host, { email: "hanna@example.com", name: "Hanna Oakes", role: "host" });
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Listings" }).click();
  await look(host, "listings-empty");
  kitchen = await describeKitchen(host, { title: "Oak Street Commissary" });
  await look(host, "listing-edit");
  await page.getByLabel("Name of a new station").fill("Pastry corner");
  await page.getByLabel("Hourly rate in dollars").fill("30");
  assert.equal(await press(page, "Add the station"), 200);
  await setHours(host, kitchen);
  await closeDay(host, kitchen, dayAhead(30), "Deep cleaning");
  await look(host, "availability");
  assert.match(await page.locator("#exceptions").textContent(), /Deep cleaning/);
  await noErrors(host);
});
