/* A matter's page: the timeline's filters, who else is here. */
"use strict";

{
  const buttons = [...document.querySelectorAll("[data-sort]")];
  const show = (chosen) => {
    buttons.forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.sort === chosen)));
    document.querySelectorAll(".timeline > [data-sorts]").forEach((entry) => {
      entry.hidden = chosen !== "" && !entry.dataset.sorts.split(" ").includes(chosen);
    });
  };
  buttons.forEach((button) => button.addEventListener("click", () => show(button.dataset.sort)));

  const here = document.querySelector("[data-present]");
  const tell = async () => {
    if (document.hidden) return;
    const body = new URLSearchParams({ writing: document.querySelector("#act form") ? "1" : "0" });
    try {
      const answer = await fetch(here.dataset.present, { method: "POST", body, headers: { "X-CSRFToken": here.dataset.token } });
      if (answer.ok) here.innerHTML = await answer.text();
    } catch {
      /* The connection is gone: the next telling says so by itself. */
    }
  };
  if (here) {
    tell();
    setInterval(tell, 20000);
    document.addEventListener("htmx:afterSwap", tell);
  }
}
addEventListener("beforeprint", () => document.querySelectorAll("details.more").forEach((one) => (one.open = true)));
