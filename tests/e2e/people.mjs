// What people do on the site, as steps that several tests take.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { press } from "./lib.mjs";
import { readMail } from "./mail.mjs";

export const PASSWORD = "seven quiet copper pots";

export async function fillSignUp(person, { email, name, role }) {
  const { page } = person;
  await page.goto("/signup");
  await page.getByLabel(role === "host" ? /list/i : /rent/i).check();
  await page.getByLabel("Your name").fill(name);
  await page.getByLabel("Business name").fill(`${name}'s`);
  await page.getByLabel("Phone").fill("+1 512 555 0100");
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByLabel(/I am 18 or older/).check();
}

export async function logIn(person, email, password = PASSWORD) {
  const { page } = person;
  await page.goto("/login");
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(password);
  return press(page, "Log in", page.getByRole("main"));
}

// From nothing to the dashboard: form, mail, link, button.
export async function signUp(person, who) {
  const { page, stack } = person;
  await fillSignUp(person, who);
  assert.equal(await press(page, "Make my account"), 200);
  const mail = await readMail(stack, who.email, /Confirm/);
  await page.goto(mail.links[0]);
  assert.equal(await press(page, "Yes, this is my address"), 200);
  assert.equal(new URL(page.url()).pathname, "/dashboard");
}

// The day N days from now as the kitchens of the tests see it, YYYY-MM-DD.
export function dayAhead(n, zone = "America/Chicago") {
  return new Intl.DateTimeFormat("en-CA", { timeZone: zone }).format(new Date(Date.now() + n * 86400000));
}

// Fills the form of a new kitchen and saves the draft; gives its id. The price is that of the
// worked example in the README: 9 hours are $618.45 all in.
export async function describeKitchen(person, { title }) {
  const { page } = person;
  await page.goto("/host/listings/new");
  await page.getByLabel("Title").fill(title);
  await page.getByLabel("Kind of kitchen").selectOption("commissary");
  await page.getByLabel("Description").fill("A bright kitchen with a **steady** oven.\n\n- dock door\n- floor drains\n");
  await page.getByLabel("Square feet").fill("1200");
  await page.getByLabel("People at once").first().fill("6");
  await page.getByLabel("Street address").fill("12 Congress Avenue");
  await page.getByLabel("City").fill("Austin");
  await page.getByLabel("State").selectOption({ label: "Texas" });
  await page.getByLabel("ZIP code").fill("78701");
  await page.getByLabel("Latitude").fill("30.2672");
  await page.getByLabel("Longitude").fill("-97.7431");
  await page.getByLabel("Time zone").fill("America/Chicago");
  await page.getByLabel("How to get in").fill("Side door, past the bins. Alarm panel on the left.");
  await page.getByLabel("Convection oven").fill("2");
  await page.getByLabel("House rules").fill("No open fire outside.");
  await page.getByLabel("Hourly rate").first().fill("50");
  await page.getByLabel("Cleaning fee").fill("25.00");
  await page.getByLabel("Longest booking").fill("12");
  await page.getByLabel("Cancellation policy").selectOption("moderate");
  assert.equal(await press(page, "Save the draft"), 200);
  return Number(/\/host\/listings\/(\d+)/.exec(page.url())[1]);
}

// Open every day from 06:00 to 22:00.
export async function setHours(person, id) {
  const { page } = person;
  await page.goto(`/host/listings/${id}/availability`);
  for (const day of await page.locator("fieldset.card").all()) {
    await day.getByLabel("Opens").first().fill("06:00");
    await day.getByLabel("Closes").first().fill("22:00");
  }
  assert.equal(await press(page, "Save the week"), 200);
}

export async function closeDay(person, id, day, note) {
  const { page } = person;
  await page.goto(`/host/listings/${id}/availability`);
  const form = page.locator("form[action$='/exceptions']");
  await form.getByLabel(/^(Date|Day)/).fill(day);
  await form.getByLabel(/closed/i).check();
  await form.getByLabel(/note/i).fill(note);
  assert.equal(await press(page, "Add the date"), 200);
}

const pdf = readFileSync(new URL("../fixtures/photos/tiny.pdf", import.meta.url));
export const PAPERS = ["Health permit", "Business license", "Insurance certificate"];

