/* Read before anything is drawn, so that no page flashes: the chosen theme, else the system's. */
"use strict";

{
  const system = matchMedia("(prefers-color-scheme: dark)");
  const show = () => {
    const chosen = localStorage.getItem("theme");
    const dark = chosen === "dark" || (chosen !== "light" && system.matches);
    document.documentElement.dataset.bsTheme = dark ? "dark" : "light";
  };
  show();
  system.addEventListener("change", show);
  addEventListener("beforeprint", () => (document.documentElement.dataset.bsTheme = "light"));
  addEventListener("afterprint", show);
  document.addEventListener("click", (event) => {
    const choice = event.target.closest("[data-theme-choice]");
    if (!choice) return;
    localStorage.setItem("theme", choice.dataset.themeChoice);
    show();
  });
}
