// What people do on the site, as steps that several tests take.
import assert from "node:assert/strict";
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

// From nothing to the dashboard: form, mail, link, button, log in.
export async function signUp(person, who) {
  const { page, stack } = person;
  await fillSignUp(person, who);
  assert.equal(await press(page, "Make my account"), 200);
  const mail = await readMail(stack, who.email, /Confirm/);
  await page.goto(mail.links[0]);
  assert.equal(await press(page, "Yes, this is my address"), 200);
  assert.equal(await logIn(person, who.email), 200);
  assert.equal(new URL(page.url()).pathname, "/dashboard");
}
