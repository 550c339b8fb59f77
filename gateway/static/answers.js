// Warns before what was typed or chosen on a page is lost, because the page is left without sending it.
const kiosk = document.body.classList.contains("app-kiosk");
const refused = "refused" in document.body.dataset; // the page shows what was sent, and nothing of it is saved

let sent = null; // the form that is on its way
let quiet = false;

// Leaving loses nothing in fields that are typed again each time, such as passwords, and in search forms (data-finds).
function isTyped(one) {
  if (one.disabled || "anew" in one.dataset) return false;
  switch (one.type) {
    case "checkbox":
    case "radio":
      return one.checked !== one.defaultChecked;
    case "file":
      return one.files.length > 0;
    case "select-one":
      return one.selectedIndex !== Math.max(0, [...one.options].findLastIndex((option) => option.defaultSelected));
    default:
      return isWritten(one) && one.value !== one.defaultValue;
  }
}

const isWritten = (one) => one.matches("textarea, input:not([type=hidden], [type=submit], [type=button])");
const keepsItself = (form) => form.id === "answers"; // its view itself says what is not kept
const wasRefused = (form) =>
  refused && !keepsItself(form) && new URL(form.action).pathname === location.pathname && [...form.elements].some(asks);
const asks = (one) => !("anew" in one.dataset) && one.matches("textarea, select, input:not([type=hidden])");

function isUnsent(form) {
  if (form.method !== "post" || "finds" in form.dataset || form === sent) return false;
  return "unsaved" in form.dataset || wasRefused(form) || [...form.elements].some(isTyped);
}

// At the window, so after the scripts that may hold the form back (kiosk.js, guidance.js).
addEventListener("submit", ({ defaultPrevented, target }) => defaultPrevented || (sent = target));
addEventListener("pageshow", ({ persisted }) => {
  if (persisted) [sent, quiet] = [null, kiosk]; // a station's computer reloads the page (kiosk.js)
});
addEventListener("beforeunload", (event) => {
  if (quiet || ![...document.forms].some(isUnsent)) return;
  event.preventDefault();
  sent = null; // a person who stays has sent nothing
});
