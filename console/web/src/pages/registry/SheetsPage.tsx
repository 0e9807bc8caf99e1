/** Importing a spreadsheet: a preview of what it would change, each fault by its cell, and only then the import. */
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useLocation } from "wouter";

import { answer, api, Refused, type Schemas } from "../../api/client";
import { Act } from "../../parts/Act";
import { useWords } from "../../words/words";
import { asked } from "./asked";
import { useTables } from "./data";
import { RefusedRows } from "./form/RefusedRows";
import { SheetPreview } from "./sheets/SheetPreview";
import "./registry.css";

type Preview = Schemas["SheetPreview"];

/** Sends *file* as it is: the client of the center knows bodies of JSON alone. */
async function previewOf(file: File, table: string, language: string): Promise<Preview> {
  const query = new URLSearchParams({ name: file.name, lang: language });
  if (table !== "") query.set("table", table);
  const response = await fetch(`/api/v1/registry/sheets?${query.toString()}`, {
    method: "POST",
    headers: { "X-Tocsin-Request": "1", "Content-Type": "application/octet-stream" },
    body: file,
  });
  const said = (await response.json()) as unknown;
  if (!response.ok) throw new Refused(response.status, said as Partial<Schemas["Error"]>);
  return said as Preview;
}

export default function SheetsPage() {
  const { t, language } = useWords();
  const [table, setTable] = useState("");
  const [, go] = useLocation();
  const preview = useMutation({ mutationFn: (file: File) => previewOf(file, table, language) });
  const apply = useMutation({
    mutationFn: (id: string) =>
      answer(
        api.POST("/api/v1/registry/sheets/{id}/apply", {
          params: { path: { id } },
          body: asked<Schemas["SheetAct"]>({}),
        }),
      ),
    onSuccess: (draft) => go(`/registry/drafts/${draft.id}`),
  });
  const id = preview.data?.id ?? null;
  return (
    <section aria-labelledby="sheets-title" className="registry">
      <h1 id="sheets-title">{t("desk.registry.sheets")}</h1>
      <p>{t("desk.registry.sheets_help")}</p>
      <SheetForm table={table} onTable={setTable} onFile={(file) => preview.mutate(file)} />
      <RefusedRows error={preview.error ?? apply.error} />
      {preview.isPending ? <p role="status">{t("desk.registry.sheet_read")}</p> : null}
      {preview.data === undefined ? null : <SheetPreview preview={preview.data} />}
      {id === null ? null : (
        <Act
          label={t("desk.registry.sheet_apply")}
          tone="first"
          disabled={apply.isPending}
          onAct={() => apply.mutate(id)}
        />
      )}
      <p>
        {t("desk.registry.undo_help")}{" "}
        <Link href="/registry/versions">{t("desk.registry.versions")}</Link>
      </p>
    </section>
  );
}

interface SheetFormProps {
  table: string;
  onTable: (table: string) => void;
  onFile: (file: File) => void;
}

function SheetForm({ table, onTable, onFile }: SheetFormProps) {
  const { t, name } = useWords();
  const tables = useTables();
  return (
    <div className="row-form">
      <label>
        {t("desk.registry.sheet_table")}
        <select value={table} onChange={(event) => onTable(event.target.value)}>
          <option value="">{t("desk.registry.by_headings")}</option>
          {tables.data?.tables.map((each) => (
            <option key={each.table} value={each.table}>
              {name("table", each.table)}
            </option>
          ))}
        </select>
      </label>
      <label>
        {t("desk.registry.sheet_file")}
        <input
          type="file"
          accept=".csv,.xlsx,.xls,.ods"
          onChange={(event) => {
            const file = event.target.files?.[0];
            if (file !== undefined) onFile(file);
          }}
        />
      </label>
    </div>
  );
}
