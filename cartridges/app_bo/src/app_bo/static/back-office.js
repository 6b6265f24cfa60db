// Comfort on top of pages that work without it.
"use strict";
(() => {
  const root = document.documentElement;

  // The theme changes at once; the form keeps the choice in a cookie.
  const theme = document.querySelector("form[data-theme-switch]");
  theme?.addEventListener("submit", (event) => {
    event.preventDefault();
    const chosen = event.submitter.value;
    if (chosen === "system") delete root.dataset.theme;
    else root.dataset.theme = chosen;
    for (const button of theme.querySelectorAll("button"))
      button.setAttribute("aria-pressed", String(button.value === chosen));
    fetch(theme.action, { method: "POST", body: new URLSearchParams({ theme: chosen, back: "/bo" }) });
  });

  // What was sent is not sent twice.
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    if (event.target.dataset.sent && Date.now() - Number(event.target.dataset.sent) < 3000) {
      event.preventDefault();
      return;
    }
    event.target.dataset.sent = String(Date.now());
    event.submitter?.setAttribute("aria-disabled", "true");
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
    for (const button of document.querySelectorAll("button[aria-disabled]")) button.removeAttribute("aria-disabled");
  });

  // Moments are shown in the reader's own time zone.
  for (const time of document.querySelectorAll("time[datetime]")) {
    const moment = new Date(time.dateTime);
    if (Number.isNaN(moment.valueOf())) continue;
    time.title = time.textContent.trim();
    const format = { dateStyle: "medium", timeStyle: "short", hourCycle: "h23" };
    time.textContent = new Intl.DateTimeFormat(root.lang, format).format(moment);
  }

  // Errors are read first.
  document.querySelector("[data-first-focus]")?.focus();
})();
