// What a page asks for by itself, as long as nobody signs out at it. From the press on, its session ends at any moment:
// an answer that says so would have the page load itself anew, in place of the sign-out that is still on its way.
let leaving = new AbortController();

/** As `fetch`; where somebody is signing out it fails as without network, also what was sent before. */
export const ask = (address, how = {}) => fetch(address, { ...how, signal: leaving.signal });

export const signsOut = () => leaving.abort();

// At the window, behind what may still hold the form back (kiosk.js).
addEventListener("submit", ({ defaultPrevented, submitter, target }) => {
  if (!defaultPrevented && (submitter ?? target).closest("[data-signs-out]")) signsOut();
});
// Whoever is asked whether to leave what they typed (answers.js), and then does something here, has stayed.
let asked = null;
addEventListener("beforeunload", (event) => (asked = event));
for (const kind of ["pointerdown", "keydown"]) {
  addEventListener(kind, () => asked?.defaultPrevented && stays(), { capture: true, passive: true });
}
addEventListener("pageshow", ({ persisted }) => persisted && stays());

function stays() {
  if (leaving.signal.aborted) leaving = new AbortController();
}
