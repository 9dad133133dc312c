// The card form: asks our server for a payment, lets Stripe's element take the card,
// and says what went wrong in a live region; when another tab has gone on, offers the
// page anew. Also sends the "look now" form of the page that a browser comes back to.
// Nothing here decides anything.

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

const appearance = () => ({
  theme: "stripe",
  variables: {
    colorPrimary: "#0f5744",
    colorText: "#1d1b16",
    colorDanger: "#95230f",
    borderRadius: "10px",
    fontFamily: getComputedStyle(document.body).fontFamily,
  },
});

// The payment, or an Error with a sentence. "busy" is asked again a few times.
async function open(form) {
  for (let tries = 1; ; tries++) {
    const answer = await fetch(form.action, {
      method: "POST",
      body: new URLSearchParams(new FormData(form)),
      credentials: "same-origin",
    });
    const said = await answer.json();
    if (answer.ok) return said;
    if (said.result === "busy" && tries < 5) await pause(1000 * Number(answer.headers.get("Retry-After") || 3));
    else throw new Error(said.error);
  }
}

async function checkout(form) {
  const error = document.getElementById("card-error");
  const status = document.getElementById("card-status");
  const button = form.querySelector("button");
  const place = document.getElementById("card");
  const say = (text) => {
    error.textContent = text;
    if (text) error.focus();
  };
  // What this form cannot mend, the page can, opened anew.
  const again = (text) => {
    form.hidden = true;
    document.getElementById("card-again").hidden = false;
    say(text);
  };
  form.hidden = false;
  let stripe, elements;
  try {
    const payment = await open(form);
    if (!window.Stripe) throw new Error("Stripe's card form did not load. Use the button for Stripe's page below.");
    stripe = window.Stripe(payment.publishable_key);
    elements = stripe.elements({ clientSecret: payment.client_secret, appearance: appearance() });
    const element = elements.create("payment");
    element.on("ready", () => {
      place.removeAttribute("aria-busy");
      status.textContent = "";
      button.disabled = false;
    });
    element.on("loaderror", () => again("The card form did not load. Open this page again, or pay on Stripe's page below."));
    element.mount(place);
  } catch (e) {
    again(e instanceof SyntaxError || e instanceof TypeError ? "We cannot be reached. Check your connection and open this page again." : e.message);
    return;
  }
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    say("");
    status.textContent = "Your bank is being asked.";
    let result;
    try {
      const fields = await elements.submit();
      result = fields.error ? fields : await stripe.confirmPayment({ elements, confirmParams: { return_url: form.dataset.return } });
    } catch {
      result = { error: { message: "Stripe could not be reached. Check your connection and try again; a card is charged once for a booking." } };
    }
    // Without an error the browser is on its way to the page that looks again.
    if (!result.error) return;
    status.textContent = "";
    button.disabled = false;
    const { payment_intent, code, message } = result.error;
    if (["succeeded", "processing"].includes(payment_intent?.status)) location.assign(form.dataset.return); // paid in another tab
    else if (payment_intent?.status === "canceled" || code === "payment_intent_unexpected_state")
      again("This form takes no card any more: in another tab you went on to Stripe's page, or gave the time up. Nothing was charged here. Open this page again to see how it stands, or to pay here after all.");
    else say(message || "The payment did not go through. Try again or use another card.");
  });
}

const form = document.querySelector("form[data-checkout]");
if (form) checkout(form);

const check = document.querySelector("form[data-check]");
if (check) pause(1000).then(() => check.requestSubmit());
