// The journey as people walk it: a host lists a kitchen, staff approve it, a vendor finds,
// books and pays it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { closeBrowser, look, noErrors, openBrowser, openPerson, press } from "./lib.mjs";
import { readMail } from "./mail.mjs";
import { closeDay, connectStripe, dayAhead, describeKitchen, makeAdmin, PAPERS, sendPaper, setHours, signUp } from "./people.mjs";
import { startStack } from "./stack.mjs";

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

test("the host sends papers, connects with Stripe and asks for approval", async () => {
  const { page } = host;
  for (const kind of PAPERS) assert.equal(await sendPaper(host, kitchen, kind), 200);
  await look(host, "documents");
  await connectStripe(host);
  await page.getByText("Stripe is ready").waitFor();
  await look(host, "host-stripe");
  await page.goto(`/host/listings/${kitchen}/edit`);
  assert.equal(await press(page, "Send for approval"), 200);
  await page.getByText("Waiting").first().waitFor();
  await noErrors(host);
});

test("staff ask for a change, then approve the papers and the listing", async () => {
  const { page } = admin;
  await makeAdmin(admin, "ada@example.com");
  await page.goto("/admin");
  await look(admin, "admin");
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
      await look(admin, "admin-document");
      const file = await admin.context.request.get(await page.getByRole("link", { name: "Open the file" }).getAttribute("href"));
      assert.equal(file.status(), 200);
      assert.match(file.headers()["content-type"], /^application\/pdf/);
      assert.match(file.headers()["content-security-policy"], /sandbox/);
    }
    assert.equal(await press(page, "Approve"), 200);
  }
  await page.goto(`/admin/listings/${kitchen}`);
  await look(admin, "admin-listing");
  assert.equal(await press(page, /^Approve/), 200);
  await host.page.goto(`/host/listings/${kitchen}/edit`);
  await host.page.getByText("This kitchen can be booked.").waitFor();
  await noErrors(host);
  await noErrors(admin);
});
