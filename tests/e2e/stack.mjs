// One whole Prep on loopback: database, sandbox, nginx, `prep serve`, in a folder and on a
// port of its own. Each file of tests has one, so that they do not stand in each other's way.
import { execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const tree = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");
const build = process.env.E2E_BUILD;
if (!build) throw new Error("E2E_BUILD is not set: run tests/e2e/run.sh BUILDDIR");

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// Waits until FN gives something true, and gives that.
export async function until(what, fn, ms = 15000, pause = 50) {
  for (const end = Date.now() + ms; ;) {
    const got = await fn();
    if (got) return got;
    if (Date.now() > end) throw new Error(`${what}: not within ${ms / 1000} seconds`);
    await sleep(pause);
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().on("error", reject).listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

// CONF: settings beside the usual; DEMO: with the demo city ("paid": its money too); PLACES: with ZIP codes and cities;
// LIMITS: nginx counts requests.
export async function startStack({ conf = {}, demo = false, places = false, limits = false } = {}) {
  const data = mkdtempSync(join(tmpdir(), "prep-e2e-"));
  const run = join(data, "run");
  for (const name of ["run", "secrets", "photos", "documents", "mail"]) mkdirSync(join(data, name));
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  const children = [];
  const kill = (signal) => children.forEach((child) => child.exitCode === null && child.kill(signal));
  const onExit = () => kill("SIGTERM");
  process.on("exit", onExit);

  const log = (name) => join(run, name);
  const start = (program, args, out) => {
    const fd = openSync(log(out), "a");
    const child = spawn(program, args, { stdio: ["ignore", fd, fd] });
    children.push(child);
    return child;
  };
  const awaitLine = (child, name, pattern) => until(`${name} says ${pattern}`, () => {
    const text = readFileSync(log(name), "utf8");
    if (child.exitCode !== null) throw new Error(`${name} ended: ${text.slice(-2000)}`);
    return pattern.exec(text);
  }, 30000);
  const secret = (name, text) => {
    writeFileSync(join(data, "secrets", name), text + "\n", { mode: 0o600 });
    return text;
  };
  const prep = (...args) => execFileSync(join(build, "prep"), ["--config", join(data, "prep.conf"), ...args],
    { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

  const stop = async () => {
    kill("SIGTERM");
    const patience = setTimeout(() => kill("SIGKILL"), 5000);
    await Promise.all(children.map((child) => child.exitCode !== null || child.signalCode !== null
      ? null : new Promise((resolve) => child.once("exit", resolve))));
    clearTimeout(patience);
    process.off("exit", onExit);
    if (!process.env.E2E_KEEP) rmSync(data, { recursive: true, force: true });
  };

  try {
    const web = secret("webhook", "whsec_" + randomBytes(16).toString("hex"));
    const connect = secret("webhook-connect", "whsec_" + randomBytes(16).toString("hex"));
    secret("stripe-key", "sk_test_sandbox");
    const sandbox = start(join(build, "prep-stripe"), ["--port", "0", "--data", join(data, "stripe.db"), "--fast", "--ready", "demo.test",
      "--files", join(tree, "sandbox"), "--webhook", `${base}/stripe/webhook=${web}`,
      "--webhook-connect", `${base}/stripe/webhook-connect=${connect}`], "stripe.log");
    const stripe = (await awaitLine(sandbox, "stripe.log", /^prep-stripe: (\S+)/m))[1];

    const settings = {
      base_url: base, data_dir: data, run_dir: run, template_dir: join(tree, "templates"), static_dir: join(tree, "static"),
      media_program: join(build, "prep-media"), stripe_api_base: stripe, stripe_js_url: `${stripe}/endive/stripe.js`,
      stripe_publishable_key: "pk_test_sandbox", stripe_secret_key_file: join(data, "secrets/stripe-key"),
      stripe_webhook_secret_file: join(data, "secrets/webhook"),
      stripe_webhook_connect_secret_file: join(data, "secrets/webhook-connect"),
      password_mem_kib: 8192, // cheap hashes: they are not what is tested
      ...conf,
    };
    writeFileSync(join(data, "prep.conf"), Object.entries(settings).map(([k, v]) => `${k} = ${v}\n`).join(""));
    prep("migrate");
    if (places) prep("import-places", join(tree, "data/us-places.tsv"));
    if (demo) prep("demo", ...(demo === "paid" ? ["--paid"] : []));
    execFileSync(join(tree, "build-aux/nginx-private"), [port, data, run, tree, limits ? "limits" : "nolimits"].map(String));
    await awaitLine(start(join(build, "prep"), ["--config", join(data, "prep.conf"), "serve"], "prep.log"),
      "prep.log", /"event":"ready"/);
    const nginx = start("nginx", ["-p", run, "-c", log("nginx.conf"), "-e", log("nginx.err")], "nginx.out");
    await until("nginx answers", async () => {
      if (nginx.exitCode !== null) throw new Error("nginx ended: " + readFileSync(log("nginx.err"), "utf8"));
      return fetch(base + "/readyz").then((answer) => answer.status === 200, () => false);
    });
    return { base, stripe, data, mail: join(data, "mail"), prep, stop };
  } catch (e) {
    await stop();
    throw e;
  }
}
