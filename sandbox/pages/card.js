// The card form in the frame. It talks to the page around it by messages, and to
// the sandbox by fetch from its own origin: what is typed never leaves this frame
// for the page around it.
"use strict";

const query = new URLSearchParams(location.search);
const shop = query.get("origin");
const key = query.get("key");
const form = document.getElementById("card");
const fields = ["number", "expiry", "cvc"].map((id) => document.getElementById(id));
const [number, expiry, cvc] = fields;

function tell(type, detail) {
  window.parent.postMessage({ source: "prep-stripe", type, ...detail }, shop);
}

// ---- what is typed ------------------------------------------------------------------

const digits = (s) => s.replace(/\D/g, "");

function luhn(s) {
  let sum = 0;
  [...s].reverse().forEach((c, i) => {
    const d = Number(c) * (i % 2 ? 2 : 1);
    sum += d > 9 ? d - 9 : d;
  });
  return sum % 10 === 0;
}

function readExpiry() {
  const d = digits(expiry.value);
  const month = Number(d.slice(0, 2));
  const year = d.length === 6 ? Number(d.slice(2)) : 2000 + Number(d.slice(2, 4));
  return { month, year, whole: d.length === 4 || d.length === 6 };
}

function expiryProblem() {
  const e = readExpiry();
  const now = new Date();
  if (!e.whole) return ["incomplete_expiry", "Your card's expiration date is incomplete."];
  if (e.month < 1 || e.month > 12) return ["invalid_expiry", "Your card's expiration date is invalid."];
  if (e.year * 12 + e.month - 1 < now.getFullYear() * 12 + now.getMonth())
    return ["invalid_expiry_year_past", "Your card's expiration year is in the past."];
  return null;
}

function problems() {
  const found = {};
  const n = digits(number.value);
  if (n.length < 13) found.number = ["incomplete_number", "Your card number is incomplete."];
  else if (!luhn(n)) found.number = ["invalid_number", "Your card number is invalid."];
  const e = expiryProblem();
  if (e) found.expiry = e;
  if (digits(cvc.value).length < 3) found.cvc = ["incomplete_cvc", "Your card's security code is incomplete."];
  return found;
}

function showProblem(field, text) {
  document.getElementById(field.id + "-error").textContent = text || "";
  if (text) field.setAttribute("aria-invalid", "true");
  else field.removeAttribute("aria-invalid");
}

function showProblems(found) {
  for (const field of fields) showProblem(field, found[field.id] && found[field.id][1]);
  const first = fields.find((field) => found[field.id]);
  if (first) first.focus();
  tellSize();
}

// ---- what the page around hears -----------------------------------------------------

function tellSize() {
  tell("resize", { height: Math.ceil(form.getBoundingClientRect().height) + 8 });
}

function tellChange() {
  const empty = fields.every((field) => field.value === "");
  tell("change", { empty, complete: Object.keys(problems()).length === 0 });
}

number.addEventListener("input", () => {
  if (number.selectionStart === number.value.length)
    number.value = digits(number.value).slice(0, 19).replace(/(.{4})(?=.)/g, "$1 ");
});
expiry.addEventListener("input", (event) => {
  if (event.inputType && event.inputType.startsWith("delete")) return;
  let d = digits(expiry.value).slice(0, 6);
  if (d.length === 1 && Number(d) > 1) d = "0" + d;
  expiry.value = d.length >= 2 ? d.slice(0, 2) + " / " + d.slice(2) : d;
});
cvc.addEventListener("input", () => { cvc.value = digits(cvc.value); });
for (const field of fields) {
  field.addEventListener("input", () => { showProblem(field, ""); tellChange(); });
  field.addEventListener("focus", () => tell("focus"));
  field.addEventListener("blur", () => {
    const found = problems()[field.id];
    if (field.value !== "" && found) showProblem(field, found[1]);
    tell("blur");
    tellSize();
  });
}
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") tell("escape");
});
form.addEventListener("submit", (event) => event.preventDefault());

// ---- what the page around asks ------------------------------------------------------

async function post(path, values) {
  const body = new URLSearchParams({ key });
  for (const [name, value] of Object.entries(values))
    if (value !== undefined && value !== null) body.append(name, value);
  try {
    const answer = await fetch(path, { method: "POST", body });
    return await answer.json();
  } catch (_) {
    return { error: { type: "api_connection_error", message: "The sandbox could not be reached. Try again." } };
  }
}

function validate() {
  const found = problems();
  showProblems(found);
  const first = Object.values(found)[0];
  if (!first) return {};
  return { error: { type: "validation_error", code: first[0], message: first[1] } };
}

async function confirm(args) {
  const wrong = validate();
  if (wrong.error) return wrong;
  const e = readExpiry();
  const result = await post("/elements/confirm", {
    client_secret: args.clientSecret,
    return_url: args.returnUrl,
    number: digits(number.value),
    exp_month: e.month,
    exp_year: e.year,
    cvc: digits(cvc.value),
  });
  if (result.error) {
    const at = { incorrect_number: number, invalid_number: number, expired_card: expiry,
      invalid_expiry_year: expiry, incorrect_cvc: cvc, invalid_cvc: cvc }[result.error.code];
    if (at) showProblem(at, result.error.message);
    tellSize();
  }
  return result;
}

function theme(appearance) {
  const names = { colorPrimary: "--primary", colorText: "--text", colorDanger: "--danger",
    colorBackground: "--paper", borderRadius: "--radius", fontFamily: "--font",
    colorTextSecondary: "--soft" };
  for (const [name, property] of Object.entries(names)) {
    const value = appearance && appearance.variables && appearance.variables[name];
    if (value) document.documentElement.style.setProperty(property, value);
  }
  tellSize();
  return {};
}

const answers = {
  validate,
  confirm,
  retrieve: (args) => post("/elements/intent", { client_secret: args.clientSecret }),
  appearance: (args) => theme(args.appearance),
  focus: () => { number.focus(); return {}; },
  blur: () => { document.activeElement.blur(); return {}; },
  clear: () => {
    for (const field of fields) { field.value = ""; showProblem(field, ""); }
    tellChange();
    return {};
  },
};

window.addEventListener("message", async (event) => {
  if (event.source !== window.parent || event.origin !== shop) return;
  const { source, call, id, args } = event.data || {};
  if (source !== "prep-stripe" || !Object.hasOwn(answers, call)) return;
  tell("answer", { id, result: await answers[call](args || {}) });
});

new ResizeObserver(tellSize).observe(form);
tell("ready");
