// The ticket stands behind the # of the address, which no browser sends: moves it from the address into the form.
const form = document.getElementById("phone");
const over = document.getElementById("over");
const ticket = form.elements.ticket;

if (location.hash.length > 1) {
  ticket.value = location.hash.slice(1);
  history.replaceState(null, "", location.pathname);
}

if (ticket.value) {
  form.hidden = false;
  tell();
} else {
  over.hidden = false;
}

form.elements.file.addEventListener("change", () => {
  if (!form.elements.file.files.length) return;
  document.getElementById("sending").textContent = "Đang gửi… Xin đừng đóng trang này.";
  form.requestSubmit(); // so that answers.js does not warn
});

async function tell() {
  try {
    const headers = { Authorization: `Capture ${ticket.value}` };
    const response = await fetch(form.dataset.ticketFrom, { headers });
    if (response.ok) {
      const { title } = await response.json();
      document.getElementById("paper").textContent = title;
    } else if (response.status === 404 || response.status === 409) {
      form.hidden = true;
      over.hidden = false;
    }
  } catch {
    // There is no network: sending will show it.
  }
}
