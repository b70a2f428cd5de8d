/* What the pages do beyond links and forms. No inline script, nothing evaluated. */
"use strict";

const chinese = document.documentElement.lang.startsWith("zh");

/* Combobox: type, arrows, Enter. The hidden input beside it carries the id. */
function combobox(box) {
  const text = box.querySelector("input[type=text]");
  const hidden = box.querySelector("input[type=hidden]");
  const list = box.querySelector("ul");
  let request = null;
  let timer = 0;

  const options = () => [...list.querySelectorAll("[role=option]")];
  const selected = () => options().findIndex((option) => option.getAttribute("aria-selected") === "true");
  const close = () => {
    list.hidden = true;
    text.setAttribute("aria-expanded", "false");
    text.removeAttribute("aria-activedescendant");
  };
  const mark = (index) => {
    options().forEach((option, place) => {
      option.setAttribute("aria-selected", String(place === index));
      if (place === index) {
        text.setAttribute("aria-activedescendant", option.id);
        option.scrollIntoView({ block: "nearest" });
      }
    });
  };
  const pick = (option) => {
    hidden.value = option.dataset.value;
    text.value = option.dataset.label;
    box.classList.add("picked");
    close();
    box.dispatchEvent(new CustomEvent("picked", { bubbles: true, detail: { ...option.dataset } }));
  };
  const ask = async () => {
    const typed = text.value.trim();
    if (request) request.abort();
    if (!typed) return close();
    request = new AbortController();
    const url = new URL(box.dataset.url, location.href);
    url.searchParams.set("q", typed);
    url.searchParams.set("list", list.id);
    try {
      const answer = await fetch(url, { signal: request.signal, headers: { "HX-Request": "true" } });
      if (!answer.ok) return;
      list.innerHTML = await answer.text();
    } catch (error) {
      if (error.name !== "AbortError") unreachable();
      return;
    }
    list.hidden = false;
    text.setAttribute("aria-expanded", "true");
    if (options().length) mark(0);
  };

  text.addEventListener("input", () => {
    if (hidden.value) {
      hidden.value = "";
      box.classList.remove("picked");
      box.dispatchEvent(new CustomEvent("unpicked", { bubbles: true }));
    }
    clearTimeout(timer);
    timer = setTimeout(ask, 120);
  });
  text.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const all = options();
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) return void ask();
      const step = event.key === "ArrowDown" ? 1 : -1;
      if (all.length) mark((selected() + step + all.length) % all.length);
    } else if (event.key === "Enter" && !event.ctrlKey && !list.hidden) {
      event.preventDefault();
      if (selected() >= 0) pick(all[selected()]);
    } else if (event.key === "Escape") {
      close();
    }
  });
  list.addEventListener("mousedown", (event) => {
    const option = event.target.closest("[role=option]");
    event.preventDefault();
    if (option) pick(option);
  });
  text.addEventListener("blur", () => setTimeout(close, 150));
}

function dates(field) {
  const instant = "instant" in field.dataset;
  flatpickr(field, {
    locale: chinese ? "zh" : "default",
    enableTime: instant,
    time_24hr: true,
    allowInput: true,
    dateFormat: instant ? "Y-m-d H:i" : "Y-m-d",
    disableMobile: true,
  });
}

function enliven(root) {
  root.querySelectorAll("[data-combobox]:not([data-live])").forEach((box) => {
    box.dataset.live = "";
    combobox(box);
  });
  root.querySelectorAll("[data-date]:not(.flatpickr-input), [data-instant]:not(.flatpickr-input)").forEach(dates);
}

/* A form is sent once: the second click on a slow line does nothing. The key inside it guards the server too. */
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.hasAttribute("data-many")) return;
  if (form.dataset.sent) return void event.preventDefault();
  form.dataset.sent = "1";
});
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest("form");
  if (form) delete form.dataset.sent;
});
addEventListener("pageshow", (event) => {
  /* Back to an intake: a page that the browser kept would send the first complaint's key again. */
  if (event.persisted && document.querySelector("form[data-intake]")) return void location.reload();
  document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    const form = event.target.closest("form[data-quick]");
    if (form) {
      event.preventDefault();
      form.requestSubmit();
    }
  }
  if (event.key === "Escape") {
    document.querySelectorAll("details.menu[open]").forEach((menu) => menu.removeAttribute("open"));
  }
});
document.addEventListener("click", (event) => {
  document.querySelectorAll("details.menu[open]").forEach((menu) => {
    if (!menu.contains(event.target)) menu.removeAttribute("open");
  });
});

/* Choosing a customer fills in what is known of them and moves on. */
document.addEventListener("picked", (event) => {
  const box = event.target;
  const form = box.closest("form");
  if (box.dataset.combobox !== "customer" || !form || !("intake" in form.dataset)) return;
  const panel = form.querySelector("[data-known]");
  if (panel) htmx.ajax("GET", `${panel.dataset.known}?customer=${encodeURIComponent(event.detail.value)}`, { target: panel });
  const next = form.querySelector(".choices input:checked, .choices input, select");
  if (next) next.focus();
});

