// Unfolds the questions of the chosen kind of note, and folds away those of other kinds. What is folded away is kept, but
// not sent.
const PARTS = "[data-kinds]";

function isChosen(part) {
  const kind = document.querySelector('[name="note.kind"]:checked');
  return kind !== null && part.dataset.kinds.split(" ").includes(kind.value);
}

function settle(part) {
  for (const field of part.querySelectorAll("input, select, textarea")) field.disabled = !part.open && !isChosen(part);
}

document.addEventListener("change", ({ target }) => {
  if (target.name !== "note.kind") return;
  for (const part of document.querySelectorAll(PARTS)) {
    part.open = isChosen(part);
    settle(part);
  }
});
document.addEventListener(
  "toggle",
  ({ target }) => {
    if (target.matches(PARTS)) settle(target);
  },
  true, // the event does not bubble
);
