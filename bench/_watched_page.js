// Notes how a page of the desk feels: when its fires were painted, how long a key waits, which ticks came.
(() => {
  const seen = { paintedAt: null, keys: [], ticks: [], blind: 0, longest: 0 };
  window.watched = seen;
  const afterPaint = (act) =>
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = act;
      channel.port2.postMessage(0);
    });
  let wasBlind = false;
  new MutationObserver(() => {
    if (seen.paintedAt === null && document.querySelector("a.fire") !== null) {
      seen.paintedAt = -1;
      afterPaint(() => (seen.paintedAt = performance.now()));
    }
    const blind = document.querySelector(".blind") !== null;
    if (blind && !wasBlind) seen.blind += 1;
    wasBlind = blind;
  }).observe(document, { childList: true, subtree: true });
  window.addEventListener(
    "keydown",
    ({ timeStamp }) => afterPaint(() => seen.keys.push(performance.now() - timeStamp)),
    true,
  );
  const Plain = window.EventSource;
  window.EventSource = class extends Plain {
    constructor(...given) {
      super(...given);
      this.addEventListener("tick", () => seen.ticks.push(performance.now()));
    }
  };
  new PerformanceObserver((list) => {
    for (const each of list.getEntries()) seen.longest = Math.max(seen.longest, each.duration);
  }).observe({ type: "longtask", buffered: true });
})();
