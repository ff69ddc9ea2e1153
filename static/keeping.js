// What is typed into a long text is kept for its author some seconds later. The page works without this; all words come
// from the page or from the answer.
(function () {
  "use strict";
  const form = document.querySelector("form[data-keep]");
  if (!form || !window.fetch || !window.FormData) return;

  const SECONDS = 3;
  // Browsers let no more than 64 kB go on after a page has been left.
  const LEAVING = 15000;
  const field = form.querySelector("textarea");
  const said = form.querySelector("[data-kept]");
  let last = field.value;
  let timer;

  function keep() {
    clearTimeout(timer);
    timer = undefined;
    const text = field.value;
    if (text === last) return;
    fetch(form.dataset.keep, {
      method: "POST",
      body: new FormData(form),
      credentials: "same-origin",
      keepalive: text.length < LEAVING,
    })
      .then((answer) => {
        // A log-in page is where the server leads whose session is over.
        if (answer.redirected) throw new Error();
        return answer.json();
      })
      .then((answer) => {
        last = text;
        said.textContent = answer.said;
      })
      .catch(() => {
        said.textContent = form.dataset.keepFailed;
      });
  }

  field.addEventListener("input", () => {
    if (timer === undefined) timer = setTimeout(keep, SECONDS * 1000);
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") keep();
  });
  // What is being saved needs no keeping.
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    last = field.value;
  });
})();
