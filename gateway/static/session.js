// At home: says in time that who has not opened a page for long will be signed out, with a button that says "I am here".
const dialog = document.getElementById("con-day");
const warn = dialog.dataset.warn * 1000;
const shown = dialog.querySelector("[data-left]");
const told = dialog.querySelector("[role=status]");
const end = (seconds) => Date.now() + seconds * 1000;
let over = end(dialog.dataset.ends);

// Another tab of the same browser holds the same sign-in.
const tabs = new BroadcastChannel("caunoi-session");
const tell = () => tabs.postMessage(over);
tabs.addEventListener("message", ({ data }) => {
  over = Math.max(over, data);
  if (over - Date.now() > warn) dialog.close();
});
tell();

dialog.querySelector("[data-stay]").addEventListener("click", async () => {
  const answer = await fetch(dialog.dataset.stay, { headers: { "X-Requested-With": "fetch" } }).catch(() => null);
  if (answer?.ok) {
    over = end(await answer.text());
    tell();
  }
  if (answer) dialog.close(); // without network the question stays
});

dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());

const ticking = setInterval(() => {
  const left = Math.ceil((over - Date.now()) / 1000);
  if (left * 1000 > warn) return;
  if (left <= 0) {
    clearInterval(ticking);
    dialog.querySelector("[data-asks]").hidden = true;
    dialog.querySelector("[data-over]").hidden = false;
  }
  shown.textContent = Math.max(left, 0);
  if (!dialog.open) dialog.showModal();
  else if (left % 30 === 0) told.textContent = `Còn ${left} giây.`;
}, 1000);
