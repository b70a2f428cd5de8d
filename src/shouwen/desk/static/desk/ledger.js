/* The ledger: one tick for all of the page. */
"use strict";

document.querySelectorAll("[data-tick-all]").forEach((all) => {
  const form = all.closest("form");
  const boxes = () => [...form.querySelectorAll("input[name=matter]")];
  all.addEventListener("change", () => boxes().forEach((box) => (box.checked = all.checked)));
  form.addEventListener("change", (event) => {
    if (event.target.name === "matter") all.checked = boxes().every((box) => box.checked);
  });
});
