/** An act of whoever may do it; to all others the same act, off, with who may: it is never merely missing. */
import type { ReactNode } from "react";

import { useWhyNot, type Needed } from "../data/may";
import { Act } from "./Act";

interface NeedsProps {
  permission: Needed;
  /** What stands on the button. */
  label: string;
  children: ReactNode;
}

const nothing = () => undefined;

export function Needs({ permission, label, children }: NeedsProps) {
  const why = useWhyNot(permission);
  return why === null ? children : <Act label={label} onAct={nothing} why={why} />;
}
