// The editor's preview: asks the server for the filled-in message a moment after the last key.
"use strict";

(() => {
  const page = document.querySelector("[data-wording]");
  if (!page) return;
  const PAUSE = 350; // milliseconds
  const form = page.querySelector("form");
  const preview = page.querySelector(".wording-preview");
  const find = (name) => page.querySelector(`[${name}]`);
  const state = find("data-state");
  let scheme = "light";
  let timer = 0;
  let asked = 0;
  let lastField = null;

  function later() {
    preview.classList.add("is-stale");
    window.clearTimeout(timer);
    timer = window.setTimeout(ask, PAUSE);
  }

  async function ask() {
    const mine = ++asked;
    const words = new FormData();
    // by hand: a form that may not be changed sends none of its fields
    page.querySelectorAll("[data-part]").forEach((field) => words.set(field.name, field.value));
    words.set("record", find("data-record").value);
    words.set("scheme", scheme);
    words.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    let made;
    try {
      const answer = await fetch(page.dataset.preview, { method: "POST", body: words });
      if (!answer.ok) throw new Error(String(answer.status));
      made = await answer.json();
    } catch (problem) {
      if (mine === asked) state.textContent = "The preview did not answer; it is asked again as you type.";
      return;
    }
    if (mine !== asked) return; // a younger question is on its way
    preview.classList.remove("is-stale");
    state.textContent = "";
    show(made);
  }

  function show(made) {
    const problem = find("data-problem");
    problem.hidden = !made.problem;
    problem.textContent = made.problem || "";
    page.querySelectorAll("[data-findings]").forEach((list) => {
      const found = made.findings[list.dataset.findings] || [];
      list.replaceChildren(...found.map((one) => {
        const line = document.createElement("li");
        line.className = `wording-${one.level}`;
        line.textContent = one.message;
        return line;
      }));
    });
    if (made.problem) return; // the last good preview stays
    const put = (name, value) => { const there = find(name); if (there) there.textContent = value || ""; };
    put("data-subject", made.subject);
    put("data-text", made.text);
    put("data-push-title", made.push_title);
    put("data-push-body", made.push_body);
    const frame = find("data-html");
    if (frame) frame.srcdoc = made.html;
  }

  form.addEventListener("input", later);
  form.addEventListener("focusin", (event) => { if (event.target.dataset.part) lastField = event.target; });
  page.querySelectorAll("[data-variable]").forEach((button) => button.addEventListener("click", () => {
    const field = lastField || page.querySelector("textarea[data-part]");
    if (!field) return;
    field.setRangeText(`{{ ${button.dataset.variable} }}`, field.selectionStart, field.selectionEnd, "end");
    field.focus();
    later();
  }));
  page.querySelectorAll("[data-scheme]").forEach((button) => button.addEventListener("click", () => {
    scheme = button.dataset.scheme;
    page.querySelectorAll("[data-scheme]").forEach((one) => one.setAttribute("aria-pressed", String(one === button)));
    const lock = find("data-lock");
    if (lock) lock.classList.toggle("is-dark", scheme === "dark");
    ask();
  }));
  const phone = find("data-phone");
  if (phone) phone.addEventListener("click", () => {
    phone.setAttribute("aria-pressed", String(preview.classList.toggle("is-phone")));
  });
})();
