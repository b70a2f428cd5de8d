/* What was typed is kept on this device until it is recorded: a lost connection or a closed tab loses nothing.
   Never files or passwords; forgotten after a day, when recorded, and when one signs out. */
"use strict";

{
  const DAY = 86400000;
  const person = document.body.dataset.person;
  const note = document.getElementById("draft-note");
  const keyOf = (form) => {
    const { pathname, search } = new URL(form.action);
    return `draft:${person}:${form.dataset.draft || pathname + search}`;
  };
  const read = (key) => {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null;
    }
  };
  const write = (key, draft) => {
    try {
      localStorage.setItem(key, JSON.stringify(draft));
    } catch {
      /* No room on the device: nothing is kept. */
    }
  };
  const fields = (form) =>
    [...form.elements].filter(
      (one) => one.name && !["csrfmiddlewaretoken", "key", "seen"].includes(one.name) && !["file", "password", "submit", "button"].includes(one.type),
    );
  const values = (form) =>
    fields(form).map((one) => [one.name, one.type === "checkbox" || one.type === "radio" ? (one.checked ? one.value : null) : one.value]);
  const fill = (form, kept) => {
    fields(form).forEach((one, place) => {
      if (kept[place]?.[0] !== one.name) return;
      const value = kept[place][1];
      if (one.type === "checkbox" || one.type === "radio") one.checked = value !== null;
      else if (value !== null) one.value = value;
    });
  };
  const restore = (form) => {
    if ("draftLive" in form.dataset) return;
    form.dataset.draftLive = "";
    const key = keyOf(form);
    const empty = JSON.stringify(values(form));
    const draft = read(key);
    const refused = form.querySelector("[aria-invalid=true], .note.error");
    if (draft && !refused && JSON.stringify(draft.values) !== empty) {
      fill(form, draft.values);
      const said = note.content.firstElementChild.cloneNode(true);
      said.querySelector("time").textContent = new Date(draft.at).toLocaleString(document.documentElement.lang);
      said.querySelector("button").addEventListener("click", () => {
        fill(form, JSON.parse(empty));
        localStorage.removeItem(key);
        said.remove();
      });
      form.prepend(said);
      /* Whoever does not want what was begun types over it. */
      form.querySelector("input[autofocus]")?.select();
    }
    let timer = 0;
    const keep = () => {
      clearTimeout(timer);
      timer = setTimeout(keepNow, 300);
    };
    const keepNow = () => write(key, { at: Date.now(), form: form.elements.key?.value, values: values(form) });
    form.addEventListener("input", keep);
    form.addEventListener("picked", keep);
    ["submit", "held"].forEach((name) =>
      form.addEventListener(name, () => {
        clearTimeout(timer);
        keepNow();
      }),
    );
  };
  const all = () => Object.keys(localStorage).filter((key) => key.startsWith("draft:"));
  const look = (root) => root.querySelectorAll("form[data-draft]").forEach(restore);

  /* The house says by a cookie which form it has recorded. */
  const recorded = document.cookie.match(/(?:^|; )recorded=([^;]*)/)?.[1];
  all().forEach((key) => {
    const draft = read(key);
    if (!draft || Date.now() - draft.at > DAY || (recorded && draft.form === recorded)) localStorage.removeItem(key);
  });
  look(document);
  document.addEventListener("htmx:afterSwap", (event) => look(event.target));
  document.addEventListener("submit", (event) => {
    if (event.target.action.endsWith("/accounts/logout/")) all().forEach((key) => localStorage.removeItem(key));
  });
}
