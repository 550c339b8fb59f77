// Keeps a page of a guided session up to date: learns of a change, fetches the changed part, and shows it.
import { ask } from "./asking.js";

const PARTS = ["guidance", "guidance-panel", "guidance-here", "guidance-tools"];
const HEARTBEAT = 60_000; // tells the station's ward that the citizen's browser is still here
const STAY = 480_000; // a volunteer who guides by voice stays signed in: tokens are renewed with each part
const QUIET = 40_000; // a stream gives a sign of life every 15 seconds
const LONGEST_PAUSE = 10_000;
const LONGEST_PAUSE_WITHOUT_STREAM = 30_000; // the ward does not respond, and may be overloaded
const COUNT = 5_000;

let stream = null;
let pause = 500;
let again = 0;
let quiet = 0;
let heard = "";

const root = () => document.getElementById("guidance");
const still = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

function listen() {
  stream?.close();
  stream = null;
  const { stream: address, state } = root()?.dataset ?? {};
  if (!address) {
    if (state === "silent") later(LONGEST_PAUSE_WITHOUT_STREAM);
    return;
  }
  const source = new EventSource(address);
  stream = source;
  const held = () => {
    clearTimeout(quiet);
    // If the network is lost silently, the connection stays open: nothing comes, not even an error.
    quiet = setTimeout(() => stream === source && source.readyState !== EventSource.CLOSED && later(), QUIET);
  };
  const changed = (event) => {
    pause = 500;
    held();
    if (event.type === "ended") source.close();
    const { version, citizen } = root()?.dataset ?? {};
    if (event.data === (event.type === "citizen" ? citizen : version)) return;
    // The stream says it only once: if the page did not get its part, it tries again.
    fetchPart().then((got) => got || later());
  };
  held();
  for (const name of ["version", "ended", "citizen"]) source.addEventListener(name, changed);
  source.addEventListener("open-still", held);
  source.addEventListener("error", () => {
    // While it reconnects by itself there is nothing to do. After a refusal it needs another ticket.
    if (source.readyState === EventSource.CLOSED && stream === source) later();
  });
}

function later(longest = LONGEST_PAUSE) {
  clearTimeout(again);
  again = setTimeout(async () => {
    if (await fetchPart()) listen();
    else later(longest);
  }, pause * (0.75 + Math.random() / 2));
  pause = Math.min(pause * 2, longest);
}

function beat() {
  setTimeout(beat, HEARTBEAT * (0.9 + Math.random() / 5));
  const { beats, stream: address } = root()?.dataset ?? {};
  if (beats !== undefined && address) ask(address, { method: "POST" }).catch(() => {}); // the next one may arrive
}

async function fetchPart() {
  const address = root()?.dataset.part;
  if (!address) return true;
  try {
    const answer = await ask(address, { cache: "no-store" });
    if (answer.status >= 500 || answer.status === 429) return false;
    if (answer.status === 401) location.reload(); // signed out: the page itself leads to the sign-in
    else show(await answer.text());
    return true;
  } catch {
    return false; // no network, or somebody signs out
  }
}

function show(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  if (!fresh.getElementById("guidance")) {
    location.reload(); // signed out, or somebody else has signed in: the page says so
    return;
  }
  const held = document.activeElement;
  const mark = markOf(held);
  const open = new Set([...document.querySelectorAll("#guidance details[open][id]")].map((one) => one.id));
  for (const id of PARTS) {
    const old = document.getElementById(id);
    const part = fresh.getElementById(id);
    if (old && part && old.outerHTML !== part.outerHTML) old.replaceWith(document.adoptNode(part));
  }
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  if (!held.isConnected) focusAgain(mark);
  if (!root().dataset.stream) stream?.close();
  point();
  tell();
  count();
  offerReading();
}

/** Counts the minutes on while nothing else changes. */
function count() {
  const now = performance.now();
  for (const one of document.querySelectorAll("[data-seconds], [data-seconds-left]")) {
    one.shownAt ??= now;
    const { seconds, secondsLeft } = one.dataset;
    const passed = (now - one.shownAt) / 1000;
    const minutes = seconds ? Math.floor((Number(seconds) + passed) / 60) : Math.ceil((secondsLeft - passed) / 60);
    one.textContent = Math.max(0, minutes);
  }
}

/** What stays the same when a part is renewed, unlike keys and tokens of forms. */
function markOf(one) {
  return one.id || one.getAttribute("href") || one.textContent.trim();
}

