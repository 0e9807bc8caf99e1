/** What a spreadsheet would change: its faults first, each at its cell, then the rows. */
import type { Schemas } from "../../../api/client";
import { useWords } from "../../../words/words";
import { Compared } from "../draft/Compared";

type Preview = Schemas["SheetPreview"];
type Finding = Preview["findings"][number];
type Changed = Preview["changed"][number];

/** Rows that are shown at once; more are folded. */
const UNFOLDED = 20;

export function SheetPreview({ preview }: { preview: Preview }) {
  const { t, name } = useWords();
  const { counts } = preview;
  return (
    <>
      <p role="status" className={preview.usable ? undefined : "refusal"}>
        {t(preview.usable ? "desk.registry.sheet_counts" : "desk.registry.sheet_refused", {
          added: counts.added,
          changed: counts.changed,
          removed: counts.removed,
          errors: counts.errors,
          warnings: counts.warnings,
        })}
      </p>
      <ul className="rows">
        {preview.findings.map((each, index) => (
          <OneFinding key={index} finding={each} />
        ))}
      </ul>
      <Rows title={t("desk.registry.added")} rows={preview.added} />
      <Rows title={t("desk.registry.edited")} rows={preview.changed} />
      <Rows title={t("desk.registry.removed")} rows={preview.removed} />
      {preview.duplicates.map((each) => (
        <p key={`${each.table} ${each.key}`}>
          {t("desk.registry.duplicate", {
            table: name("table", each.table),
            key: each.key,
            other: each.other,
          })}
        </p>
      ))}
    </>
  );
}

function OneFinding({ finding }: { finding: Finding }) {
  const cell = `${finding.column ?? ""}${finding.row ?? ""}`;
  return (
    <li>
      <strong>{[finding.sheet, cell].filter((each) => each !== "").join(" ")}</strong>
      <span>{finding.text}</span>
      <span>
        {finding.error} → {finding.remedy}
      </span>
    </li>
  );
}

function Rows({ title, rows }: { title: string; rows: readonly Changed[] }) {
  const { name } = useWords();
  if (rows.length === 0) return null;
  return (
    <details open={rows.length <= UNFOLDED}>
      <summary>
        {title}: {rows.length}
      </summary>
      {rows.map((each) => (
        <article key={`${each.table} ${each.key}`} className="change">
          <h3>
            {name("table", each.table)}: {each.name || each.key}
          </h3>
          <Compared fields={each.fields} />
        </article>
      ))}
    </details>
  );
}
