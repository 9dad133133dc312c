// A browser and what every test asks of the pages it sees: no complaint in the console, valid
// HTML, nothing serious for axe.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { FileSystemConfigLoader, HtmlValidate } from "html-validate";
import { chromium } from "playwright-core";

const require = createRequire(import.meta.url);
const axeSource = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const out = fileURLToPath(new URL("out/", import.meta.url));
const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find(existsSync);

export const WIDE = { width: 1280, height: 900 };
export const NARROW = { width: 390, height: 844 };

export function openBrowser() {
  return chromium.launch({
    executablePath,
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync"],
  });
}

// What the standard says, and what helps people; not the manners of one style of writing.
const validator = new HtmlValidate(new FileSystemConfigLoader({
  root: true,
  extends: ["html-validate:standard", "html-validate:document"],
  rules: {
    "missing-doctype": "error",
    "no-missing-references": "error",
    "require-sri": "off",
    // A hint or an error that may be empty stands there all the same, for script and CSS.
    "empty-heading": "error",
  },
}));

// Complaints about HTML, each with its line; empty: valid.
export async function htmlProblems(html, name) {
  const report = await validator.validateString(html, name);
  return report.results.flatMap((result) => result.messages.map((m) =>
    `${name}:${m.line}:${m.column} ${m.ruleId}: ${m.message}: ${(html.split("\n")[m.line - 1] ?? "").trim().slice(0, 160)}`));
}

// /listings/12-oak-street?date=... is a page like /listings/:id
export function kindOf(url) {
  const parts = new URL(url).pathname.split("/").map((part) => (/^\d+(-|$)/.test(part) ? ":id" : part));
  return parts.join("/") || "/";
}

const seen = new Set(); // kinds of page whose HTML was checked in this file

// A person at a browser of their own. STACK; SCRIPT: with JavaScript; SIZE: of the window; ZONE: where its clock is.
export async function openPerson(browser, stack, { script = true, size = WIDE, zone } = {}) {
  const context = await browser.newContext({
    viewport: size, javaScriptEnabled: script, baseURL: stack.base, reducedMotion: "reduce", timezoneId: zone,
  });
  const page = await context.newPage();
  const complaints = [];
  const checks = [];
  const own = (url) => url.startsWith(stack.base + "/");
  page.setDefaultTimeout(45000);
  page.on("console", (m) => {
    // Forms that come back with errors, declined cards: the browser logs each such status.
    if (m.type() !== "error" || m.location().url === `${stack.stripe}/favicon.ico`) return;
    if (!/status of 4(02|09|22)/.test(m.text())) complaints.push(`${m.text()} (${m.location().url})`);
  });
  page.on("pageerror", (e) => complaints.push(`script: ${e.message}`));
  page.on("requestfailed", (r) => {
    const why = r.failure()?.errorText ?? "";
    if (why !== "net::ERR_ABORTED") complaints.push(`${r.method()} ${r.url()}: ${why}`);
  });
  page.on("response", (r) => {
    if (r.status() >= 500) complaints.push(`${r.request().method()} ${r.url()}: ${r.status()}`);
    if (!own(r.url()) || r.request().resourceType() !== "document" || !/html/.test(r.headers()["content-type"] ?? "")) return;
    const name = `${r.status()} ${kindOf(r.url())}`;
    if (seen.has(name) || (r.status() >= 300 && r.status() < 400)) return;
    seen.add(name);
    checks.push(r.text().then((html) => htmlProblems(html, name)).catch(() => {
      seen.delete(name); // the browser has left the page already: another visit will do
      return [];
    }));
  });
  return { context, page, stack, script, complaints, checks, close: () => context.close() };
}

// Everything so far went without complaint; EXPECTED patterns are forgiven once and for all.
export async function noErrors(person, ...expected) {
  const invalid = (await Promise.all(person.checks.splice(0))).flat();
  const said = person.complaints.splice(0).filter((text) => !expected.some((pattern) => pattern.test(text)));
  assert.deepEqual([...invalid, ...said], []);
}

// What axe finds serious or critical on the page as it stands.
export async function axeProblems(page) {
  if (!(await page.evaluate("typeof window.axe !== 'undefined'"))) await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"], iframes: false }));
  return violations.filter((v) => ["serious", "critical"].includes(v.impact)).flatMap((v) => v.nodes.map((node) =>
    `${new URL(page.url()).pathname} ${v.id}: ${node.target.join(" ")}: ${node.failureSummary.replace(/\s+/g, " ").slice(0, 240)}`));
}

// Wider than its window: what sticks out, to the right or, where nobody can scroll to it, to the left.
export function overflow(page) {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    const wider = document.documentElement.scrollWidth > width;
    const scrolled = (el) => el !== document.body && (el.scrollLeft > 0 || scrolled(el.parentElement));
    return [...document.querySelectorAll("main *")].filter((el) => {
      const box = el.getBoundingClientRect();
      return (wider && box.right > width + 1) || (box.width > 1 && box.left < -1 && !scrolled(el));
    }).slice(0, 3).map((el) => `${location.pathname} is wider than ${width}: ${el.outerHTML.slice(0, 120)}`);
  });
}

// Wide and narrow: axe, nothing sticks out, and a picture of each with E2E_PICTURES set.
export async function look(person, name = "") {
  const { page } = person;
  const problems = [];
  for (const [label, size] of [["wide", WIDE], ["narrow", NARROW]]) {
    await page.setViewportSize(size);
    problems.push(...(await axeProblems(page)).map((text) => `${label}: ${text}`), ...(await overflow(page)));
    if (name && process.env.E2E_PICTURES) await screenshot(page, `${name}-${label}`);
  }
  await page.setViewportSize(WIDE);
  assert.deepEqual(problems, []);
}

// Tests that build on each other: after one that failed the rest is not tried.
export function journey(test) {
  let broken = false;
  return (name, fn) => test(name, async (t) => {
    if (broken) return t.skip("an earlier step failed");
    broken = true;
    await fn(t);
    broken = false;
  });
}

// Pictures of pages that pages.test.mjs examines; only with E2E_PICTURES set.
export async function picture(person, name) {
  if (!process.env.E2E_PICTURES) return;
  for (const [label, size] of [["narrow", NARROW], ["wide", WIDE]]) {
    await person.page.setViewportSize(size);
    await screenshot(person.page, `${name}-${label}`);
  }
}

// For when a test has failed: what each page that is still open shows, as out/last-N.png.
export async function closeBrowser(browser, name) {
  const pages = browser?.contexts().flatMap((context) => context.pages()) ?? [];
  await Promise.all(pages.map((page, i) => screenshot(page, `last-${name}-${i}`).catch(() => null)));
  await browser?.close();
}

export function screenshot(page, name) {
  return page.screenshot({ path: `${out}${name}.png`, fullPage: true });
}

// The status of the answer that a form's button brings.
export async function press(page, name, scope = page) {
  const answer = page.waitForResponse((r) => r.request().resourceType() === "document" && (r.status() < 300 || r.status() >= 400));
  await scope.getByRole("button", { name, exact: typeof name === "string" }).click();
  const status = (await answer).status();
  await page.waitForLoadState();
  return status;
}
