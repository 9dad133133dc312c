// The suite for Stripe itself (live.mjs) is tried on the sandbox, so that its code runs
// when somebody with a test account wants it. This proves nothing about Stripe.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { test } from "node:test";
import { base, host } from "./sandbox.mjs";

const file = new URL("live.mjs", import.meta.url).pathname;

async function run(more) {
  const env = { ...process.env, ...more };
  delete env.NODE_TEST_CONTEXT; // it is a run of its own
  const child = spawn(process.execPath, ["--test", "--test-reporter=tap", file], { env });
  let text = "";
  child.stdout.on("data", (piece) => { text += piece; });
  child.stderr.on("data", (piece) => { text += piece; });
  const status = await new Promise((resolve) => child.on("close", resolve));
  return { status, text };
}

test("the suite for Stripe itself runs, against the sandbox", async () => {
  const { id } = await host();
  const { status, text } = await run({ STRIPE_TEST_KEY: "sk_test_judge", STRIPE_TEST_BASE: base, STRIPE_TEST_HOST: id });
  assert.equal(status, 0, text);
  assert.match(text, /^# skipped 0$/m);
});

test("it refuses a live key, none at all, and a base that is not this machine", async () => {
  for (const more of [{ STRIPE_TEST_KEY: "sk_live_judge" }, { STRIPE_TEST_KEY: "" },
    { STRIPE_TEST_KEY: "sk_test_judge", STRIPE_TEST_BASE: "https://example.com" }]) {
    const { status, text } = await run(more);
    assert.notEqual(status, 0);
    assert.match(text, /must be a test key|is for the sandbox/);
  }
});
