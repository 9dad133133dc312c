// The journey as people walk it: a host lists a kitchen, staff approve it, a vendor finds,
// books and pays it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { closeBrowser, journey, look, noErrors, openBrowser, openPerson, picture, press } from "./lib.mjs";
import { readMail } from "./mail.mjs";
import {
  askPrice, awaitConfirmed, closeDay, connectStripe, dayAhead, describeKitchen, goToHosted, hold, makeAdmin, PAPERS, payByCard, sendPaper,
  setHours, signUp,
} from "./people.mjs";
import { startStack } from "./stack.mjs";

const step = journey(test);
let stack, browser, host, admin, vendor;
let kitchen; // id of the listing
before(async () => {
  [stack, browser] = await Promise.all([startStack({ places: true }), openBrowser()]);
  [host, admin, vendor] = await Promise.all([1, 2, 3].map(() => openPerson(browser, stack)));
});
after(async () => {
  await closeBrowser(browser, "journey");
  await stack?.stop();
});

step("a host describes a kitchen, its station and its hours", async () => {
  const { page } = host;
  await signUp(host, { email: "hanna@example.com", name: "Hanna Oakes", role: "host" });
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Listings" }).click();
  await picture(host, "listings-empty");
  kitchen = await describeKitchen(host, { title: "Oak Street Commissary" });
  await picture(host, "listing-edit");
  await page.getByLabel("Name of a new station").fill("Pastry corner");
  await page.getByLabel("Hourly rate in dollars").fill("30");
  assert.equal(await press(page, "Add the station"), 200);
  await setHours(host, kitchen);
  await closeDay(host, kitchen, dayAhead(30), "Deep cleaning");
  await picture(host, "availability");
  assert.match(await page.locator("#exceptions").textContent(), /Deep cleaning/);
  await noErrors(host);
});

step("the host adds a photo, which comes back without its secrets and in three sizes", async () => {
  const { page } = host;
  await page.goto(`/host/listings/${kitchen}/photos`);
  const photo = readFileSync(new URL("../fixtures/photos/rotated-gps.jpg", import.meta.url));
  await page.locator("[name=photos]").setInputFiles({ name: "line.jpg", mimeType: "image/jpeg", buffer: photo });
  assert.equal(await press(page, "Add"), 200);
  await page.getByLabel("What photo 1 shows").fill("The line and the ovens");
  assert.equal(await press(page, /^Save these words/), 200);
  await picture(host, "photos");
  const shown = page.getByRole("img", { name: "The line and the ovens" });
  await page.waitForFunction((el) => el.complete && el.naturalWidth > 0, await shown.elementHandle());
  const file = await host.context.request.get(await shown.getAttribute("src"));
  assert.equal(file.status(), 200);
  assert.ok(!(await file.body()).includes("SecretCamera"));
  await noErrors(host);
});

step("the host sends papers, connects with Stripe and asks for approval", async () => {
  const { page } = host;
  for (const kind of PAPERS) assert.equal(await sendPaper(host, kitchen, kind), 200);
  await picture(host, "documents");
  await connectStripe(host, kitchen);
  await page.getByText("Stripe is ready:").waitFor();
  await picture(host, "host-stripe");
  await page.goto(`/host/listings/${kitchen}/edit`);
  assert.equal(await press(page, "Send for approval"), 200);
  await page.getByText("Waiting").first().waitFor();
  await noErrors(host);
});

step("staff ask for a change, then approve the papers and the listing", async () => {
  const { page } = admin;
  await makeAdmin(admin, "ada@example.com");
  await page.goto("/admin");
  await picture(admin, "admin");
  await page.getByRole("link", { name: "Oak Street Commissary" }).first().click();
  assert.equal(await press(page, /changes/i), 422); // a no needs a reason
  await look(admin, "admin-listing-error");
  await page.getByLabel("Reason").fill("Please add what the oven can do.");
  assert.equal(await press(page, /changes/i), 200);
  const mail = await readMail(stack, "hanna@example.com", /Oak Street/);
  assert.match(mail.text, /what the oven can do/);
  await host.page.goto(`/host/listings/${kitchen}/edit`);
  await host.page.getByText("what the oven can do").first().waitFor();
  await host.page.getByLabel("Certifications").fill("Gluten-free room");
  assert.equal(await press(host.page, "Save"), 200);
  assert.equal(await press(host.page, "Send for approval"), 200);

  for (const kind of PAPERS) {
    await page.goto("/admin/documents");
    await page.getByRole("link", { name: kind }).click();
    if (kind === PAPERS[0]) {
      await picture(admin, "admin-document");
      const file = await admin.context.request.get(await page.getByRole("link", { name: "Open the file" }).getAttribute("href"));
      assert.equal(file.status(), 200);
      assert.match(file.headers()["content-type"], /^application\/pdf/);
      assert.match(file.headers()["content-security-policy"], /sandbox/);
    }
    assert.equal(await press(page, "Approve"), 200);
  }
  await page.goto(`/admin/listings/${kitchen}`);
  await picture(admin, "admin-listing");
  assert.equal(await press(page, /^Approve/), 200);
  await host.page.goto(`/host/listings/${kitchen}/edit`);
  await host.page.getByText("This kitchen can be booked.").waitFor();
  await noErrors(host);
  await noErrors(admin);
});

