// A station's computer: signs out if nobody is there any more, and holds a form back while there is no network.
import { ask, signsOut } from "./asking.js";
import { backOnline, reachable } from "./network.js";

navigator.serviceWorker?.register("/kiosk-worker.js").catch(() => {}); // without it only the page "no network" is missing

// A page that the browser had kept could show somebody else's answers.
addEventListener("pageshow", (event) => event.persisted && location.reload());

const bar = document.querySelector("#mat-mang");
const lost = bar.textContent.trim();

function say(text) {
  bar.hidden = !text;
  bar.textContent = text;
}

say("");
addEventListener("offline", () => say(lost));
addEventListener("online", () => waiting.size || say(""));

const waiting = new Set();
const sent = new WeakSet();

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || sent.has(form)) return;
  event.preventDefault();
  if (waiting.has(form)) return;
  waiting.add(form);
  if (!(await reachable())) {
    say(`${lost} ${bar.dataset.sends}`);
    await backOnline();
    say("");
  }
  waiting.delete(form);
  sent.add(form);
  form.requestSubmit(event.submitter);
  sent.delete(form); // if the browser comes back to this page, it can be sent again
});

// The idle clock uses the time of day, so that a computer that slept does not seem to have been used just now.
const dialog = document.querySelector("#con-do");
if (dialog) {
  const [warn, wipe] = [dialog.dataset.warn * 1000, dialog.dataset.wipe * 1000];
  const tellEvery = Math.min(60_000, wipe / 3);
  const shown = dialog.querySelector("[data-left]");
  const told = dialog.querySelector("[role=status]");
  let used = Date.now();
  let heard = used; // last time the server learned of use: the request for this page

  const use = () => dialog.open || (used = Date.now());
  for (const kind of ["keydown", "input", "pointerdown", "wheel", "scroll"]) {
    addEventListener(kind, use, { capture: true, passive: true });
  }
  dialog.addEventListener("close", use);
  dialog.querySelector("[data-stay]").addEventListener("click", () => {
    dialog.close();
    use(); // now: "close" comes later, and on a busy processor the clock could run out before it
  });

  const ticking = setInterval(() => {
    const now = Date.now();
    const left = Math.ceil((used + wipe - now) / 1000);
    if (left <= 0) {
      clearInterval(ticking);
      leave();
      return;
    }
    if (used > heard && now - heard >= tellEvery) {
      heard = now;
      ask("/kiosk/con-day", { method: "POST", headers: { "X-Requested-With": "fetch" } }).catch(() => {});
    }
    if (now - used < warn) return;
    shown.textContent = left;
    if (!dialog.open) dialog.showModal();
    else if (left % 15 === 0) told.textContent = `Còn ${left} giây.`;
  }, 1000);
}

// Nothing is left on the screen, even where the server cannot be told yet. What was typed into a draft is saved first.
async function leave() {
  signsOut();
  const answers = "saved" in dialog.dataset && document.getElementById("answers");
  const form = document.createElement("form");
  form.method = "post";
  form.action = answers ? answers.action : "/kiosk/ket-thuc";
  const sent = [...(answers ? new FormData(answers) : []), ["next", "/kiosk/ket-thuc"], ["idle", "yes"]];
  for (const [name, value] of sent) {
    const field = Object.assign(document.createElement("input"), { type: "hidden", name, value });
    form.append(field);
  }
  const text = document.createElement("p");
  text.className = "govuk-body app-left";
  text.textContent = "Đã kết thúc vì không có ai dùng máy.";
  document.title = "Đã kết thúc – Cầu Nối";
  document.body.replaceChildren(text, form);
  await backOnline();
  form.submit();
}
