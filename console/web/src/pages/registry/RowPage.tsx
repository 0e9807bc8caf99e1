/** One row of the registry: its form, whose changes go into a draft, and its history. */
import { Suspense } from "react";
import { useLocation, useParams, useSearch } from "wouter";

import { useWhyNot } from "../../data/may";
import { Act } from "../../parts/Act";
import { Refusal } from "../../parts/Refusal";
import { useWords } from "../../words/words";
import { nameOf, useRows, useTable } from "./data";
import { DraftBar } from "./draft/DraftBar";
import { useEdit, useWorkingDraft, withDraft } from "./draft/working";
import { RowForm } from "./form/RowForm";
import { changesOf, rowOf, type Row, type Table } from "./form/values";
import { RowHistory } from "./RowHistory";
import { RowPicture } from "./RowPicture";
import "./registry.css";

/** The row *key* of *table*: the first one behind a key that nothing stands between. */
function useRow(table: string, key: string) {
  const before = key.charCodeAt(key.length - 1) - 1;
  const after = `${key.slice(0, -1)}${String.fromCharCode(before)}~`;
  const rows = useRows({ table, after, limit: 1 });
  const found = rows.data?.rows[0];
  return { row: found?.key === key ? found.row : undefined, error: rows.error };
}

export default function RowPage() {
  const { table = "" } = useParams();
  const key = new URLSearchParams(useSearch()).get("key") ?? "";
  const { name } = useWords();
  const described = useTable(table);
  const { row, error } = useRow(table, key);
  const draft = useWorkingDraft();
  const shown = row === undefined ? undefined : withDraft(draft, table, key, row);
  return (
    <section aria-labelledby="row-title" className="registry">
      <h1 id="row-title">
        {name("table", table)}: {shown ? nameOf(shown) : key}
      </h1>
      <DraftBar />
      <Refusal error={error} />
      <Suspense>{row === undefined ? null : <RowPicture table={table} row={shown ?? row} />}</Suspense>
      {described === undefined || row === undefined ? null : (
        <Editor
          key={`${key} ${draft?.revision ?? 0}`}
          described={described}
          rowKey={key}
          row={row}
          shown={shown}
        />
      )}
      <RowHistory table={table} rowKey={key} />
    </section>
  );
}

interface EditorProps {
  described: Table;
  rowKey: string;
  row: Row;
  /** The row as the draft has it; null where that removes it. */
  shown: Row | null | undefined;
}

function Editor({ described, rowKey, row, shown }: EditorProps) {
  const { t } = useWords();
  const edit = useEdit();
  const why = useWhyNot("registry:propose");
  const { table } = described;
  const [, go] = useLocation();
  if (shown === null || shown === undefined)
    return (
      <p>
        {t("desk.registry.is_removed")}{" "}
        <Act
          label={t("desk.registry.keep")}
          onAct={() => edit.mutate({ revert: { [table]: [rowKey] } })}
        />
      </p>
    );
  return (
    <>
      <RowForm
        table={described}
        row={shown}
        error={edit.error}
        busy={edit.isPending || why !== null}
        onSave={(values) => {
          const changes = changesOf(shown, values);
          if (Object.keys(changes).length > 0)
            edit.mutate({ fields: { [table]: { [rowKey]: changes } } });
        }}
      />
      <p className="acts">
        <Act
          label={t("desk.registry.remove")}
          tone="danger"
          disabled={edit.isPending}
          {...(why === null ? {} : { why })}
          onAct={() => edit.mutate({ remove: { [table]: [rowKey] } })}
        />
        <Act
          label={t("desk.registry.back")}
          onAct={() =>
            go(
              "premises" in row
                ? `/registry/premises/${String(row["premises"])}`
                : `/registry/tables/${table}`,
            )
          }
        />
      </p>
    </>
  );
}

/** A new row of a table; of the premises that the address names. */
export function NewRowPage() {
  const { table = "" } = useParams();
  const { t, name } = useWords();
  const described = useTable(table);
  const premises = new URLSearchParams(useSearch()).get("premises");
  const edit = useEdit();
  const [, go] = useLocation();
  if (described === undefined) return null;
  return (
    <section aria-labelledby="row-title" className="registry">
      <h1 id="row-title">{t("desk.registry.new_row", { table: name("table", table) })}</h1>
      <DraftBar />
      <RowForm
        isNew
        table={described}
        row={premises === null ? {} : { premises }}
        error={edit.error}
        busy={edit.isPending}
        onSave={(values) => {
          const row = rowOf(values);
          edit.mutate(
            { put: { [table]: [row] } },
            { onSuccess: (draft) => go(`/registry/drafts/${draft.id}`) },
          );
        }}
      />
    </section>
  );
}
