// Every page is valid HTML: what tests/page sees as it goes through the table of routes as
// each role (crawler.c, matrix.c, strangers.c), a few of each role, status and route; and
// none of the table is left out.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { before, after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { htmlProblems } from "./lib.mjs";

const run = promisify(execFile);

// They answer something else.
const NOT_HTML = ["/healthz", "/readyz", "/metrics", "/calendar/:token.ics", "/host/earnings.csv",
  "/documents/:id/file", "/bookings/:id/calendar.ics", "/host/stripe/refresh"];
// Only a button: nothing in them can be wrong.
const BUTTONS = ["/account/calendar", "/account/sessions", "/admin/bookings/:id/transfer",
  "/admin/payments/calls/:uid", "/admin/payments/transfers/:id", "/admin/payments/warnings/:source",
  "/checkout/:id/cancel", "/checkout/:id/check", "/checkout/:id/hosted", "/checkout/:id/intent",
  "/host/bookings/:id/accept", "/host/bookings/:id/no_show", "/host/listings/:id/submit",
  "/host/stripe/check", "/host/stripe/connect", "/host/stripe/login", "/logout", "/notices/read",
  "/stripe/webhook", "/stripe/webhook-connect", "/verify", "/verify/send"];
const REFUSALS = [400, 403, 404, 405, 409, 410, 413, 415, 422, 429, 500, 502, 503];

let dir, pages, routes;

// "host 422 POST !messages!:id 1.html": tests/support/keep.c
function parse(name) {
  const [role, status, method, pattern] = name.split(" ");
  return { name, role, status: Number(status), method, path: pattern.replaceAll("!", "/") };
}

before(async () => {
  const build = process.env.E2E_BUILD;
  dir = mkdtempSync(join(tmpdir(), "prep-pages-"));
  await run("make", ["-s", "-C", build, "prep-page"], { maxBuffer: Infinity });
  const env = { ...process.env, PREP_PAGES: dir, BUILDDIR: build,
    SRCDIR: fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "") };
  for (const suite of ["crawler", "matrix", "strangers"])
    await run(join(build, "prep-page"), [suite], { env, maxBuffer: Infinity });
  pages = readdirSync(dir).filter((name) => name.endsWith(".html")).sort().map(parse);
  routes = readFileSync(join(dir, "routes"), "utf8").trim().split("\n").map((line) => line.split(" "));
});

after(() => rmSync(dir, { recursive: true, force: true }));

// The paths of a method that have no page of that status.
function without(method, status) {
  const kept = new Set(pages.filter((p) => p.method === method && p.status === status).map((p) => p.path));
  return routes.filter(([m, path]) => m === method && !kept.has(path)).map(([, path]) => path);
}

test("a page of every route was looked at", () => {
  assert.deepEqual(without("GET", 200).sort(), [...NOT_HTML].sort());
});

test("every form was looked at as it comes back", () => {
  assert.deepEqual(without("POST", 422).sort(), [...BUTTONS].sort());
});

test("a page of every refusal was looked at", () => {
  const statuses = new Set(pages.map((p) => p.status));
  assert.deepEqual(REFUSALS.filter((status) => !statuses.has(status)), []);
});

// What differs from page to page, but not in its HTML: tokens, times, numbers.
function skeleton(html) {
  return html.replace(/(value|datetime)="[^"]*"/g, "$1").replace(/PC-\d+[^<]*/g, "").replace(/[\w-]{22,}/g, "");
}

test("every page is valid HTML, whoever looks", async (t) => {
  const checked = new Set();
  const seen = new Set(); // the same complaint once, wherever it was first seen
  const problems = [];
  for (const { name } of pages) {
    const html = readFileSync(join(dir, name), "utf8");
    if (checked.has(skeleton(html))) continue;
    checked.add(skeleton(html));
    for (const text of await htmlProblems(html, name)) {
      const what = text.replace(/^.*?\.html:\S+ /, "").replace(/\d+/g, "N");
      if (!seen.has(what)) problems.push(text);
      seen.add(what);
    }
  }
  t.diagnostic(`${checked.size} different ones of ${pages.length} pages`);
  assert.deepEqual(problems, []);
});