/** Returns the focus to the same element; if it is gone, to the part, not to the top of the page. */
function focusAgain(mark) {
  const own = PARTS.flatMap((id) => [...(document.getElementById(id)?.querySelectorAll("a, button, summary") ?? [])]);
  const one = own.find((each) => markOf(each) === mark) ?? root();
  if (one === root()) one.tabIndex = -1;
  one.focus({ preventScroll: true });
}

/** Lights up the question that the volunteer points at, also when they point at it again. */
function point() {
  const { lit = "", pointed = "" } = root()?.dataset ?? {};
  const before = document.querySelector(".app-pointed");
  if ((before?.dataset.lit ?? "") === lit && (!lit || before.dataset.pointed === pointed)) return;
  before?.querySelector(".app-pointed__text")?.remove();
  before?.classList.remove("app-pointed");
  before?.removeAttribute("data-lit");
  before?.offsetWidth; // restarts the animation
  const one = lit && document.getElementById(lit);
  const group = one && (one.closest(".govuk-form-group:not(.govuk-form-group .govuk-form-group)") ?? one.closest("section"));
  if (!group) return;
  const text = document.createElement("p");
  text.className = "app-pointed__text";
  text.textContent = "Tình nguyện viên chỉ vào câu này";
  group.classList.add("app-pointed");
  group.dataset.lit = lit;
  group.dataset.pointed = pointed;
  group.prepend(text);
  group.scrollIntoView({ behavior: still() ? "auto" : "smooth", block: "center" });
}

/** Tells a screen reader, once each: what was pressed here, or what the other side did last. */
function tell() {
  const { told, news } = root().dataset;
  if (told) say(told);
  else if (newest() !== heard) {
    heard = newest();
    if (news) say(news);
  }
}

/** The news with its number, so that the same words are announced again. */
function newest() {
  return `${root().dataset.number ?? ""} ${root().dataset.news ?? ""}`;
}

function say(text) {
  const place = document.getElementById("guidance-news");
  if (!place) return;
  // The same words are announced again only in a new element.
  place.replaceChildren(Object.assign(document.createElement("span"), { textContent: text }));
  document.dispatchEvent(new Event("input", { bubbles: true })); // somebody who listens is there
}

/** Buttons that read aloud, if the browser has a Vietnamese voice. */
function offerReading() {
  const voice = window.speechSynthesis?.getVoices().find((one) => one.lang.toLowerCase().startsWith("vi"));
  if (!voice) return;
  for (const button of document.querySelectorAll("[data-read-aloud]")) {
    button.hidden = false;
    button.onclick = () => {
      const words = new SpeechSynthesisUtterance(button.dataset.readAloud);
      words.voice = voice;
      words.lang = voice.lang;
      words.rate = 0.9;
      speechSynthesis.cancel();
      speechSynthesis.speak(words);
    };
  }
}

/** Sends a volunteer's button without leaving the page. */
async function act(event) {
  const form = event.target.closest("form[data-guide]");
  if (!form) return;
  event.preventDefault();
  const button = form.querySelector("button");
  if (button.getAttribute("aria-disabled") === "true") return;
  button.setAttribute("aria-disabled", "true");
  try {
    const answer = await ask(form.action, {
      method: "POST",
      body: new URLSearchParams(new FormData(form)),
      headers: { "X-Requested-With": "fetch" },
    });
    if (answer.ok) {
      renew(form);
      show(await answer.text());
    } else form.submit(); // shows the page of the fault
  } catch {
    say("Chưa gửi được: mất mạng. Xin bấm lần nữa.");
  } finally {
    button.removeAttribute("aria-disabled");
  }
}

/** Gives a button that stays on the page a new key: the next press is another act. */
function renew(form) {
  form.elements.key.value = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`.padEnd(24, "0");
}

document.addEventListener("submit", act);
if (root()) {
  heard = newest();
  point();
  offerReading();
  window.speechSynthesis?.addEventListener?.("voiceschanged", offerReading);
  listen();
  count();
  setInterval(count, COUNT);
  if (root().dataset.beats === undefined) setInterval(fetchPart, STAY);
  else setTimeout(beat, HEARTBEAT * (0.9 + Math.random() / 5));
  window.addEventListener("online", () => later());
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && fetchPart());
  window.addEventListener("pageshow", (event) => event.persisted && later());
}