/* The customer whom a new one's telephone belongs to is taken instead, as if chosen in the box. */
document.addEventListener("click", (event) => {
  const offer = event.target.closest("[data-offer]");
  const box = offer?.closest("form[data-intake]")?.querySelector('[data-combobox="customer"]');
  if (!box) return;
  const { offer: value, label } = offer.dataset;
  box.querySelector("input[type=hidden]").value = value;
  box.querySelector("input[type=text]").value = label;
  box.classList.add("picked");
  box.dispatchEvent(new CustomEvent("picked", { bubbles: true, detail: { value, label } }));
});

/* Escape closes an open form and gives the focus back to what opened it. What lies above the form closes first. */
let opener = null;
document.addEventListener("htmx:beforeRequest", (event) => {
  const { elt, target } = event.detail;
  if (target.matches("[data-panel]") && !target.contains(elt)) opener = elt;
});
document.addEventListener(
  "keydown",
  (event) => {
    const panel = document.querySelector("[data-panel]");
    const above = "[role=listbox]:not([hidden]), .flatpickr-calendar.open, details.menu[open]";
    if (event.key !== "Escape" || event.isComposing || !panel?.firstElementChild || document.querySelector(above)) return;
    panel.replaceChildren();
    if (opener?.isConnected) opener.focus();
  },
  true,
);

document.addEventListener("htmx:beforeSwap", (event) => {
  /* A refused or faulty form comes back with 4xx, a full disk with 507, and is to be shown. */
  if ([400, 403, 409, 413, 422, 507].includes(event.detail.xhr.status)) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});
function unreachable(gone = true) {
  const note = document.getElementById("no-connection");
  if (note) note.hidden = !gone;
}
document.addEventListener("htmx:sendError", () => unreachable());
document.addEventListener("htmx:beforeOnLoad", () => unreachable(false));
addEventListener("online", () => unreachable(false));
/* Without a line the browser would put its own page in place of what was typed: the house is asked first. */
const answered = new WeakSet();
document.addEventListener(
  "submit",
  (event) => {
    const { target: form, submitter } = event;
    if (navigator.onLine || form.method !== "post" || answered.delete(form)) return;
    event.preventDefault();
    event.stopPropagation();
    form.dispatchEvent(new Event("held"));
    fetch(document.querySelector("link[rel=icon]").href, { method: "HEAD", cache: "no-store" }).then(
      () => {
        answered.add(form);
        form.requestSubmit(submitter);
      },
      () => unreachable(),
    );
  },
  true,
);
const ASKED = "[aria-invalid=true], .note.error, input:not([type=hidden]), select, textarea";
document.addEventListener("htmx:afterSwap", (event) => {
  enliven(event.target);
  const panel = event.target.querySelector("[data-focus]");
  if (panel) {
    panel.scrollIntoView({ block: "start" });
    const first = panel.querySelector(ASKED);
    if (first) first.focus();
  }
});
enliven(document);
/* A form that was opened as a page of its own: what is asked first, so that keys alone send it. */
document.querySelector(`[data-focus] :is(${ASKED})`)?.focus({ preventScroll: true });

/* Nobody found: Enter goes on with what was typed as a new customer. */
document.addEventListener("keydown", (event) => {
  const box = event.target.closest?.('[data-combobox="customer"]');
  const form = box?.closest("form[data-intake]");
  if (!form || event.key !== "Enter" || event.ctrlKey || event.isComposing || box.querySelector("[role=option]")) return;
  const typed = event.target.value.trim();
  if (!typed) return;
  event.preventDefault();
  form.querySelector("[data-new]").open = true;
  const name = form.querySelector("[name=new_name]");
  const phone = form.querySelector("[name=new_phone]");
  const digits = /^[\d\s+-]+$/.test(typed);
  (digits ? phone : name).value = typed;
  event.target.value = "";
  (digits ? name : phone).focus();
});

/* What is left and what has passed, counted on from the house's clock at which the page was made. */
const shown = performance.now();
const houseClock = Number(document.body.dataset.now) * 1000;
function spelled(milliseconds) {
  const all = Math.floor(Math.abs(milliseconds) / 60000);
  const [days, hours, minutes] = [Math.floor(all / 1440), Math.floor((all % 1440) / 60), all % 60];
  if (days) return chinese ? `${days}天${hours ? `${hours}小时` : ""}` : `${days} d${hours ? ` ${hours} h` : ""}`;
  if (hours) return chinese ? `${hours}小时${minutes}分` : `${hours} h ${minutes} min`;
  return chinese ? `${minutes}分钟` : `${minutes} min`;
}
function countOn() {
  const now = houseClock + performance.now() - shown;
  document.querySelectorAll("[data-due]").forEach((chip) => {
    const left = Date.parse(chip.dataset.due) - now;
    const overdue = left <= 0;
    const colour = overdue ? "red" : left <= 86400000 ? "amber" : "green";
    chip.classList.remove("red", "amber", "green");
    chip.classList.add(colour);
    chip.firstElementChild.className = overdue ? "ti ti-alert-triangle" : "ti ti-clock";
    chip.lastElementChild.textContent = `${document.body.dataset[overdue ? "overdue" : "left"]} ${spelled(left)}`;
  });
}
if (houseClock) setInterval(countOn, 30000);

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) print();
});
