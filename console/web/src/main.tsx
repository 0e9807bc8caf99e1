import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { App } from "./app/App";
import { showRememberedTheme } from "./app/ThemeChoice";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/frame.css";

showRememberedTheme();
const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no element #root");
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