step("a vendor finds the kitchen with its earliest start and its price, and pays by card", async (t) => {
  const { page } = vendor;
  const day = dayAhead(3);
  await signUp(vendor, { email: "vera@example.com", name: "Vera Stone", role: "vendor" });
  const quote = await askPrice(vendor, { title: "Oak Street Commissary", day });
  for (const amount of ["$450.00", "$25.00", "$95.00", "$48.45", "$618.45"]) assert.ok(quote.includes(amount), `${amount} in ${quote}`);
  await picture(vendor, "kitchen");
  await page.getByRole("button", { name: "Book for $618.45" }).waitFor();
  const begin = Date.now();
  const booking = await hold(vendor);
  await page.frameLocator("#card iframe").getByLabel("Card number").waitFor();
  await payByCard(vendor, "4242424242424242");
  await awaitConfirmed(vendor, booking);
  const seconds = (Date.now() - begin) / 1000;
  t.diagnostic(`from the button "Book" to the confirmed booking: ${seconds} s`);
  assert.ok(seconds < 15, "the budget is 5 s on a quiet machine");
  await look(vendor, "booking-confirmed");
  assert.match(await page.getByRole("main").textContent(), /12 Congress Avenue/);

  const mail = await readMail(stack, "vera@example.com", /^Booked: Oak Street Commissary/);
  assert.match(mail.text, /\$618\.45/);
  assert.match(mail.text, /Side door, past the bins/);
  const ics = mail.parts.find((part) => /text\/calendar/.test(part.type)).text;
  assert.match(ics, /BEGIN:VEVENT[\s\S]*SUMMARY:[^\r]*Oak Street[\s\S]*STATUS:CONFIRMED/);
  assert.match(ics, new RegExp(`DTSTART:${day.replaceAll("-", "")}T1[56]0000Z`)); // 10:00 in Chicago
  const told = await readMail(stack, "hanna@example.com", /^New booking: Oak Street Commissary/);
  assert.match(told.text, /\$385\.00/);
  await noErrors(vendor);
});

step("both see it: notices, the host's list, a message and its answer", async () => {
  const { page } = vendor;
  await page.getByRole("link", { name: "Messages" }).last().click();
  await page.getByLabel("Your message").fill("May we bring a second mixer?\nIt is small.");
  assert.equal(await press(page, "Send"), 200);
  assert.match((await readMail(stack, "hanna@example.com", /wrote about/)).text, /second mixer/);
  await host.page.goto("/notices");
  await host.page.getByText(/Vera Stone/).first().waitFor();
  await picture(host, "notices");
  await host.page.goto("/messages");
  await host.page.getByRole("link", { name: /Vera Stone/ }).first().click();
  await host.page.getByText("second mixer").waitFor();
  const link = `https://example.com/${"outletsandplugs".repeat(6)}`;
  await host.page.getByLabel("Your message").fill(`Yes, there is an outlet by the window. ${link}`);
  assert.equal(await press(host.page, "Send"), 200);
  await look(host, "thread");
  await page.reload();
  await page.getByText("outlet by the window").waitFor();
  await host.page.goto("/host/bookings");
  assert.match(await host.page.getByRole("main").textContent(), /Oak Street Commissary[\s\S]*\$385\.00/);
  await noErrors(host);
  await noErrors(vendor);
});

step("the time is gone for others; a declined card changes nothing and a second one pays", async () => {
  const { page } = vendor;
  const taken = await openPerson(browser, stack);
  await taken.page.goto(`/search?where=Austin%2C+TX&date=${dayAhead(3)}&start=10:00&hours=9`);
  assert.equal(await taken.page.locator(".kitchen").count(), 0);
  await noErrors(taken);
  await taken.close();

  await askPrice(vendor, { title: "Oak Street Commissary", day: dayAhead(4) });
  const booking = await hold(vendor);
  await payByCard(vendor, "4000000000009995");
  await page.getByText(/insufficient funds/i).first().waitFor();
  await look(vendor, "checkout-declined");
  await payByCard(vendor, "4242424242424242");
  await awaitConfirmed(vendor, booking);
  await noErrors(vendor);
});

