/** Light, or dark for a room that is dark at night; until somebody chooses, as the machine says. */
import { useState } from "react";
import { ToggleButton } from "react-aria-components";

import { useWords } from "../words/words";

const REMEMBERED = "tocsin.theme";

/** Puts the theme that was chosen before on the page; called before the first drawing. */
export function showRememberedTheme(): void {
  document.documentElement.dataset.theme = localStorage.getItem(REMEMBERED) ?? "";
}

function isDark(): boolean {
  const chosen = document.documentElement.dataset.theme ?? "";
  return chosen === "" ? window.matchMedia("(prefers-color-scheme: dark)").matches : chosen === "dark";
}

export function ThemeChoice() {
  const { t } = useWords();
  const [dark, setDark] = useState(isDark);
  const choose = (next: boolean) => {
    localStorage.setItem(REMEMBERED, next ? "dark" : "light");
    showRememberedTheme();
    setDark(next);
  };
  return (
    <ToggleButton className="act" isSelected={dark} onChange={choose}>
      {t("desk.dark")}
    </ToggleButton>
  );
}
