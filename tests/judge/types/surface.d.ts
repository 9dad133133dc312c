// What the stand-in for stripe.js has of the real one: the members named here, each
// with the type that Stripe's own package gives it.
import type { PaymentIntentOrSetupIntentResult, Stripe, StripeConstructorOptions, StripeElements, StripeElementsOptions, StripeElementsUpdateOptions,
  StripePaymentElement, StripePaymentElementOptions } from "@stripe/stripe-js";

interface Elements extends Pick<StripeElements, "fetchUpdates" | "submit"> {
  create(type: "payment", options?: StripePaymentElementOptions): StripePaymentElement;
  getElement(type: "payment"): StripePaymentElement | null;
  update(options: StripeElementsUpdateOptions): void;
}

interface Client extends Pick<Stripe, "confirmPayment" | "retrievePaymentIntent" | "registerAppInfo"> {
  elements(options: StripeElementsOptions): Elements;
  handleNextAction(options: { clientSecret: string }): Promise<PaymentIntentOrSetupIntentResult>;
}

declare global {
  type SandboxStripe = ((key: string, options?: StripeConstructorOptions) => Client) & { version: string };
}
