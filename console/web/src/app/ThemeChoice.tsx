/** Light, or dark for a room that is dark at night; until somebody chooses, as the machine says. */
import { useState } from "react";
import { ToggleButton } from "react-aria-components";

import { useWords } from "../words/words";

const REMEMBERED = "tocsin.theme";

const machine = window.matchMedia("(prefers-color-scheme: dark)");

function theme(): string {
  return localStorage.getItem(REMEMBERED) ?? (machine.matches ? "dark" : "light");
}

function showTheme(): void {
  document.documentElement.dataset.theme = theme();
}

/** Puts the theme on the page, that of the machine as it changes too; called before the first drawing. */
export function followTheme(): void {
  showTheme();
  machine.addEventListener("change", showTheme);
}

export function ThemeChoice() {
  const { t } = useWords();
  const [dark, setDark] = useState(() => theme() === "dark");
  const choose = (next: boolean) => {
    localStorage.setItem(REMEMBERED, next ? "dark" : "light");
    showTheme();
    setDark(next);
  };
  return (
    <ToggleButton className="act" isSelected={dark} onChange={choose}>
      {t("desk.dark")}
    </ToggleButton>
  );
}