step("3-D Secure: the bank asks, refuses once, then agrees", async () => {
  const { page } = vendor;
  await askPrice(vendor, { title: "Oak Street Commissary", day: dayAhead(5) });
  const booking = await hold(vendor);
  await payByCard(vendor, "4000002500003155");
  const bank = page.frameLocator("iframe[name=stripe-challenge-frame]");
  await bank.getByRole("button", { name: "Fail" }).click();
  await page.locator("#card-error:not(:empty)").waitFor();
  await payByCard(vendor, "4000002500003155");
  await bank.getByRole("button", { name: "Complete" }).click();
  await awaitConfirmed(vendor, booking);
  await noErrors(vendor);
});

step("a card form that was overtaken in another tab says so, and one goes on", async () => {
  const { page } = vendor;
  await askPrice(vendor, { title: "Oak Street Commissary", day: dayAhead(9) });
  const booking = await hold(vendor);
  await page.frameLocator("#card iframe").getByLabel("Card number").waitFor();
  const other = { ...vendor, page: await vendor.context.newPage() };
  await other.page.goto(`/checkout/${booking}`);
  await goToHosted(other); // ends the payment that the first tab's form is for
  await payByCard(vendor, "4242424242424242");
  await page.getByText("in another tab").waitFor();
  assert.ok(await page.locator("#card-form").isHidden(), "a form that takes no card is not shown");
  await look(vendor, "checkout-overtaken");
  await other.page.goto(`/checkout/${booking}`);
  await page.getByRole("link", { name: "Open this page again" }).click();
  await page.frameLocator("#card iframe").getByLabel("Card number").waitFor();
  await other.page.reload(); // now both have a form for one payment, and both pay
  await other.page.frameLocator("#card iframe").getByLabel("Card number").waitFor();
  await payByCard(other, "4242424242424242");
  await awaitConfirmed(other, booking);
  await payByCard(vendor, "4242424242424242");
  await awaitConfirmed(vendor, booking);
  await other.page.close();
  await noErrors(vendor, /status of 400/);
});

step("who gives the time up frees it at once", async () => {
  const { page } = vendor;
  await askPrice(vendor, { title: "Oak Street Commissary", day: dayAhead(6) });
  await hold(vendor);
  await page.getByRole("button", { name: "I don't want it after all" }).click();
  const answer = page.waitForURL("**/bookings");
  await page.getByRole("button", { name: "Give it up" }).click();
  await answer;
  const quote = await askPrice(vendor, { title: "Oak Street Commissary", day: dayAhead(6) });
  assert.match(quote, /\$618\.45/);
  await noErrors(vendor);
});

step("where the host wants to be asked, the host says no, then yes, and the vendor pays", async () => {
  const { page } = vendor;
  await host.page.goto(`/host/listings/${kitchen}/edit`);
  await host.page.getByLabel(/Ask me first/).check();
  assert.equal(await press(host.page, "Save"), 200);
  const ask = async (day) => {
    await askPrice(vendor, { title: "Oak Street Commissary", day });
    assert.equal(await press(page, "Ask for this time"), 200);
    await host.page.goto("/host/bookings");
    await host.page.getByText("Waiting for your answer").waitFor();
  };
  await ask(dayAhead(7));
  await picture(host, "host-bookings");
  await host.page.getByLabel("Reason").fill("We are away that day.");
  assert.equal(await press(host.page, /^Decline/), 200);
  assert.match((await readMail(stack, "vera@example.com", /^Not this time/)).text, /away that day/);
  await ask(dayAhead(8));
  assert.equal(await press(host.page, /^Accept/), 200);
  const mail = await readMail(stack, "vera@example.com", /^Yes: Oak Street/);
  const pays = mail.links[0];
  await page.goto(pays.replace("/checkout/", "/bookings/"));
  await page.getByRole("link", { name: "Pay now" }).waitFor();
  await look(vendor, "booking-accepted");
  await page.goto(pays);
  await payByCard(vendor, "4242424242424242");
  await page.waitForURL(/\/bookings\/\d+$/);
  await page.locator(".pill--confirmed").first().waitFor();
  await noErrors(host);
  await noErrors(vendor);
});
