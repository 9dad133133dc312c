// The life of a payment after the charge, as people see it: canceled with the figures said
// beforehand, given back to the cent, on a receipt, in the host's earnings, and before staff.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { axeProblems, closeBrowser, journey, look, noErrors, openBrowser, openPerson, press } from "./lib.mjs";
import { awaitConfirmed, hold, logIn, payByCard } from "./people.mjs";
import { startStack, until } from "./stack.mjs";

const step = journey(test);
const PASSWORD = "copper kettle seven"; // of the demo's people
let stack, browser, vendor, host, admin;
let booking, lines; // what the vendor paid for, in cents by line
before(async () => {
  [stack, browser] = await Promise.all([startStack({ demo: "paid", places: true }), openBrowser()]);
  [vendor, host, admin] = await Promise.all(["vendor", "host", "admin"].map(async (name) => {
    const person = await openPerson(browser, stack);
    assert.equal(await logIn(person, `${name}@demo.test`, PASSWORD), 200);
    return person;
  }));
});
after(async () => {
  await closeBrowser(browser, "money");
  await stack?.stop();
});

const cents = (text) => Math.round(Number(text.replace(/[$,]/g, "")) * 100);
const dollars = (n) => `$${(n / 100).toFixed(2)}`;

// The rows of a table as [label, amount, amount ...].
const tableOf = (scope) => scope.locator("tbody tr").evaluateAll((rows) =>
  rows.map((row) => [...row.cells].map((cell) => cell.textContent.trim())));

// An act of somebody at Stripe.
async function act(what, form) {
  const answer = await fetch(`${stack.stripe}/_sim/act/${what}`, { method: "POST", body: new URLSearchParams(form) });
  assert.equal(answer.status, 200, await answer.clone().text());
  return answer.json();
}

// Loads the page again until TEXT is on it; not so often that what it waits for is slowed down.
const awaitText = (page, text) => until(`${page.url()} says ${text}`, async () => {
  await page.reload();
  return text.test(await page.locator("main").textContent());
}, 90000, 300);

// Two hours of today or early tomorrow, less than a day ahead: half goes back.
function soon() {
  const parts = new Intl.DateTimeFormat("en-CA", {
    timeZone: "America/Chicago", hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit",
  });
  for (let ahead = 3; ; ahead++) {
    const [day, hour] = parts.format(new Date(Date.now() + ahead * 3600000)).split(", ");
    if (hour >= 6 && hour <= 20) return { day, start: `${hour}:00`, end: `${String(Number(hour) + 2)}:00`.padStart(5, "0") };
  }
}

// Stripe's script breaks once when it is to send the card.
function breakOnce() {
  let real;
  const wrap = (stripe) => (...args) => {
    const it = stripe(...args), { elements } = it;
    it.elements = (...options) => {
      const made = elements.apply(it, options), submit = made.submit.bind(made);
      let tries = 0;
      made.submit = () => (tries++ === 0 ? Promise.reject(new Error("no network")) : submit());
      return made;
    };
    return it;
  };
  Object.defineProperty(window, "Stripe", { get: () => real, set: (stripe) => (real = wrap(stripe)) });
}

step("a vendor books for the same day and pays, though the card form breaks once", async () => {
  const { page } = vendor;
  await page.addInitScript(breakOnce);
  const { day, start, end } = soon();
  await page.goto(`/listings/1-x?date=${day}&start=${start}&end=${end}`);
  await page.locator("#quote").waitFor();
  await page.locator("[name=purpose]").first().fill("Tamales");
  booking = await hold(vendor);
  await payByCard(vendor, "4242424242424242");
  await page.getByText("Stripe could not be reached.").waitFor();
  await payByCard(vendor, "4242424242424242");
  await awaitConfirmed(vendor, booking);
  const bill = await tableOf(page.getByRole("table", { name: "The bill" }));
  lines = Object.fromEntries(bill.map(([label, amount]) => [label, cents(amount)]));
  await noErrors(vendor);
});

step("canceling says what goes back, line by line and to the cent, and that goes back", async () => {
  const { page } = vendor;
  await page.getByRole("link", { name: "Cancel this booking" }).click();
  await page.waitForURL(`**/bookings/${booking}/cancel`);
  const rows = await tableOf(page.getByRole("table", { name: /What you paid/ }));
  let sum = 0;
  for (const [label, paid, back] of rows.slice(0, -1)) {
    assert.equal(cents(paid), lines[label], label);
    assert.equal(cents(back), Math.floor((lines[label] + 1) / 2), `${label}: half of it, rounded once`);
    sum += cents(back);
  }
  assert.deepEqual(rows.at(-1), ["Total", dollars(lines.Total), dollars(sum)]);
  await look(vendor, "cancel");
  await page.getByLabel("Reason").fill("The market is off.");
  assert.equal(await press(page, `Cancel, ${dollars(sum)} goes back`), 200);
  await page.getByText(`Canceled. ${dollars(sum)} goes back to your card.`).waitFor();
  await awaitText(page, /went back to the card/);
  const text = await page.locator("main").textContent();
  assert.ok(text.includes(`${dollars(sum)} went back to the card`), text);
  await page.locator("summary", { hasText: "In and out" }).click();
  const books = await tableOf(page.getByRole("table", { name: "In and out" }));
  assert.deepEqual(books.at(-1), ["Together", "$0.00"]);
  await look(vendor, "booking-canceled");
  lines.back = sum;
  await noErrors(vendor);
});

