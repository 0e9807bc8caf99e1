/** A button that acts, with its key written on it. */
import { useId, type ReactNode } from "react";
import { Button } from "react-aria-components";

import { useKey } from "../app/keys";
import { signOf } from "../app/keyTable";

interface ActProps {
  label: string;
  onAct: () => void;
  shortcut?: string;
  tone?: "plain" | "first" | "danger";
  disabled?: boolean;
  /** Why it is off, in words that stand beside it. */
  why?: string;
  /** The element that says why it is off, where several acts share the words. */
  whyId?: string;
  /** The name for screen readers, where the label alone does not say of what it is; it begins with the label. */
  spoken?: string;
  className?: string;
  children?: ReactNode;
}

const nothing = () => undefined;

/** What a screen reader is told of the button: its key, its name and why it is off. */
const spokenBy = (shortcut?: string, spoken?: string, reason?: string) => ({
  ...(shortcut === undefined ? {} : { "aria-keyshortcuts": shortcut }),
  ...(spoken === undefined ? {} : { "aria-label": spoken }),
  ...(reason === undefined ? {} : { "aria-describedby": reason }),
});

const KeySign = ({ shortcut }: { shortcut: string | undefined }) =>
  shortcut === undefined ? null : <kbd aria-hidden="true">{signOf(shortcut)}</kbd>;

export function Act({
  label,
  onAct,
  shortcut,
  tone = "plain",
  disabled: busy = false,
  why,
  whyId,
  spoken,
  className = "",
  children,
}: ActProps) {
  const own = useId();
  const disabled = busy || why !== undefined || whyId !== undefined;
  useKey(disabled ? undefined : shortcut, label, disabled ? nothing : onAct);
  const button = (
    <Button
      className={`act act-${tone} ${className}`}
      isDisabled={disabled}
      onPress={onAct}
      {...spokenBy(shortcut, spoken, whyId ?? (why === undefined ? undefined : own))}
    >
      {children === undefined ? label : children}
      <KeySign shortcut={shortcut} />
    </Button>
  );
  if (why === undefined) return button;
  return (
    <span className="act-off">
      {button}{" "}
      <span id={own} className="quiet">
        {why}
      </span>
    </span>
  );
}
