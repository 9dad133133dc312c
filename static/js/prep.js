// Everything here is a comfort: each page works without it. One function for each
// data attribute; templates/parts/README names them all.

const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const make = (tag, props = {}, ...kids) => {
  const el = Object.assign(document.createElement(tag), props);
  el.append(...kids);
  return el;
};

// Menus made of <details> close on Escape and on a click elsewhere.
function menus() {
  const close = (except) => all("details[data-menu][open]").forEach((d) => d.contains(except) || (d.open = false));
  document.addEventListener("click", (e) => close(e.target));
  document.addEventListener("keydown", (e) => {
    if (e.key !== "Escape") return;
    const open = document.querySelector("details[data-menu][open]");
    if (open) {
      open.open = false;
      open.querySelector("summary").focus();
    }
  });
}

// The present entry of a strip that is wider than the phone comes into view.
function strips() {
  all(".tabs [aria-current], .nav--staff [aria-current]").forEach((el) => {
    const box = el.closest(".tabs, .nav--staff");
    box.scrollLeft += el.getBoundingClientRect().left - box.getBoundingClientRect().left - box.clientWidth / 3;
  });
}

// A question before a form with consequences is sent.
function confirms() {
  document.addEventListener("submit", (e) => {
    const form = e.target;
    if (!form.dataset.confirm || form.dataset.sure) return;
    e.preventDefault();
    const button = e.submitter;
    // [name] in the question is what the field of that name says.
    const question = form.dataset.confirm.replace(/\[(\w+)\]/g, (all, name) => form.elements[name]?.value ?? all);
    // As the button that was pressed, and red where that was a quiet one.
    const plain = button && !button.matches(".btn--bad, .btn--quiet");
    const yes = make("button", { className: plain ? "btn" : "btn btn--bad", value: "yes", textContent: form.dataset.confirmYes || "Yes" });
    const no = make("button", { className: "btn btn--quiet", value: "no", textContent: "Not now", autofocus: true });
    const box = make("form", { method: "dialog", className: "stack" },
      make("p", { className: "strong", textContent: question }),
      make("div", { className: "row" }, yes, no));
    const dialog = make("dialog", {}, box);
    dialog.setAttribute("aria-label", "Please confirm");
    dialog.addEventListener("close", () => {
      if (dialog.returnValue === "yes") {
        form.dataset.sure = "1";
        form.requestSubmit(button);
      } else {
        button?.focus();
      }
      dialog.remove();
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

// A second press while the first is under way does nothing; after a while, or when
// the page is shown again, the form is free (a download answers in place).
function once() {
  const free = (form) => {
    delete form.dataset.sent;
    delete form.dataset.sure;
    all("[aria-disabled]", form).forEach((b) => b.removeAttribute("aria-disabled"));
  };
  document.addEventListener("submit", (e) => {
    const form = e.target;
    if (e.defaultPrevented || (form.method !== "post" && !("once" in form.dataset))) return;
    if (form.dataset.sent) {
      e.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    e.submitter?.setAttribute("aria-disabled", "true");
    setTimeout(free, 8000, form);
  });
  addEventListener("pageshow", (e) => e.persisted && all("form[data-sent]").forEach(free));
}

// Says how much room is left once a quarter of it is.
function counters() {
  all("textarea[maxlength]").forEach((area) => {
    const left = make("span", { className: "hint num", role: "status" });
    const show = () => {
      const n = area.maxLength - area.value.length;
      left.textContent = n < area.maxLength / 4 ? `${n} characters left` : "";
    };
    area.after(left);
    area.addEventListener("input", show);
    show();
  });
}

// A file that is too big is named before it travels.
function files() {
  all("input[type=file][data-max-bytes]").forEach((input) => {
    const error = document.getElementById(`${input.id}-error`);
    input.addEventListener("change", () => {
      const max = Number(input.dataset.maxBytes);
      const big = [...input.files].find((f) => f.size > max);
      const text = big ? `${big.name} is larger than ${Math.round(max / 1048576)} MB.` : "";
      input.setCustomValidity(text);
      input.toggleAttribute("aria-invalid", Boolean(big));
      if (error) error.textContent = text;
    });
  });
}

function selects() {
  all("select[data-submit]").forEach((s) => s.addEventListener("change", () => s.form.requestSubmit()));
  all(".noscript-only").forEach((el) => (el.hidden = true));
}

// A GET form whose answer shows beside it: the same page is fetched with the new
// fields and the elements named in data-live are swapped, the last one being the answer.
function lives() {
  all("form[data-live]").forEach((form) => {
    const selectors = form.dataset.live.split(" ");
    const selector = selectors.at(-1);
    let timer = 0;
    let going = null;
    const load = async () => {
      if (!form.checkValidity()) return;
      going?.abort();
      going = new AbortController();
      const url = new URL(form.action);
      url.search = new URLSearchParams(new FormData(form)).toString();
      url.hash = "";
      try {
        const answer = await fetch(url, { signal: going.signal, credentials: "same-origin" });
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const at = document.activeElement?.id;
        selectors.forEach((one) => {
          const fresh = page.querySelector(one);
          if (fresh) document.querySelector(one).replaceWith(document.adoptNode(fresh));
        });
        if (at && document.activeElement?.id !== at) document.getElementById(at)?.focus();
        all(".error[id]", form).forEach((el) => {
          el.textContent = page.getElementById(el.id)?.textContent ?? "";
        });
        history.replaceState(null, "", url);
      } catch (e) {
        if (e.name !== "AbortError") document.querySelector(selector).classList.remove("is-stale");
      }
    };
    form.addEventListener("input", () => {
      clearTimeout(timer);
      const old = document.querySelector(selector);
      old.classList.add("is-stale");
      all("button", old).forEach((b) => (b.disabled = true));
      timer = setTimeout(load, 400);
    });
  });
}

// What is to be taken elsewhere gets a button that copies it.
function copies() {
  if (!navigator.clipboard) return;
  all("input[data-copy]").forEach((input) => {
    const button = make("button", { type: "button", className: "btn btn--quiet btn--slim", textContent: "Copy" });
    button.setAttribute("aria-live", "polite");
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(input.value);
      button.textContent = "Copied";
    });
    input.after(button);
  });
}

// What the page can only tell in UTC is told by the browser's own clock.
function locals() {
  const format = new Intl.DateTimeFormat("en-US", {
    weekday: "short", day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZoneName: "short",
  });
  all("time[data-local]").forEach((el) => {
    if (!el.textContent.endsWith(" UTC")) return;
    const part = Object.fromEntries(format.formatToParts(new Date(el.dateTime)).map(({ type, value }) => [type, value]));
    el.title = el.textContent;
    el.textContent = `${part.weekday} ${part.day} ${part.month} ${part.year}, ${part.hour}:${part.minute} ${part.timeZoneName}`;
  });
}

function countdowns() {
  all("time[data-countdown]").forEach((el) => {
    const end = Date.parse(el.dateTime);
    const tick = () => {
      const s = Math.max(0, Math.round((end - Date.now()) / 1000));
      el.textContent = `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`;
      el.classList.toggle("is-short", s < 60);
      if (s > 0) setTimeout(tick, 1000);
      else setTimeout(() => location.reload(), 2000);
    };
    if (end > Date.now()) tick();
  });
}

function galleries() {
  all("[data-gallery]").forEach((gallery) => {
    const strip = gallery.querySelector("ul");
    if (strip.children.length < 2) return;
    const turn = (sign) => strip.scrollBy({ left: sign * strip.children[0].clientWidth, behavior: "smooth" });
    const button = (label, icon, sign) => {
      const b = make("button", { type: "button", onclick: () => turn(sign) });
      b.setAttribute("aria-label", label);
      b.innerHTML = `<svg class="icon" aria-hidden="true"><use href="/static/img/icons.svg#${icon}"/></svg>`;
      return b;
    };
    const nav = make("nav", {}, button("Photo before", "left", -1), button("Next photo", "right", 1));
    nav.setAttribute("aria-label", "Photos");
    gallery.append(nav);
  });
}

// A card under the pointer lights its pin, and the other way round.
function maps() {
  if (!document.querySelector("[data-map]")) return;
  const mark = (e, on) => {
    const number = e.target.closest?.("[data-point]")?.dataset.point;
    if (number) all(`[data-point="${CSS.escape(number)}"]`).forEach((el) => el.classList.toggle("is-hot", on));
  };
  document.addEventListener("mouseover", (e) => mark(e, true));
  document.addEventListener("mouseout", (e) => mark(e, false));
}

for (const start of [menus, strips, confirms, once, counters, files, selects, lives, copies, locals, countdowns, galleries, maps]) start();
document.querySelector("[data-focus]")?.focus();
