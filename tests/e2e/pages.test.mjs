// Every kind of page that links lead to, as everybody: axe finds nothing serious, wide and
// narrow; nothing sticks out; the HTML is valid; no complaint in the console. And the keyboard.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { axeProblems, closeBrowser, kindOf, NARROW, noErrors, openBrowser, openPerson, overflow, picture, WIDE } from "./lib.mjs";
import { dayAhead, logIn } from "./people.mjs";
import { startStack } from "./stack.mjs";

let stack, browser;
before(async () => {
  [stack, browser] = await Promise.all([startStack({ demo: "paid", places: true }), openBrowser()]);
});
after(async () => {
  await closeBrowser(browser, "pages");
  await stack?.stop();
});

const examined = new Set(); // kinds of page; each once, whoever comes first

async function examine(person, path) {
  const { page } = person;
  const answer = await page.goto(path);
  if (answer === null || !/html/.test(answer.headers()["content-type"])) return [];
  const problems = [];
  for (const [label, size] of [["wide", WIDE], ["narrow", NARROW]]) {
    await page.setViewportSize(size);
    problems.push(...(await axeProblems(page)).map((text) => `${label}: ${text}`), ...(await overflow(page)));
  }
  await page.setViewportSize(WIDE);
  await picture(person, "pages" + kindOf(page.url()).replace(/[/:]+/g, "-"));
  return problems;
}

async function crawl(person, starts) {
  const { page } = person;
  const queue = [...starts];
  const problems = [];
  for (let path, n = 0; (path = queue.shift()); n++) {
    const kind = kindOf(new URL(path, stack.base).href);
    if (examined.has(kind) && n >= starts.length) continue;
    examined.add(kind);
    problems.push(...(await examine(person, path)));
    for (const href of await page.locator("a[href^='/']").evaluateAll((links) => links.map((a) => a.getAttribute("href"))))
      if (!/^\/(static|photos)\/|\.ics$|\.csv|\/file$/.test(href)) queue.push(href.replace(/#.*/, ""));
  }
  assert.deepEqual(problems, []);
  await noErrors(person, /status of 4(03|04|10|22)/);
}

const FOUND = `/search?where=Austin%2C+TX&date=${dayAhead(3)}&hours=3`;
const QUOTE = `/listings/1-x?date=${dayAhead(3)}&start=10:00&end=13:00`;
const roles = [
  ["nobody", null, ["/", FOUND, "/search?where=Austin&radius_mi=99999", "/reset-password?token=x", "/no-such-page"]],
  ["a vendor", "vendor@demo.test", ["/dashboard", "/bookings", "/messages", "/admin", QUOTE]],
  ["a host", "host@demo.test", ["/host/listings", "/host/earnings", "/host/earnings?show=sent", "/host/stripe"]],
  ["an administrator", "admin@demo.test", ["/admin", ...["ledger", "disputes", "refunds", "transfers", "warnings", "calls",
    "debts", "differences"].map((state) => `/admin/payments?state=${state}`)]],
];
for (const [who, email, starts] of roles) {
  test(`every kind of page in reach of ${who} is in order`, async () => {
    const person = await openPerson(browser, stack);
    if (email) assert.equal(await logIn(person, email, "copper kettle seven"), 200);
    await crawl(person, starts);
    await person.close();
  });
}

test("what nginx says by itself is in order", async () => {
  const person = await openPerson(browser, stack);
  const problems = [];
  for (const name of ["400", "404", "413", "429", "50x"]) problems.push(...(await examine(person, `/static/errors/${name}.html`)));
  assert.deepEqual(problems, []);
  await noErrors(person);
  await person.close();
});

test("on a phone the map is a press away, without script, and its pins lead to their kitchens", async () => {
  const person = await openPerson(browser, stack, { script: false, size: NARROW });
  const { page } = person;
  await page.goto(FOUND);
  const map = page.getByRole("group", { name: /^Map/ }), show = page.getByRole("link", { name: "Map", exact: true });
  const seen = (what) => what.evaluate((el) => {
    const box = el.getBoundingClientRect();
    return box.height >= 44 && box.top >= 0 && box.top < innerHeight - 200;
  });
  assert.ok(await show.evaluate((el) => el.getBoundingClientRect().bottom < innerHeight), "the way to the map is on the first screen");
  assert.ok(await map.isHidden());
  await show.click();
  assert.ok(await seen(map), "the map comes into view");
  assert.deepEqual(await overflow(page), []);
  await picture(person, "search-map");
  await page.setViewportSize(NARROW);
  await map.getByRole("link").last().click();
  assert.ok(await map.isHidden());
  assert.ok(await seen(page.locator(".kitchen:target")), "the pin's kitchen comes into view");
  await show.click();
  await page.getByRole("link", { name: "Close the map" }).click();
  assert.ok(await map.isHidden());
  await page.setViewportSize(WIDE);
  assert.ok((await map.isVisible()) && (await show.isHidden()), "with room it stands beside the list");
  await noErrors(person);
  await person.close();
});

test("one can log in by keyboard alone, and sees where one is", async () => {
  const person = await openPerson(browser, stack);
  const { page } = person;
  const focused = () => page.evaluate(() => {
    const el = document.activeElement;
    const inner = el.querySelector("circle") ?? el; // of a pin on the map
    const rings = [getComputedStyle(el), getComputedStyle(el, "::after")].some((s) => s.outlineStyle !== "none");
    const box = el.getBoundingClientRect();
    return {
      id: el.id || el.className, text: (el.getAttribute("aria-label") ?? el.textContent).trim().slice(0, 40),
      shown: box.bottom > 0 && box.width > 1 && box.height > 1,
      // A part of a date's field has a ring of the browser's own.
      ring: rings || getComputedStyle(inner).strokeWidth === "8px" || (/^(date|time)$/.test(el.type) && !el.matches(":focus-visible")),
    };
  });
  await page.goto("/login");
  await page.keyboard.press("Tab");
  const first = await focused();
  assert.match(first.text, /Skip to the page/);
  assert.ok(first.shown, "the skip link is seen once it has the focus");
  await page.keyboard.press("Enter");
  assert.equal((await focused()).id, "main");
  const seen = [];
  for (let i = 0; i < 30; i++) {
    await page.keyboard.press("Tab");
    const at = await focused();
    assert.ok(at.ring && at.shown, `the focus is seen on ${at.id} ${at.text}`);
    seen.push(at.id);
    if (at.id === "f-email") await page.keyboard.type("vendor@demo.test");
    if (at.id === "f-password") await page.keyboard.type("copper kettle seven");
    if (/btn--wide/.test(at.id)) break;
  }
  assert.ok(seen.includes("f-email") && seen.includes("f-password"), seen.join());
  await page.keyboard.press("Enter");
  await page.waitForURL("**/dashboard");
  await page.goto(FOUND);
  for (let i = 0; i < 25; i++) {
    await page.keyboard.press("Tab");
    const at = await focused();
    assert.ok(at.ring && at.shown, `the focus is seen on ${at.id} ${at.text}`);
  }
  await noErrors(person);
  await person.close();
});
