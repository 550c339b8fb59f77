// The ticket stands behind the # of the address, which no browser sends: moves it from the address into the form.
const ticket = document.getElementById("f-link-code");

if (location.hash.length > 1) {
  ticket.value = location.hash.slice(1);
  history.replaceState(null, "", location.pathname);
}
