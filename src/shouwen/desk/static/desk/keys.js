/* Keys for what an officer does often; the help card names them. They can be switched off there (WCAG 2.1.4). */
"use strict";

{
  const card = document.getElementById("help-card");
  const off = () => localStorage.getItem("keys") === "off";
  const typing = (element) => element.closest("input:not([type=checkbox]), textarea, select, [contenteditable], dialog[open]:not(#help-card)");
  let first = "";
  let timer = 0;

  const rows = () => [...document.querySelectorAll("[data-row], .rows > li, table tbody tr")].filter(
    (row) => row.offsetParent !== null && row.querySelector("a[href]")
  );
  const here = () => document.querySelector(".key-here");
  const step = (by) => {
    const all = rows();
    if (!all.length) return;
    const place = all.indexOf(here());
    const next = all[Math.max(0, Math.min(all.length - 1, place < 0 ? 0 : place + by))];
    here()?.classList.remove("key-here");
    next.classList.add("key-here");
    next.scrollIntoView({ block: "nearest" });
    next.querySelector("a[href]").focus({ preventScroll: true });
  };
  const go = (key) => document.querySelector(`[data-key="${CSS.escape(key)}"]`);

  const act = (key, event) => {
    if (key === "?") return card.open ? card.close() : card.showModal();
    if (key === "/") return document.getElementById("find")?.focus();
    if (key === "j") return step(1);
    if (key === "k") return step(-1);
    if (key === "p") return print();
    if (/^[1-9]$/.test(key)) return document.querySelectorAll(".acts .btn, .tabs a")[key - 1]?.click();
    if (key === "x") return here()?.querySelector("input[type=checkbox]")?.click();
    if (key === "o") return [...(here()?.querySelectorAll("a.btn") ?? [])].pop()?.click();
    if (key === "[" || key === "]") return document.querySelector(`.pages [rel=${key === "[" ? "prev" : "next"}]`)?.click();
    const target = go(key);
    if (!target) return false;
    event.preventDefault();
    if (target.matches("summary, button, a[href]")) target.click();
    else target.focus();
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
    if (off() && event.key !== "?") return;
    if (card.open && event.key !== "?") return;
    if (first === "g") {
      first = "";
      clearTimeout(timer);
      return void act(`g ${event.key}`, event);
    }
    if (event.key === "g") {
      first = "g";
      timer = setTimeout(() => (first = ""), 1500);
      return;
    }
    if (["?", "/", "j", "k", "x"].includes(event.key)) event.preventDefault();
    act(event.key, event);
  });
  card.addEventListener("click", (event) => {
    if (event.target === card) card.close();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-opens=help-card]")) card.showModal();
  });
  const choice = card.querySelector("[data-keys-off]");
  choice.checked = off();
  choice.addEventListener("change", () => localStorage.setItem("keys", choice.checked ? "off" : "on"));
}
