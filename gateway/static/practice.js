// The phone of a practice: requests news, and announces it to people who cannot see it. A dossier's page, which does
// not change by itself, offers a reload.
import { ask } from "./asking.js";

const EVERY = 3000;
const phone = document.getElementById("practice-phone");
const news = document.getElementById("practice-news");
const changed = document.getElementById("practice-changed");
const LONGEST = 20 * 60 * 1000; // after this time without use the page stops asking

async function look() {
  const answer = await ask(phone.dataset.part, { headers: { "X-Requested-With": "fetch" }, cache: "no-store" });
  if (!answer.ok || answer.redirected) return;
  const text = await answer.text();
  const fresh = document.createElement("div");
  fresh.innerHTML = text;
  if (fresh.querySelector("main")) {
    location.reload(); // somebody left this computer, or the practice has ended
    return;
  }
  const newest = (where) => where.querySelector(".app-phone__text")?.textContent ?? "";
  if (newest(fresh) === newest(phone)) return;
  phone.replaceChildren(...fresh.childNodes);
  news.textContent = `Tin nhắn tập thử: ${newest(phone)}`;
  if (!changed) return;
  changed.hidden = false;
  news.textContent += ` ${changed.textContent}`;
}

const since = Date.now();
const timer = setInterval(() => {
  if (Date.now() - since > LONGEST) clearInterval(timer);
  else if (!document.hidden) look().catch(() => {});
}, EVERY);