export async function sendPaper(person, id, kind) {
  const { page } = person;
  await page.goto(`/host/listings/${id}/documents`);
  await page.locator("select[name=kind]").selectOption({ label: kind });
  await page.locator("[name=number]").fill("TX-2026-118");
  await page.locator("[name=authority]").fill("Austin Public Health");
  await page.locator("[name=issued]").fill(dayAhead(-30));
  await page.locator("[name=expires]").fill(dayAhead(300));
  await page.locator("[name=document]").setInputFiles({ name: `${kind}.pdf`, mimeType: "application/pdf", buffer: pdf });
  return press(page, "Send the paper");
}

// The host's account at Stripe, through the sandbox's own form.
export async function connectStripe(person, id) {
  const { page, stack } = person;
  await page.goto(`/host/listings/${id}/edit`);
  await page.getByRole("link", { name: /^Stripe:/ }).click();
  await page.getByRole("button", { name: "Set up Stripe" }).click();
  await page.waitForURL(stack.stripe + "/**");
  await page.getByLabel("Legal name").fill("Hanna Oakes LLC");
  await page.getByRole("button", { name: "Agree and submit" }).click();
  await page.waitForURL(stack.base + "/host/stripe**");
}

// A staff member: an account as everybody's, then the operator's command.
export async function makeAdmin(person, email) {
  await signUp(person, { email, name: "Ada Desk", role: "vendor" });
  person.stack.prep("grant-admin", email);
  assert.equal(await logIn(person, email), 200);
}

// Says yes to the papers and then to the listing.
export async function approve(person, id) {
  const { page } = person;
  for (;;) {
    await page.goto("/admin/documents?state=pending");
    const papers = page.locator("tbody a[href^='/admin/documents/']");
    if ((await papers.count()) === 0) break;
    await papers.first().click();
    assert.equal(await press(page, "Approve"), 200);
  }
  await page.goto(`/admin/listings/${id}`);
  assert.equal(await press(page, "Approve"), 200);
}

// From the search to the quote of 9 hours from 10:00 on DAY; gives the quote's text.
export async function askPrice(person, { title, day }) {
  const { page } = person;
  await page.goto("/search");
  await page.getByLabel(/^City/).fill("Austin, TX");
  await page.locator("[name=date]").fill(day);
  await page.locator("[name=hours]").selectOption("9");
  assert.equal(await press(page, "Search"), 200);
  const card = page.locator(".kitchen", { hasText: title });
  assert.match(await card.textContent(), /Earliest 06:00, \$618\.45 all in/);
  await card.getByRole("link", { name: title }).click();
  await page.waitForURL(/\/listings\/\d+-/);
  const form = page.locator("#book form").first();
  await form.locator("[name=date]").fill(day);
  await form.locator("[name=start]").fill("10:00");
  await form.locator("[name=end]").fill("19:00");
  await form.locator("[name=purpose]").fill("Tamales for the market");
  assert.equal(await press(page, "Show the price"), 200);
  return (await page.locator("#quote").textContent()).replace(/\s+/g, " ");
}

// Holds what was asked for; gives the booking's number.
export async function hold(person) {
  const { page } = person;
  assert.equal(await press(page, /^Book for/), 200);
  return Number(/\/checkout\/(\d+)$/.exec(page.url())[1]);
}

// Types a card into Stripe's frame and presses the button.
export async function payByCard(person, number) {
  const frame = person.page.frameLocator("#card iframe");
  for (const [label, text] of [["Card number", number], ["Expiration", "1234"], ["Security code", "123"]]) {
    await frame.getByLabel(label).fill("");
    await frame.getByLabel(label).pressSequentially(text);
  }
  await person.page.getByRole("button", { name: /^Pay \$[\d.,]+$/ }).click();
}

// The same without script, on Stripe's own page; until Stripe sends the browser TO the site.
export async function payHosted(person, number, to = person.stack.base) {
  const { page } = person;
  await page.getByLabel("E-mail").fill("kitchen@example.com");
  await page.getByLabel("Card number").fill(number);
  await page.getByLabel("Expiration").fill("12 / 34");
  await page.getByLabel("Security code").fill("123");
  await page.getByRole("button", { name: /\$\d/ }).click();
  await page.waitForURL(`${to}/**`);
}

export async function goToHosted(person) {
  await person.page.getByRole("button", { name: /on Stripe's page$/ }).click();
  await person.page.waitForURL(`${person.stack.stripe}/**`);
}

// Until the booking's page says that it is confirmed.
export async function awaitConfirmed(person, booking) {
  await person.page.waitForURL(`**/bookings/${booking}`);
  await person.page.locator(".pill--confirmed").first().waitFor();
  await person.page.locator(".flash", { hasText: "Paid and booked." }).waitFor();
}
