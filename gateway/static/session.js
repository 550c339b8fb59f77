// At home: warns in time before somebody who has opened no page for long is signed out, with a button "I am here".
import { ask } from "./asking.js";

const dialog = document.getElementById("session-clock");
const warn = dialog.dataset.warn * 1000;
const [asks, tells] = dialog.querySelectorAll("[data-asks], [data-over]");
const shown = dialog.querySelector("[data-left]");
const told = dialog.querySelector("[role=status]");
let over = Date.now() + dialog.dataset.ends * 1000;
let looked = false;

// Other tabs of the browser, and scripts of this page, renew the same sign-in.
const tabs = new BroadcastChannel("caunoi-session");
tabs.addEventListener("message", ({ data }) => moved(Math.max(over, data)));
tabs.postMessage(over);

function moved(end) {
  over = end;
  looked = false;
}

// GET returns the seconds until the end, POST renews the sign-in first; null if there is no response.
async function left(method) {
  const headers = { "X-Requested-With": "fetch", "X-CSRFToken": dialog.dataset.token };
  const answer = await ask(dialog.dataset.at, { method, headers }).catch(() => null);
  if (answer?.status === 401) return 0;
  return answer?.ok ? Number(await answer.text()) : null;
}

dialog.querySelector("[data-stay]").addEventListener("click", async () => {
  const seconds = await left("POST");
  if (seconds === null) return; // without network the question stays
  moved(Date.now() + seconds * 1000);
  tabs.postMessage(over);
  tick();
});
dialog.querySelector("[data-close]").addEventListener("click", () => {
  clearInterval(ticking);
  dialog.close();
});

async function tick() {
  if (over - Date.now() > warn) return dialog.close();
  if (!looked) {
    looked = true;
    const seconds = await left("GET");
    if (seconds !== null) over = Date.now() + seconds * 1000;
    if (over - Date.now() > warn) return moved(over);
  }
  const seconds = Math.max(0, Math.ceil((over - Date.now()) / 1000));
  asks.hidden = !seconds;
  tells.hidden = Boolean(seconds);
  shown.textContent = seconds;
  if (!dialog.open) dialog.showModal();
  else if (seconds && seconds % 30 === 0) told.textContent = `Còn ${seconds} giây.`;
}

const ticking = setInterval(tick, 1000);
