/** The rows of a table of the registry, page by page. */
import { useState } from "react";
import { Link, useParams } from "wouter";

import { Act } from "../../parts/Act";
import { Needs } from "../../parts/Needs";
import { Refusal } from "../../parts/Refusal";
import { useWords } from "../../words/words";
import { nameOf, rowPath, useRows } from "./data";
import { DraftBar } from "./draft/DraftBar";
import "./registry.css";

export default function TablePage() {
  const { table = "" } = useParams();
  const { t, name } = useWords();
  const [before, setBefore] = useState<string[]>([""]);
  const rows = useRows({ table, after: before.at(-1) ?? "" });
  const next = rows.data?.next ?? null;
  return (
    <section aria-labelledby="table-title" className="registry">
      <h1 id="table-title">{name("table", table)}</h1>
      <DraftBar />
      <p className="acts">
        <Link href="/registry">{t("desk.pages.registry")}</Link>
        <Needs permission="registry:propose" label={t("desk.registry.add_row")}>
          <Link href={`/registry/tables/${table}/new`}>{t("desk.registry.add_row")}</Link>
        </Needs>
        <a href={`/api/v1/registry/sheets/${table}.xlsx`} download={`${table}.xlsx`}>
          XLSX
        </a>
        <a href={`/api/v1/registry/sheets/${table}.csv`} download={`${table}.csv`}>
          CSV
        </a>
      </p>
      <Refusal error={rows.error} />
      <ul className="rows">
        {rows.data?.rows.map(({ key, premises, row }) => (
          <li key={key}>
            <Link href={rowPath(table, key)}>{nameOf(row) || key}</Link> <code>{key}</code>{" "}
            {premises === null || table === "premises" ? null : (
              <Link href={`/registry/premises/${premises}`}>{premises}</Link>
            )}
          </li>
        ))}
      </ul>
      <div className="acts">
        <Act
          label={t("desk.registry.previous")}
          disabled={before.length < 2}
          onAct={() => setBefore(before.slice(0, -1))}
        />
        <Act
          label={t("desk.registry.next")}
          disabled={next === null}
          onAct={() => next !== null && setBefore([...before, next])}
        />
      </div>
    </section>
  );
}
