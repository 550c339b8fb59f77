// Shows a page of its own where the gateway cannot be reached. It keeps that page, and nothing of anybody.
const CACHE = "caunoi-offline";
const PAGE = "/kiosk/mat-mang";
const FILES = [
  PAGE,
  "/static/govuk/govuk-frontend.min.css",
  "/static/caunoi.css",
  "/static/kiosk.css",
  "/static/network.js",
  "/static/offline.js",
];

addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES)).then(() => skipWaiting()));
});

addEventListener("activate", (event) => {
  event.waitUntil(registration.navigationPreload.enable().then(() => clients.claim()));
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const kept = () => caches.match(FILES.find((file) => file === new URL(request.url).pathname) ?? PAGE);
  if (request.mode === "navigate" && request.method === "GET") {
    // The browser's own request: it tells the gateway that a person asks for a page; one of a worker would not.
    event.respondWith(event.preloadResponse.then((answer) => answer ?? fetch(request)).catch(kept));
  } else if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(() => Response.redirect(PAGE, 303)));
  } else if (FILES.includes(new URL(request.url).pathname)) {
    event.respondWith(fetch(request).catch(kept));
  }
});
