/** The matters that stand above the signatures: those that were open when the shift was handed over. */
import { Link } from "wouter";

import type { Schemas } from "../../api/client";
import { Since } from "../../time/Since";
import { useWords } from "../../words/words";

interface MattersProps {
  signed: Schemas["ShiftHandOver"];
  /** Whether they are shown at once: those of earlier hand-overs are folded. */
  isOpen: boolean;
}

export function SignedMatters({ signed, isOpen }: MattersProps) {
  const { t, counted, name } = useWords();
  const { matters, total } = signed;
  if (matters.length === 0) return null;
  return (
    <details open={isOpen}>
      <summary>{t("desk.shift.signed_matters")}</summary>
      <ul className="signed-matters">
        {matters.map((each) => (
          <li key={each.incident}>
            <b>{name("case", each.kind)}</b>{" "}
            <Link href={`/incidents/${each.incident}`}>{each.name || each.premises}</Link>
            {" · "}
            {name("phase", each.phase)} · <Since at={each.opened_at} />
            {each.awaits === "approval" ? ` · ${name("phase", "pending_approval")}` : null}
            {each.awaits === "acceptance" ? ` · ${t("desk.awaits.acceptance")}` : null}
            {each.owner === null ? null : ` · ${each.owner}`}
          </li>
        ))}
      </ul>
      {total > matters.length ? (
        <p>{counted("desk.shift.more_matters", total - matters.length)}</p>
      ) : null}
    </details>
  );
}