step("the receipt has the charge, the refund and what is left, and prints", async () => {
  const { page } = vendor;
  await page.getByRole("link", { name: "Receipt" }).click();
  await page.waitForURL(`**/bookings/${booking}/receipt`);
  const paid = await tableOf(page.getByRole("table", { name: "What was paid" }));
  assert.deepEqual(paid.at(-1), ["Paid, less refunds", dollars(lines.Total - lines.back)]);
  assert.match(paid[0][0], /ch_[\s\S]*pi_/);
  assert.match(paid[1][0], /re_/);
  await look(vendor, "receipt");
  await page.emulateMedia({ media: "print" });
  assert.equal(await page.getByRole("navigation").filter({ visible: true }).count(), 0);
  await page.emulateMedia({ media: "screen" });
  assert.equal((await host.page.goto(`/bookings/${booking}/receipt`)).status(), 404);
  await noErrors(vendor);
  await noErrors(host, /status of 404/);
});

step("a refund that fails waits for staff, who ask again", async () => {
  const { page } = admin;
  const refund = /re_\w+/.exec(await vendor.page.locator("main").textContent())[0];
  await act("refund_fail", { refund });
  await page.goto("/admin");
  await awaitText(page, /Failed refunds\s*1/);
  await look(admin, "queues");
  await page.getByRole("link", { name: /^Failed refunds/ }).click();
  await look(admin, "failed-refunds");
  assert.equal(await press(page, /^Try again/), 200);
  await page.getByText("Stripe is asked again.").waitFor();
  await vendor.page.goto(`/bookings/${booking}`);
  await awaitText(vendor.page, /went back to the card/);
  await noErrors(admin);
  await noErrors(vendor);
});

step("a bank takes a payment back: the host is told, an administrator answers once", async () => {
  const { page } = admin;
  await page.goto("/bookings/1");
  const charge = /ch_\w+/.exec(await page.locator("main").textContent())[0];
  await act("dispute", { do: "open", charge });
  await page.goto("/admin/payments?state=disputes");
  await awaitText(page, /Waits for our answer/);
  await look(admin, "disputes");
  await page.locator("tbody a").first().click();
  await page.waitForURL("**/admin/disputes/**");
  await look(admin, "dispute");
  assert.match(await page.getByLabel("What we tell the bank").inputValue(), /booked Oak Street/);
  await page.getByLabel("What we tell the bank").fill("The door code was used at 18:04.");
  await page.getByRole("button", { name: "Send it to the bank" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Send it" }).click();
  await page.getByText("It goes to the bank within a minute.").waitFor();
  await awaitText(page, /With the bank/);
  await host.page.goto("/bookings/1");
  assert.match(await host.page.locator("main").textContent(), /The vendor's bank looks at this payment/);
  await look(host, "booking-disputed");
  await page.goto("/admin/payments");
  const totals = await tableOf(page.getByRole("table", { name: "All accounts" }));
  assert.deepEqual(totals.at(-1), ["Together", "$0.00"]);
  await look(admin, "ledger");
  await noErrors(admin);
  await noErrors(host);
});

step("an administrator gives a part of another booking back", async () => {
  const { page } = admin;
  await page.goto("/bookings/2");
  await page.getByLabel("Amount").fill("1000000");
  await page.getByLabel("Reason").fill("The oven was cold.");
  await page.getByRole("button", { name: "Give it back" }).click();
  assert.match(await page.getByRole("dialog").textContent(), /^Give \$1000000 back to \w/);
  await page.getByRole("dialog").getByRole("button", { name: "Give it back" }).click();
  await page.getByText(/can go back\./).first().waitFor();
  assert.equal(await page.getByLabel("Reason").inputValue(), "The oven was cold.");
  await look(admin, "refund-refused");
  await page.getByLabel("Amount").fill("12.34");
  await page.getByRole("button", { name: "Give it back" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Give it back" }).click();
  await page.getByText("It goes back to the card.").waitFor();
  await awaitText(page, /\$12\.34 went back to the card: The oven was cold\.(?!\.)/);
  await noErrors(admin);
});

step("the host keeps his part, reads it in words, and takes the year home as a file", async () => {
  const { page } = host;
  await page.goto(`/bookings/${booking}`);
  assert.match(await page.locator("main").textContent(), /Canceled by the vendor: The market is off\.[\s\S]*leaves for you on/);
  stack.prep("jobs", "--once"); // the site's own would send what is due within a minute
  await page.goto("/host/earnings");
  await awaitText(page, /The same as a table/);
  await page.locator("summary", { hasText: "as a table" }).click();
  await look(host, "earnings");
  for (const show of ["scheduled", "held", "sent", "reversed", "debts"]) {
    await page.goto(`/host/earnings?show=${show}`);
    assert.deepEqual(await axeProblems(page), []);
  }
  const year = new Date().getFullYear();
  const file = await host.context.request.get(`/host/earnings.csv?year=${year}`);
  assert.match(file.headers()["content-type"], /^text\/csv/);
  const rows = (await file.text()).trim().split("\r\n");
  assert.match(rows[0], /^booking,kitchen,vendor,start,end,gross base/);
  assert.ok(rows.some((row) => row.startsWith(`${booking},`)), "the canceled booking's line");
  await noErrors(host);
});
