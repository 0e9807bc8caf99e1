/** The rows that a draft changes, each with its fields before and after, and the faults of its check. */
import { Link } from "wouter";

import { Act } from "../../../parts/Act";
import { useWords } from "../../../words/words";
import { rowPath } from "../data";
import { FaultLines } from "../form/FaultLines";
import { Compared } from "./Compared";
import type { Draft } from "./working";

type Change = Draft["changes"][number];

const CHANGES: Record<string, "desk.registry.added" | "desk.registry.removed" | "desk.registry.edited"> =
  {
    added: "desk.registry.added",
    removed: "desk.registry.removed",
  };

interface Props {
  draft: Draft;
  onRevert: ((table: string, key: string) => void) | undefined;
}

export function DraftChanges({ draft, onRevert }: Props) {
  const errors = draft.check?.errors ?? [];
  const of = (change: Change) =>
    errors.filter((each) => each.table === change.table && each.key === change.key);
  const elsewhere = errors.filter(
    (each) => !draft.changes.some((one) => one.table === each.table && one.key === each.key),
  );
  return (
    <>
      <FaultLines faults={elsewhere} />
      {draft.changes.map((each) => (
        <OneChange
          key={`${each.table} ${each.key}`}
          change={each}
          faults={of(each)}
          onRevert={onRevert}
        />
      ))}
    </>
  );
}

interface ChangeProps {
  change: Change;
  faults: NonNullable<Draft["check"]>["errors"];
  onRevert: Props["onRevert"];
}

function OneChange({ change, faults, onRevert }: ChangeProps) {
  const { t, name } = useWords();
  const { table, key } = change;
  return (
    <article className="change">
      <h2>
        {t(CHANGES[change.change] ?? "desk.registry.edited")}: {name("table", table)}{" "}
        {change.change === "added" ? key : <Link href={rowPath(table, key)}>{key}</Link>}
      </h2>
      {change.conflict ? <p className="refusal">{t("desk.registry.conflict")}</p> : null}
      <FaultLines faults={faults} />
      <Compared fields={change.fields} />
      {onRevert === undefined ? null : (
        <Act label={t("desk.registry.revert")} onAct={() => onRevert(table, key)} />
      )}
    </article>
  );
}
