// The stand-in for stripe.js has the types of Stripe's own package.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { test } from "node:test";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

test("stripe.js has the types of @stripe/stripe-js", () => new Promise((resolve, reject) => {
  execFile(process.execPath, [here("node_modules/typescript/bin/tsc"), "-p", here("types")], (error, said) => {
    if (error) reject(new Error(said || error.message));
    else resolve();
  });
}));
