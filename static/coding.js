// Coding by keyboard. The page works without this; all words come from the page.
(function () {
  "use strict";
  const work = document.querySelector("[data-coding]");
  if (!work || !Element.prototype.closest) return;

  // While the answer is hidden there are no codes and no filter.
  const all = (selector) => Array.from(work.querySelectorAll(selector));
  const filter = work.querySelector("[data-filter]");
  const says = work.querySelector("[data-filter-says]");
  const labels = all("label[data-names]");
  const boxOf = (label) => label.querySelector("input");
  const visible = () => labels.filter((label) => !label.hidden);

  // As the server compares words: without accents and case.
  const plain = (words) => words.normalize("NFKD").replace(/[\u0300-\u036f\u064b-\u0652\u0640]/g, "").toLowerCase();
  const names = new Map(labels.map((label) => [label, plain(label.dataset.names)]));

  function narrow() {
    const wanted = plain(filter.value).split(/\s+/).filter(Boolean);
    labels.forEach((label) => {
      label.hidden = !wanted.every((word) => names.get(label).includes(word)) && !boxOf(label).checked;
    });
    says.textContent = visible().length ? "" : filter.dataset.none;
  }

  function choose(label) {
    const box = boxOf(label);
    box.checked = box.type === "radio" || !box.checked;
    box.focus();
  }

  function press(selector) {
    const button = document.querySelector(selector);
    if (button) button.click();
    return Boolean(button);
  }

  function save() {
    if (all("input[name=codes]:checked").length) press("[data-save]");
  }

  const hide = () => {
    if (!document.querySelector("[data-hide]")) return false;
    Array.from(document.querySelectorAll("[data-said]")).forEach((one) => {
      one.hidden = true;
    });
    return press("[data-hide]");
  };
  const COMMANDS = { u: () => press("[data-undo]"), s: () => press("[data-skip]"), h: hide };

  // On a keyboard of other letters the key in the same place does it.
  function commandOf(event) {
    const key = event.key.toLowerCase();
    if (COMMANDS[key]) return COMMANDS[key];
    const place = /^Key([A-Z])$/.exec(event.code || "");
    return place && key > "\u007f" ? COMMANDS[place[1].toLowerCase()] : undefined;
  }

  function inFilter(event) {
    const first = visible()[0];
    if (event.key === "Enter" && filter.value && first) {
      choose(first);
      filter.value = "";
      narrow();
    } else if (event.key === "Enter") {
      save();
    } else if (event.key === "Escape") {
      filter.value = "";
      narrow();
      filter.blur();
      return;
    } else if (event.key === "ArrowDown" && first) {
      boxOf(first).focus();
    } else {
      return;
    }
    event.preventDefault();
  }

  function onPage(event) {
    const target = event.target;
    if (/^[1-9]$/.test(event.key)) {
      const box = work.querySelector("input[data-number='" + event.key + "']");
      if (box) choose(box.closest("label"));
    } else if (event.key === "Enter") {
      if (target.closest("button, a, summary")) return;
      save();
      event.preventDefault();
    } else if (event.key === "/") {
      if (filter) filter.focus();
      event.preventDefault();
    } else if (event.key.length === 1 && event.key !== " ") {
      const command = commandOf(event);
      if (command && command()) event.preventDefault();
      // The letter goes where the focus is now.
      else if (filter && /[^\d\s]/.test(event.key)) filter.focus();
    }
  }

  if (filter) {
    filter.closest("[hidden]").hidden = false;
    filter.addEventListener("input", narrow);
  }
  const shown = document.querySelector("[data-keys-shown]");
  if (shown) shown.hidden = false;
  if (work.dataset.keys !== "on") return;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.defaultPrevented) return;
    if (event.target === filter) inFilter(event);
    else if (!event.target.closest("textarea, select, input:not([name=codes]), header, footer")) onPage(event);
  });
})();
