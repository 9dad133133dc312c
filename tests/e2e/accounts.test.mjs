// Accounts: registration, log-in, a new password, and what is refused.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { closeBrowser, look, noErrors, openBrowser, openPerson, picture, press } from "./lib.mjs";
import { mailsTo, readMail } from "./mail.mjs";
import { fillSignUp, logIn, PASSWORD, signUp } from "./people.mjs";
import { startStack } from "./stack.mjs";

let stack, browser;
before(async () => {
  [stack, browser] = await Promise.all([startStack({ conf: { login_tries: 3 } }), openBrowser()]);
});
after(async () => {
  await closeBrowser(browser, "accounts");
  await stack?.stop();
});
const person = (t, options) => openPerson(browser, stack, options).then((p) => {
  t.after(p.close);
  return p;
});

test("a mailed link asks for a click, works once, and leads to the dashboard", async (t) => {
  const vera = await person(t);
  const { page } = vera;
  await fillSignUp(vera, { email: "vera@example.com", name: "Vera Stone", role: "vendor" });
  await picture(vera, "signup");
  await press(page, "Make my account");
  await look(vera, "signup-done");

  const mail = await readMail(stack, "vera@example.com", /Confirm/);
  assert.equal(mail.links.length, 2);
  await page.goto(mail.links[0]); // as a scanner of links does
  const opened = await page.goto(mail.links[0]);
  assert.equal(opened.headers()["referrer-policy"], "no-referrer");
  await look(vera, "verify");
  assert.equal(await press(page, "Yes, this is my address"), 200);
  assert.equal(new URL(page.url()).pathname, "/dashboard");
  assert.match(await page.getByRole("heading", { level: 1 }).textContent(), /Vera/);
  assert.equal(await page.getByText("Please confirm").count(), 0);
  await picture(vera, "dashboard");
  await noErrors(vera);

  const answer = await page.goto(mail.links[0]);
  const status = answer.status() < 400 ? await press(page, "Yes, this is my address") : answer.status();
  assert.ok(status >= 400, "the link works a second time");
  vera.complaints.length = 0;
});

test("an empty form says beside each field what is missing and keeps what was typed", async (t) => {
  const { page, ...rest } = await person(t);
  await page.goto("/signup");
  await page.getByLabel("Your name").fill("Ola");
  await page.getByLabel("E-mail").fill("not an address");
  assert.equal(await press(page, "Make my account"), 422);
  assert.equal(await page.getByLabel("Your name").inputValue(), "Ola");
  assert.equal(await page.getByLabel("E-mail").inputValue(), "not an address");
  assert.equal(await page.getByLabel("E-mail").getAttribute("aria-invalid"), "true");
  assert.ok((await page.locator(".form-errors li").count()) >= 3);
  await look({ page, ...rest }, "signup-errors");
  await noErrors(rest);
});

test("who registers twice gets a mail instead of a hint to strangers", async (t) => {
  const twice = { email: "twice@example.com", name: "Tom Twice", role: "host" };
  const first = await person(t);
  await fillSignUp(first, twice);
  await press(first.page, "Make my account");
  const told = await first.page.getByRole("main").textContent();
  const second = await person(t);
  await fillSignUp(second, twice);
  await press(second.page, "Make my account");
  assert.equal(await second.page.getByRole("main").textContent(), told);
  await readMail(stack, twice.email, /already|account/i);
  await noErrors(second);
});

test("a forgotten password is replaced by mail, and other browsers are logged out", async (t) => {
  const laptop = await person(t);
  await signUp(laptop, { email: "fay@example.com", name: "Fay Forget", role: "vendor" });
  const phone = await person(t);
  await phone.page.goto("/login");
  await phone.page.getByRole("link", { name: "Forgot your password?" }).click();
  await phone.page.getByLabel("E-mail").fill("fay@example.com");
  await picture(phone, "forgot");
  await press(phone.page, "Mail me a link");
  const mail = await readMail(stack, "fay@example.com", /password/i);
  const opened = await phone.page.goto(mail.links[0]);
  assert.equal(opened.headers()["referrer-policy"], "no-referrer");
  await phone.page.getByLabel("New password").fill("nine brass ladles hang");
  await look(phone, "reset");
  assert.equal(await press(phone.page, "Set the password"), 200);
  await readMail(stack, "fay@example.com", /changed/i);
  await laptop.page.goto("/dashboard");
  assert.equal(new URL(laptop.page.url()).pathname, "/login");
  assert.equal(await logIn(phone, "fay@example.com", PASSWORD), 422);
  assert.equal(await logIn(phone, "fay@example.com", "nine brass ladles hang"), 200);
  assert.equal(new URL(phone.page.url()).pathname, "/dashboard");
  await noErrors(laptop);
  await noErrors(phone);
});

test("times that belong to no kitchen are UTC and say so, or the browser's own", async (t) => {
  const plain = await person(t, { script: false, zone: "America/Denver" });
  await signUp(plain, { email: "zoe@example.com", name: "Zoe Zone", role: "vendor" });
  await plain.page.goto("/account");
  assert.match(await plain.page.locator("time").first().textContent(), /^\w{3} \d{1,2} \w{3} \d{4}, \d\d:\d\d UTC$/);
  const denver = await person(t, { zone: "America/Denver" });
  assert.equal(await logIn(denver, "zoe@example.com"), 200);
  await denver.page.goto("/account");
  const time = denver.page.locator("time").first();
  const at = new Date(await time.getAttribute("datetime"));
  const text = await time.textContent();
  assert.match(text, /^\w{3} \d{1,2} \w{3} \d{4}, \d\d:\d\d M[DS]T$/);
  const clock = at.toLocaleTimeString("en-GB", { timeZone: "America/Denver", hour: "2-digit", minute: "2-digit" });
  assert.ok(text.includes(`, ${clock} `), `${text} is not ${clock}`);
  assert.match(await time.getAttribute("title"), /UTC$/);
  await noErrors(denver);
});

test("an unknown address gets no mail and the same page", async (t) => {
  const nobody = await person(t);
  await nobody.page.goto("/forgot-password");
  await nobody.page.getByLabel("E-mail").fill("nobody@example.com");
  assert.equal(await press(nobody.page, "Mail me a link"), 200);
  assert.deepEqual(mailsTo(stack, "nobody@example.com"), []);
  await noErrors(nobody);
});

test("after too many wrong passwords a page says when to come back", async (t) => {
  const mallory = await person(t);
  for (let i = 0; i < 3; i++) assert.equal(await logIn(mallory, "twice@example.com", "a wrong guess " + i), 422);
  assert.equal(await logIn(mallory, "twice@example.com"), 429);
  assert.match(await mallory.page.getByRole("main").textContent(), /minute/);
  await look(mallory, "throttled");
  await noErrors(mallory, /429/);
});
