// What a page requests by itself, until somebody presses "sign out". After that the session may end at any moment: a
// response that says so would make the page reload, and cancel the sign-out that is still on its way.
let leaving = new AbortController();

/** As `fetch`. While somebody signs out it fails as without network, also requests that were sent before. */
export const ask = (address, how = {}) => fetch(address, { ...how, signal: leaving.signal });

export const signsOut = () => leaving.abort();

// At the window, so after the script that may hold the form back (kiosk.js).
addEventListener("submit", ({ defaultPrevented, submitter, target }) => {
  if (!defaultPrevented && (submitter ?? target).closest("[data-signs-out]")) signsOut();
});
// Somebody who was asked whether to leave what they typed (answers.js), and then does something here, has stayed.
let asked = null;
addEventListener("beforeunload", (event) => (asked = event));
for (const kind of ["pointerdown", "keydown"]) {
  addEventListener(kind, () => asked?.defaultPrevented && stays(), { capture: true, passive: true });
}
addEventListener("pageshow", ({ persisted }) => persisted && stays());

function stays() {
  if (leaving.signal.aborted) leaving = new AbortController();
}
