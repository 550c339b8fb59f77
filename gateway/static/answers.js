// Warns before what was typed on a page is lost: where the page is left by something that does not send it.
const form = document.getElementById("answers");
const typed = () => [...new FormData(form)].map(([name, value]) => `${name}=${value.name ?? value}`).join("&");

const before = "unsaved" in form.dataset ? "" : typed();
let sent = false;

form.addEventListener("submit", () => (sent = true));
addEventListener("pageshow", (event) => {
  if (event.persisted && !document.body.classList.contains("app-kiosk")) sent = false;
});
addEventListener("beforeunload", (event) => {
  if (!sent && form.isConnected && typed() !== before) event.preventDefault();
});
