/** Keeps the shell of the pages on the telephone, so that they open without the center, and say that they are blind. */

/** Registers the worker (public/sw.js), and tells it what this page loads. A page that cannot have one works without. */
export async function keepShell(): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  try {
    await navigator.serviceWorker.register("/sw.js");
    tellLoaded(await navigator.serviceWorker.ready);
  } catch {
    // Private windows and old browsers refuse workers.
  }
}

function tellLoaded({ active }: ServiceWorkerRegistration): void {
  const watch = new PerformanceObserver((loaded) => {
    const keep = loaded.getEntries().map(({ name }) => name);
    active?.postMessage({ keep: keep.filter((each) => new URL(each).pathname.startsWith("/assets/")) });
  });
  watch.observe({ type: "resource", buffered: true });
}
