// Shows pages as they arrive from a scanner or a phone: requests the changing part of the page each second.
import { ask } from "./asking.js";

const place = document.getElementById("capture");

async function refresh() {
  const response = await ask(place.dataset.from, { headers: { Accept: "text/html" }, cache: "no-store" });
  if (response.redirected || response.status === 401) {
    location.reload(); // signed out meanwhile
    return;
  }
  if (!response.ok) return;
  const parsed = new DOMParser().parseFromString(await response.text(), "text/html");
  const sent = parsed.getElementById("capture-pages");
  if (!sent || signature(sent) === signature(place)) return;
  dispatchEvent(new Event("input")); // somebody who waits for pages is there: restarts the idle clock
  const fresh = document.importNode(sent, true); // a picture moved to another document would be fetched again
  for (const image of fresh.querySelectorAll("img")) {
    const shown = [...place.querySelectorAll("img")].find((one) => one.getAttribute("src") === image.getAttribute("src"));
    if (shown) image.replaceWith(shown);
  }
  const focused = place.contains(document.activeElement) ? markOf(document.activeElement) : "";
  const status = place.querySelector("[role=status]");
  const words = fresh.querySelector("[role=status]");
  if (status.innerHTML !== words.innerHTML) status.innerHTML = words.innerHTML; // announced
  words.replaceWith(status);
  place.replaceChildren(fresh);
  if (focused) ([...place.querySelectorAll("a, button")].find((one) => markOf(one) === focused) ?? place).focus();
}

// What identifies a link or a button after its part is renewed.
function markOf(one) {
  return one.getAttribute("href") ?? one.closest("form")?.getAttribute("action");
}

// What a person sees; keys and tokens of forms differ each time.
function signature(part) {
  const images = [...part.querySelectorAll("img")].map((image) => image.getAttribute("src"));
  return [part.textContent.replace(/\s+/g, " "), ...images, part.querySelector("svg") !== null].join("|");
}

function waits() {
  return place.querySelector("[data-waits]") !== null;
}

async function follow() {
  while (waits()) {
    await new Promise((done) => setTimeout(done, 1000));
    try {
      await refresh();
    } catch {
      // There is no network, or somebody signs out: try again in a second.
    }
  }
}

if (place) follow();
