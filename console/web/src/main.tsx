import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { App } from "./app/App";
import { followTheme } from "./app/ThemeChoice";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/frame.css";

followTheme();
// It keeps the shell alone (public/sw.js). A page that cannot have one works without.
if ("serviceWorker" in navigator && import.meta.env.PROD)
  void navigator.serviceWorker.register("/sw.js").catch(() => undefined);
const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no element #root");
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
