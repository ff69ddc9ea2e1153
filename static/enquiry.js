"use strict";
// Only a convenience: choosing an answer that excludes the others takes those away, and says so.
for (const form of document.querySelectorAll("form[data-exclusive-note]")) {
  const live = document.createElement("p");
  live.setAttribute("role", "status");
  live.className = "visually-hidden";
  form.append(live);
  form.addEventListener("change", (event) => {
    const box = event.target;
    const list = box.closest("[data-exclusive]");
    if (!list || box.type !== "checkbox" || !box.checked) return;
    const boxes = [...list.querySelectorAll("input[type=checkbox]")];
    const isExclusive = (other) => other.hasAttribute("data-alone");
    const away = boxes.filter((other) => other !== box && other.checked && (isExclusive(box) || isExclusive(other)));
    for (const other of away) other.checked = false;
    live.textContent = away.length ? form.dataset.exclusiveNote : "";
  });
}
