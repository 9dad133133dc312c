// What every judge needs: where the sandbox is, a client, and plain requests.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import Stripe from "stripe";
import { findOp, validate } from "./stripe-check.mjs";

export const base = process.env.SANDBOX_URL;
if (!base) throw new Error("SANDBOX_URL is not set: run tests/judge/run.sh BUILDDIR");
export const program = process.env.SANDBOX_PROGRAM;
export const subset = JSON.parse(readFileSync(process.env.SANDBOX_SUBSET, "utf8"));

// Every reply of the API is held against the description, whoever asked.
function judge(method, path, status, json) {
  const found = findOp(subset, method, path);
  const response = found && status === 200 ? found.op.responses["200"] : null;
  const schema = response ? response.content["application/json"].schema : { $ref: "#/components/schemas/error" };
  const errors = validate(subset, schema, json);
  if (errors.length > 0) throw new Error(`${method} ${path} ${status}: ${errors.slice(0, 5).join("; ")}`);
}

async function judgedFetch(url, options = {}) {
  const answer = await fetch(url, options);
  const path = new URL(url).pathname;
  if (path.startsWith("/v1/")) judge(options.method ?? "GET", path, answer.status, await answer.clone().json());
  return answer;
}

const { hostname, port } = new URL(base);
export const stripe = new Stripe("sk_test_judge", {
  host: hostname, port, protocol: "http", maxNetworkRetries: 0, telemetry: false,
  httpClient: Stripe.createFetchHttpClient(judgedFetch),
});

// One plain request: { status, headers, json, text }.
export async function ask(method, path, form, headers = {}) {
  const body = method === "POST" ? (form ?? "") : undefined;
  const query = method !== "POST" && form ? "?" + form : "";
  const answer = await judgedFetch(base + path + query, {
    method, body, redirect: "manual",
    headers: { authorization: "Bearer sk_test_judge", "content-type": "application/x-www-form-urlencoded", ...headers },
  });
  const text = await answer.text();
  let json = null;
  try { json = JSON.parse(text); } catch { /* a page */ }
  return { status: answer.status, headers: answer.headers, json, text };
}

// A browser without script: the page as it stands, or a form sent.
export const page = (url) => ask("GET", new URL(url).pathname, new URL(url).search.slice(1), { authorization: "" });
export const send = (url, form) => ask("POST", new URL(url).pathname, new URLSearchParams(form).toString(), { authorization: "" });

export const sim = (path, form) => ask("POST", "/_sim/" + path, new URLSearchParams(form).toString());

export const fails = (promise, type, code) => assert.rejects(promise, (error) => {
  assert.equal(error.type, type);
  if (code !== undefined) assert.equal(error.code, code);
  return true;
});

// ---- what many tests begin with ----

export const intent = (more = {}) => stripe.paymentIntents.create({
  amount: 61845, currency: "usd", allowed_payment_method_types: ["card"], ...more });
export const paid = (more = {}) => intent({ confirm: true, payment_method: "pm_card_visa", ...more });

// A host who may be transferred to.
export async function host() {
  const account = await stripe.accounts.create({ type: "express", capabilities: { transfers: { requested: true } } });
  return (await sim("act/account", { account: account.id, standing: "active" })).json;
}

export const overview = async () => (await ask("GET", "/_sim/balance")).json;

// A server on a free port that gives each request to FN; FN gives a status.
export async function listen(fn) {
  const server = createServer((request, response) => {
    const pieces = [];
    request.on("data", (piece) => pieces.push(piece));
    request.on("end", () => {
      const body = Buffer.concat(pieces).toString("utf8");
      const answer = fn(request, body, response);
      if (typeof answer === "number") response.writeHead(answer).end();
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${server.address().port}`, close: () => { server.closeAllConnections(); server.close(); } };
}

// Waits until FN gives something, for at most five seconds.
export async function until(fn) {
  for (const end = Date.now() + 5000; Date.now() < end;) {
    const got = await fn();
    if (got) return got;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error("it did not happen within five seconds");
}
