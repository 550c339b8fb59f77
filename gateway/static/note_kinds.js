// Unfolds the questions of the chosen kind of note, and folds away those of other kinds.
document.addEventListener("change", ({ target }) => {
  if (target.name !== "note.kind") return;
  for (const part of document.querySelectorAll("[data-kinds]")) {
    part.open = part.dataset.kinds.split(" ").includes(target.value);
  }
});
