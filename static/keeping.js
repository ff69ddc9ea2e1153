// What is typed into a long text is kept for its author some seconds later. The page works without this; all words come
// from the page or from the answer.
(function () {
  "use strict";
  const form = document.querySelector("form[data-keep]");
  if (!form || !window.fetch || !window.FormData || !window.AbortController) return;

  const SECONDS = 3;
  // Browsers let no more than 64 kB go on after a page has been left.
  const LEAVING = 15000;
  const field = form.querySelector("textarea");
  const said = form.querySelector("[data-kept]");
  let last = field.value;
  let sending;
  let timer;

  function stop() {
    clearTimeout(timer);
    timer = undefined;
    if (sending) sending.abort();
  }

  // Logging in again ends the token that this page came with. The page has a new one, if it is for the same person.
  async function renewed(signal) {
    const answer = await fetch(window.location.pathname, { credentials: "same-origin", signal });
    if (answer.redirected || !answer.ok) return false;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const there = page.querySelector("form[data-keep]");
    if (!there || there.dataset.keepFor !== form.dataset.keepFor) return false;
    const token = there.querySelector("[name=csrfmiddlewaretoken]").value;
    document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((hidden) => {
      hidden.value = token;
    });
    return true;
  }

  async function send(keepalive, signal) {
    const post = () =>
      fetch(form.dataset.keep, {
        method: "POST",
        body: new FormData(form),
        credentials: "same-origin",
        keepalive,
        signal,
      });
    let answer = await post();
    if (answer.status === 403 && (await renewed(signal))) answer = await post();
    // A log-in page is where the server leads whose session is over.
    if (answer.redirected) throw new Error();
    return answer.json();
  }

  async function keep() {
    // An older text that arrived later would take the place of this one.
    stop();
    const text = field.value;
    if (text === last) return;
    const { signal } = (sending = new AbortController());
    try {
      const answer = await send(text.length < LEAVING, signal);
      if (signal.aborted) return;
      last = text;
      said.textContent = answer.said;
    } catch (problem) {
      if (!signal.aborted) said.textContent = form.dataset.keepFailed;
    }
  }

  field.addEventListener("input", () => {
    if (timer === undefined) timer = setTimeout(keep, SECONDS * 1000);
  });
  // Also for whoever comes back from the tab in which they logged in again.
  document.addEventListener("visibilitychange", keep);
  // What is being saved needs no keeping.
  form.addEventListener("submit", () => {
    stop();
    last = field.value;
  });
})();
