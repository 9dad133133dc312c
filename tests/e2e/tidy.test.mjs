// The pages that tests/page/crawler.c reaches, as each role, are valid HTML: some 200 of them
// from all over, or with E2E_ALL set every one. (pages.test.mjs has one of each kind.)
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { htmlProblems } from "./lib.mjs";

test("pages that links lead to are valid HTML, whoever looks", async (t) => {
  const build = process.env.E2E_BUILD;
  const dir = mkdtempSync(join(tmpdir(), "prep-pages-"));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  execFileSync("make", ["-s", "-C", build, "prep-page"], { stdio: ["ignore", "ignore", "inherit"] });
  execFileSync(join(build, "prep-page"), ["crawler"], {
    env: { ...process.env, PREP_PAGES: dir, SRCDIR: fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "") },
    stdio: "ignore",
  });
  const all = readdirSync(dir).sort();
  assert.ok(all.length > 50, `only ${all.length} pages`);
  const step = process.env.E2E_ALL ? 1 : Math.ceil(all.length / 200);
  const names = all.filter((_, i) => i % step === 0);
  const seen = new Set(); // the same complaint once, wherever it was first seen
  const problems = [];
  for (const name of names)
    for (const text of await htmlProblems(readFileSync(join(dir, name), "utf8"), name)) {
      const what = text.replace(/^\S+ /, "").replace(/\d+/g, "N");
      if (!seen.has(what)) problems.push(text);
      seen.add(what);
    }
  t.diagnostic(`${names.length} of ${all.length} pages`);
  assert.deepEqual(problems, []);
});
