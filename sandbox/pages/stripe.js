// A stand-in for https://js.stripe.com/endive/stripe.js, served by prep-stripe:
// the same surface as far as a page with the Payment Element needs it. The card is
// typed into a frame from this script's own origin. No markup strings and no style
// attributes here, so it runs under a strict Content-Security-Policy.
(() => {
  "use strict";

  const ORIGIN = new URL(/** @type {HTMLScriptElement} */ (document.currentScript).src).origin;

  class IntegrationError extends Error {
    constructor(message) {
      super(message);
      this.name = "IntegrationError";
    }
  }

  // ---- a frame to talk to -----------------------------------------------------------

  class Frame {
    constructor(key, title, hear) {
      this.waiting = new Map();
      this.next = 1;
      this.node = document.createElement("iframe");
      this.node.title = title;
      this.node.name = "__privateStripeFrame" + Math.floor(Math.random() * 1e6);
      this.node.allow = "payment *";
      const style = this.node.style;
      style.setProperty("border", "0");
      style.setProperty("width", "100%");
      style.setProperty("display", "block");
      style.setProperty("height", "220px");
      style.setProperty("color-scheme", "light");
      this.ready = new Promise((resolve) => { this.isReady = resolve; });
      this.listener = (event) => {
        if (event.source !== this.node.contentWindow || event.origin !== ORIGIN) return;
        const data = event.data || {};
        if (data.source !== "prep-stripe") return;
        if (data.type === "answer") {
          const done = this.waiting.get(data.id);
          this.waiting.delete(data.id);
          if (done) done(data.result);
          return;
        }
        if (data.type === "ready") this.isReady(null);
        if (data.type === "resize") style.setProperty("height", data.height + "px");
        hear(data);
      };
      window.addEventListener("message", this.listener);
      const query = new URLSearchParams({ key, origin: window.location.origin });
      this.node.src = ORIGIN + "/elements/card?" + query;
    }

    async ask(call, args) {
      await this.ready;
      const id = this.next++;
      return new Promise((resolve) => {
        this.waiting.set(id, resolve);
        this.node.contentWindow?.postMessage({ source: "prep-stripe", call, id, args }, ORIGIN);
      });
    }

    remove() {
      window.removeEventListener("message", this.listener);
      this.node.remove();
    }
  }

  // A frame nobody sees, for questions without a card form.
  async function askHidden(key, call, args) {
    const frame = new Frame(key, "Stripe sandbox", () => {});
    frame.node.hidden = true;
    frame.node.style.setProperty("display", "none");
    document.body.append(frame.node);
    const result = await frame.ask(call, args);
    frame.remove();
    return result;
  }

  // The 3-D Secure challenge over the whole page; resolves when the bank has answered.
  function challenge(url) {
    const dialog = document.createElement("dialog");
    const node = document.createElement("iframe");
    node.title = "3-D Secure: confirm that it is you (sandbox)";
    node.name = "stripe-challenge-frame";
    for (const [name, value] of Object.entries({ width: "min(36rem, 94vw)", height: "20rem", border: "0", padding: "0", "border-radius": "12px", overflow: "hidden" }))
      dialog.style.setProperty(name, value);
    for (const [name, value] of Object.entries({ width: "100%", height: "100%", border: "0" }))
      node.style.setProperty(name, value);
    node.src = url + "&embed=" + encodeURIComponent(window.location.origin);
    dialog.append(node);
    dialog.addEventListener("cancel", (event) => event.preventDefault());
    document.body.append(dialog);
    dialog.showModal();
    return new Promise((resolve) => {
      const listener = (event) => {
        if (event.source !== node.contentWindow || event.origin !== ORIGIN) return;
        if ((event.data || {}).type !== "challenged") return;
        window.removeEventListener("message", listener);
        dialog.close();
        dialog.remove();
        resolve(null);
      };
      window.addEventListener("message", listener);
    });
  }

  // ---- elements ---------------------------------------------------------------------

  class PaymentElement {
    constructor(key, group, options) {
      this.key = key;
      this.group = group;
      this.options = options || {};
      this.handlers = new Map();
      this.frame = null;
      this.destroyed = false;
    }

    emit(name, detail) {
      for (const fn of [...(this.handlers.get(name) || [])]) fn({ elementType: "payment", ...detail });
    }

    hear(data) {
      if (data.type === "ready") {
        this.frame?.ask("appearance", { appearance: this.group.options.appearance });
        this.emit("ready");
      }
      if (data.type === "change") {
        this.emit("change", { empty: data.empty, complete: data.complete, collapsed: false, value: { type: "card" } });
      }
      if (data.type === "focus" || data.type === "blur" || data.type === "escape") this.emit(data.type);
    }

    mount(where) {
      if (this.destroyed) throw new IntegrationError("This Element has been destroyed.");
      const node = typeof where === "string" ? document.querySelector(where) : where;
      if (!node) throw new IntegrationError("The place to mount the Element does not exist: " + where);
      this.unmount();
      this.frame = new Frame(this.key, "Secure payment input frame", (data) => this.hear(data));
      this.frame.node.addEventListener("error", () => {
        this.emit("loaderror", { error: { type: "api_connection_error", message: "The card form could not be loaded." } });
      });
      node.replaceChildren(this.frame.node);
      this.emit("loaderstart");
      return this;
    }

    unmount() {
      if (this.frame) this.frame.remove();
      this.frame = null;
      return this;
    }

    destroy() {
      this.unmount();
      this.destroyed = true;
      this.group.forget(this);
    }

    update(options) { Object.assign(this.options, options); return this; }
    collapse() { return this; }
    focus() { if (this.frame) this.frame.ask("focus"); return this; }
    blur() { if (this.frame) this.frame.ask("blur"); return this; }
    clear() { if (this.frame) this.frame.ask("clear"); return this; }

    on(name, fn) {
      if (!this.handlers.has(name)) this.handlers.set(name, new Set());
      this.handlers.get(name).add(fn);
      return this;
    }

    off(name, fn) {
      if (fn) (this.handlers.get(name) || new Set()).delete(fn);
      else this.handlers.delete(name);
      return this;
    }

    once(name, fn) {
      const wrapped = (event) => { this.off(name, wrapped); fn(event); };
      return this.on(name, wrapped);
    }
  }

  class Elements {
    constructor(key, options) {
      this.key = key;
      this.options = { ...options };
      this.element = null;
      this.submitted = false;
      if (!this.options.clientSecret && !this.options.mode)
        throw new IntegrationError("elements() needs a clientSecret, or a mode with amount and currency.");
    }

    create(type, options) {
      if (type !== "payment") throw new IntegrationError("The sandbox has the payment Element only, not " + type + ".");
      if (this.element) throw new IntegrationError("Can only create one Element of type payment.");
      this.element = new PaymentElement(this.key, this, options);
      return this.element;
    }

    getElement(type) { return type === "payment" ? this.element : null; }
    forget(element) { if (this.element === element) this.element = null; }

    update(options) {
      Object.assign(this.options, options);
      if (this.element && this.element.frame && options.appearance)
        this.element.frame.ask("appearance", { appearance: options.appearance });
    }

    async fetchUpdates() { return {}; }
    on() { return this; } // update-end: there is nothing that could end

    async submit() {
      if (!this.element || !this.element.frame)
        throw new IntegrationError("elements.submit() needs a mounted payment Element.");
      const result = await this.element.frame.ask("validate");
      if (result.error) return { error: result.error };
      this.submitted = true;
      return { selectedPaymentMethod: "card" };
    }
  }

  // ---- Stripe -----------------------------------------------------------------------

  function withReturn(url, intent) {
    const back = new URL(url, window.location.href);
    back.searchParams.set("payment_intent", intent.id);
    back.searchParams.set("payment_intent_client_secret", intent.client_secret);
    back.searchParams.set("redirect_status", intent.status === "succeeded" ? "succeeded" : "pending");
    return back.href;
  }

  class StripeClient {
    constructor(key, options) {
      if (typeof key !== "string" || !key.startsWith("pk_test_"))
        throw new IntegrationError("The sandbox takes publishable test keys (pk_test_...) only.");
      this.key = key;
      this.options = options || {};
    }

    elements(options) { return new Elements(this.key, options); }

    async ask(elements, call, args) {
      const frame = elements && elements.element && elements.element.frame;
      return frame ? frame.ask(call, args) : askHidden(this.key, call, args);
    }

    // Shows the challenge if one is due: {payment_intent} or {error}.
    async settle(elements, result, clientSecret) {
      const action = result.payment_intent && result.payment_intent.next_action;
      if (!action) return result;
      const url = action.type === "use_stripe_sdk" ? action.use_stripe_sdk.stripe_js : action.redirect_to_url.url;
      await challenge(url);
      const after = await this.ask(elements, "retrieve", { clientSecret });
      const failure = after.payment_intent && after.payment_intent.last_payment_error;
      if (after.payment_intent && after.payment_intent.status === "requires_payment_method" && failure)
        return { error: { ...failure, payment_intent: after.payment_intent } };
      return after;
    }

    async confirmPayment(options) {
      const { elements, confirmParams = {}, redirect = "always" } = options || {};
      const clientSecret = options.clientSecret || (elements && elements.options.clientSecret);
      if (!clientSecret) throw new IntegrationError("confirmPayment() needs elements with a clientSecret, or a clientSecret.");
      if (redirect === "always" && !confirmParams.return_url)
        throw new IntegrationError("confirmPayment() needs confirmParams.return_url unless redirect is if_required.");
      if (!elements || !elements.element || !elements.element.frame)
        throw new IntegrationError("confirmPayment() needs elements with a mounted payment Element.");
      if (!elements.options.clientSecret && !elements.submitted)
        throw new IntegrationError("Call elements.submit() before confirmPayment().");
      const first = await this.ask(elements, "confirm", { clientSecret, returnUrl: confirmParams.return_url });
      const result = await this.settle(elements, first, clientSecret);
      if (result.error) return { error: result.error };
      if (redirect === "if_required") return { paymentIntent: result.payment_intent };
      window.location.assign(withReturn(confirmParams.return_url, result.payment_intent));
      return new Promise(() => {}); // the page is going away
    }

    async retrievePaymentIntent(clientSecret) {
      const result = await askHidden(this.key, "retrieve", { clientSecret });
      return result.error ? { error: result.error } : { paymentIntent: result.payment_intent };
    }

    async handleNextAction({ clientSecret }) {
      const now = await askHidden(this.key, "retrieve", { clientSecret });
      const result = now.error ? now : await this.settle(null, now, clientSecret);
      return result.error ? { error: result.error } : { paymentIntent: result.payment_intent };
    }

    registerAppInfo() {}
    _registerWrapper() {}
  }

  // tests/judge/types holds this against the types of @stripe/stripe-js.
  /** @type {SandboxStripe} */
  const entrance = Object.assign((key, options) => new StripeClient(key, options), { version: "endive" });
  Object.assign(window, { Stripe: entrance });
})();
