/* Keeps the shell of the pages, and nothing else: what the center says is always asked for anew. Without the center the
   page opens, and says that it is blind. */
const SHELL = "tocsin-shell-1";
const PAGE = "/";

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(SHELL)
      .then((cache) => cache.add(PAGE))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((each) => each !== SHELL).map((each) => caches.delete(each))))
      .then(() => self.clients.claim()),
  );
});

/* What the page loaded before this controlled it: else it could not be opened again without the center. */
self.addEventListener("message", (event) => {
  const named = Array.isArray(event.data?.keep) ? event.data.keep : [];
  const own = named.map((each) => new URL(each, self.location.origin)).filter(isAsset);
  event.waitUntil(Promise.all(own.map((each) => asset(new Request(each)).catch(() => undefined))));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate" && !isData(url.pathname)) event.respondWith(page(request));
  else if (isAsset(url)) event.respondWith(asset(request));
});

const isAsset = (url) => url.origin === self.location.origin && url.pathname.startsWith("/assets/");

/** Paths of data, which this never answers. */
const isData = (path) => ["/api/", "/live", "/map/", "/healthz", "/metrics"].some((each) => path.startsWith(each));

/** The page of now; where the server does not answer, the one that was kept. */
async function page(request) {
  try {
    const fresh = await fetch(request);
    if (fresh.ok) (await caches.open(SHELL)).put(PAGE, fresh.clone());
    return fresh;
  } catch {
    return (await caches.match(PAGE)) ?? Response.error();
  }
}

/** A file whose name changes with its content: what was kept is right for ever. */
async function asset(request) {
  const kept = await caches.match(request);
  if (kept !== undefined) return kept;
  const fresh = await fetch(request);
  if (fresh.ok) (await caches.open(SHELL)).put(request, fresh.clone());
  return fresh;
}
