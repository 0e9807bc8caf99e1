/** A part that is folded; what is in it is asked for only once somebody opens it. */
import { useState, type ReactNode } from "react";

export function Opened({ title, children }: { title: string; children: ReactNode }) {
  const [open, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{title}</summary>
      {open ? children : null}
    </details>
  );
}
