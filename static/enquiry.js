// Only conveniences: every page works without them, in browsers from 2017 on. All words come from the page.
(function () {
  "use strict";
  if (!Element.prototype.closest) return;

  const all = (selector, within) => Array.from((within || document).querySelectorAll(selector));

  // A place for screen readers, which has to be there before anything is said.
  function voice(parent) {
    const live = document.createElement("p");
    live.setAttribute("role", "status");
    live.className = "visually-hidden";
    parent.appendChild(live);
    return (text) => {
      live.textContent = text;
    };
  }

  // Choosing an answer that excludes the others takes those away, and says so.
  function exclusive(form, say) {
    form.addEventListener("change", (event) => {
      const box = event.target;
      const list = box.closest("[data-exclusive]");
      if (!list || box.type !== "checkbox" || !box.checked) return;
      const isExclusive = (other) => other.hasAttribute("data-alone");
      const away = all("input[type=checkbox]", list).filter(
        (other) => other !== box && other.checked && (isExclusive(box) || isExclusive(other))
      );
      away.forEach((other) => {
        other.checked = false;
      });
      say(away.length ? form.dataset.exclusiveNote : "");
    });
  }

  // Signs, not bytes, and line ends as one: as the server counts them.
  const length = (text) => Array.from(text.replace(/\r\n?/g, "\n").trim()).length;

  // Below a short field only towards its end; said aloud only when typing pauses close to it.
  const PAUSE = 1500;
  const CLOSE = 0.1;
  const SOON = 0.25;

  function counter(field, note, say) {
    const most = Number(field.dataset.most);
    if (!(most > 0) || !field.id) return;
    const line = document.createElement("p");
    const number = document.createElement("bdi");
    line.id = field.id + "-left";
    line.className = "left-count";
    line.appendChild(document.createTextNode(note + " "));
    line.appendChild(number);
    field.parentNode.insertBefore(line, field.nextSibling);
    field.setAttribute("aria-describedby", ((field.getAttribute("aria-describedby") || "") + " " + line.id).trim());
    let pause = 0;
    const show = () => {
      const left = most - length(field.value);
      number.textContent = String(left).replace("-", "\u2212");
      line.classList.toggle("is-over", left < 0);
      line.hidden = field.tagName !== "TEXTAREA" && left > most * SOON;
      return left;
    };
    field.addEventListener("input", () => {
      const left = show();
      clearTimeout(pause);
      pause = setTimeout(() => say(left <= most * CLOSE ? line.textContent : ""), PAUSE);
    });
    window.addEventListener("pageshow", show);
    show();
  }

  // What is chosen in one place cannot be chosen in another, which shows the number of that place. What is chosen
  // in the place itself is never disabled: it would not be sent.
  function ranking(list) {
    const places = all("select", list);
    const before = list.dataset.ranking ? list.dataset.ranking + " " : "";
    const words = new Map();
    all("option", list).forEach((option) => words.set(option, option.textContent));
    const show = () => {
      words.forEach((text, option) => {
        const own = option.closest("select");
        const taken = option.value && own.value !== option.value ? places.findIndex((one) => one.value === option.value) : -1;
        option.disabled = taken >= 0;
        const shown = taken >= 0 ? text + " (" + before + (taken + 1) + ")" : text;
        if (option.textContent !== shown) option.textContent = shown;
      });
    };
    list.addEventListener("change", show);
    window.addEventListener("pageshow", show);
    show();
  }

  // The clock is read again and again, because a computer that sleeps stops counting.
  const WARNING = 120;
  const LOOK = 5000;

  function ending(main) {
    const dialog = document.querySelector("dialog.ending");
    const seconds = Number(main.dataset.endsInSeconds);
    if (!dialog || typeof dialog.showModal !== "function" || !(seconds > 0)) return;
    const warnAt = Date.now() + (seconds - WARNING) * 1000;
    all("button[type=button]", dialog).forEach((button) => button.addEventListener("click", () => dialog.close()));
    const clock = setInterval(look, LOOK);
    function look() {
      if (Date.now() < warnAt) return;
      clearInterval(clock);
      if (!dialog.open) dialog.showModal();
    }
    look();
  }

  // The text is marked where the browser refuses, so that it can be copied by hand.
  function copying(button) {
    const text = document.querySelector(button.dataset.copy);
    if (!text || !window.getSelection) return;
    const say = voice(button.parentNode);
    const label = button.textContent;
    const copied = () => {
      if (!button.dataset.copied) return;
      button.textContent = button.dataset.copied;
      say(button.dataset.copied);
      setTimeout(() => {
        button.textContent = label;
        say("");
      }, 4000);
    };
    const mark = () => {
      const range = document.createRange();
      range.selectNodeContents(text);
      window.getSelection().removeAllRanges();
      window.getSelection().addRange(range);
      return Boolean(document.execCommand) && document.execCommand("copy");
    };
    const byHand = () => {
      if (mark()) copied();
    };
    button.addEventListener("click", () => {
      if (navigator.clipboard && window.isSecureContext) {
        navigator.clipboard.writeText(text.textContent.trim()).then(copied, byHand);
      } else {
        byHand();
      }
    });
    button.hidden = false;
  }

  function printing(button) {
    if (typeof window.print !== "function") return;
    button.addEventListener("click", () => window.print());
    button.hidden = false;
  }

  all("form[data-exclusive-note], form[data-left-note]").forEach((form) => {
    const say = voice(form);
    if (form.dataset.exclusiveNote) exclusive(form, say);
    if (form.dataset.leftNote) all("[data-most]", form).forEach((field) => counter(field, form.dataset.leftNote, say));
  });
  all(".places[data-ranking]").forEach(ranking);
  all("main[data-ends-in-seconds]").forEach(ending);
  all("button[data-copy]").forEach(copying);
  all("button[data-print]").forEach(printing);
})();
