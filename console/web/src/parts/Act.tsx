/** A button that acts, with its key written on it. */
import type { ReactNode } from "react";
import { Button } from "react-aria-components";

import { useKey } from "../app/keys";

interface ActProps {
  label: string;
  onAct: () => void;
  shortcut?: string;
  tone?: "plain" | "first" | "danger";
  disabled?: boolean;
  /** The name for screen readers, where the label alone does not say of what it is; it begins with the label. */
  spoken?: string;
  children?: ReactNode;
}

const nothing = () => undefined;

export function Act({
  label,
  onAct,
  shortcut,
  tone = "plain",
  disabled = false,
  spoken,
  children,
}: ActProps) {
  useKey(disabled ? undefined : shortcut, label, disabled ? nothing : onAct);
  return (
    <Button
      className={`act act-${tone}`}
      isDisabled={disabled}
      onPress={onAct}
      {...(shortcut === undefined ? {} : { "aria-keyshortcuts": shortcut })}
      {...(spoken === undefined ? {} : { "aria-label": spoken })}
    >
      {children ?? label}
      {shortcut === undefined ? null : <kbd aria-hidden="true">{shortcut}</kbd>}
    </Button>
  );
}
