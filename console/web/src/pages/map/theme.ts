/** The theme of the page as it is now: what is drawn with its colours is drawn anew when it changes. */
import { useSyncExternalStore } from "react";

const DARK = "(prefers-color-scheme: dark)";

function themeNow(): string {
  const chosen = document.documentElement.dataset.theme ?? "";
  return chosen !== "" ? chosen : window.matchMedia(DARK).matches ? "dark" : "light";
}

function subscribe(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  const query = window.matchMedia(DARK);
  query.addEventListener("change", changed);
  return () => {
    observer.disconnect();
    query.removeEventListener("change", changed);
  };
}

export function useTheme(): string {
  return useSyncExternalStore(subscribe, themeNow);
}
