// The idle timer and dialogs. Every page works without it: the server ends sessions by itself.
"use strict";

const idle = Number(document.body.dataset.idle || 0) * 1000;
const dialog = document.getElementById("idle");
const LAST = "last-activity";

if (idle > 0 && dialog) watch(idle, Math.min(60_000, idle / 2));

function watch(limit, warning) {
  const left = document.getElementById("idle-left");
  const tellEvery = Math.min(30_000, limit / 6);
  let told = Date.now();
  let leaving = false;
  localStorage.setItem(LAST, String(told));

  // Other tabs of the same user count, too.
  const last = () => Number(localStorage.getItem(LAST)) || told;

  function active() {
    if (dialog.open || leaving) return;
    const now = Date.now();
    localStorage.setItem(LAST, String(now));
    if (now - told >= tellEvery) tell();
  }

  async function tell() {
    told = Date.now();
    try {
      const answer = await fetch("/session", { method: "POST", redirect: "manual" });
      if (answer.status !== 204) leave();
    } catch {
      // No network: the server's own timer goes on.
    }
  }

  function leave() {
    if (leaving) return;
    leaving = true;
    document.getElementById("main").replaceChildren();
    const form = document.getElementById("sign-out");
    form.elements.reason.value = "idle";
    form.submit();
  }

  function tick() {
    const rest = last() + limit - Date.now();
    if (rest <= 0) return leave();
    left.textContent = String(Math.ceil(rest / 1000));
    if (rest <= warning && !dialog.open) dialog.showModal();
    if (rest > warning && dialog.open) dialog.close();
  }

  function stay() {
    localStorage.setItem(LAST, String(Date.now()));
    dialog.close();
    tell();
  }

  for (const kind of ["keydown", "pointerdown", "pointermove", "scroll"]) {
    addEventListener(kind, active, { passive: true, capture: true });
  }
  document.getElementById("stay").addEventListener("click", stay);
  dialog.addEventListener("cancel", stay);
  setInterval(tick, 500);
}

// A countdown to a time that the server gave, in seconds.
for (const clock of document.querySelectorAll("[data-left]")) {
  const end = Date.now() + Number(clock.dataset.left) * 1000;
  const show = () => {
    const rest = Math.max(0, Math.round((end - Date.now()) / 1000));
    clock.textContent = `${Math.floor(rest / 60)}:${String(rest % 60).padStart(2, "0")}`;
  };
  show();
  setInterval(show, 1000);
}

for (const form of document.querySelectorAll("form[data-confirm]")) {
  form.addEventListener("submit", (event) => {
    if (!confirm(form.dataset.confirm)) event.preventDefault();
  });
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

// A link from a mail carries its token behind '#', which no server sees.
const token = document.getElementById("token");
if (token && location.hash.length > 1) {
  token.value = location.hash.slice(1);
  history.replaceState(null, "", location.pathname);
}

// Nothing is shown again from the browser's memory.
addEventListener("pageshow", (event) => event.persisted && location.reload());
