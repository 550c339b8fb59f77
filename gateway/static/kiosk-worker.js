// Shows its own page if the gateway cannot be reached. It keeps that page, and nothing about anybody.
const CACHE = "caunoi-offline";
const PAGE = "/kiosk/mat-mang";
const FILES = [
  "/static/govuk/govuk-frontend.min.css",
  "/static/caunoi.css",
  "/static/kiosk.css",
  "/static/network.js",
  "/static/offline.js",
];

// Under the addresses that the page names: the browser has them already, so they are not transferred twice.
async function keep() {
  const [cache, page] = await Promise.all([caches.open(CACHE), fetch(PAGE)]);
  if (!page.ok) throw new Error(`${PAGE}: ${page.status}`);
  const html = await page.clone().text();
  const named = [...html.matchAll(/="((\/static\/[^"?]+)[^"]*)"/g)];
  const address = (file) => named.find(([, , path]) => path === file)?.[1] ?? file;
  await Promise.all([cache.put(PAGE, page), cache.addAll(FILES.map(address))]);
}

addEventListener("install", (event) => {
  event.waitUntil(keep().then(() => skipWaiting()));
});

addEventListener("activate", (event) => {
  event.waitUntil(registration.navigationPreload.enable().then(() => clients.claim()));
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const file = FILES.find((one) => one === new URL(request.url).pathname);
  const kept = () => caches.match(file ?? PAGE, { ignoreSearch: true });
  if (request.mode === "navigate" && request.method === "GET") {
    // The browser's own request tells the gateway that a person asks for a page; a worker's request would not.
    event.respondWith(event.preloadResponse.then((answer) => answer ?? fetch(request)).catch(kept));
  } else if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(() => Response.redirect(PAGE, 303)));
  } else if (file) {
    event.respondWith(fetch(request).catch(kept));
  }
});
