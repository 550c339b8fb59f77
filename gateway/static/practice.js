// The phone of a practice: asks for news, and says so to who cannot see it. A dossier's page, which stands still, offers
// to be loaded again.
import { ask } from "./asking.js";

const EVERY = 3000;
const phone = document.getElementById("practice-phone");
const news = document.getElementById("practice-news");
const changed = document.getElementById("practice-changed");
const LONGEST = 20 * 60 * 1000; // a page that nobody looks at for so long asks no more

async function look() {
  const answer = await ask(phone.dataset.part, { headers: { "X-Requested-With": "fetch" }, cache: "no-store" });
  if (!answer.ok || answer.redirected) return;
  const text = await answer.text();
  const fresh = document.createElement("div");
  fresh.innerHTML = text;
  if (fresh.querySelector("main")) {
    location.reload(); // this computer was left, or nobody practises here any more
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
