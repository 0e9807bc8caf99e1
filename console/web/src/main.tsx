import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { App } from "./app/App";
import { keepShell } from "./app/offlineShell";
import { followTheme } from "./app/ThemeChoice";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/frame.css";

followTheme();
if (import.meta.env.PROD) void keepShell();
const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no element #root");
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
