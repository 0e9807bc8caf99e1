/** The history of a row: each change with its version, and the fields before and after. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { answer, api } from "../../api/client";
import { Act } from "../../parts/Act";
import { Refusal } from "../../parts/Refusal";
import { Since } from "../../time/Since";
import { useWords } from "../../words/words";
import { Compared } from "./draft/Compared";

export function RowHistory({ table, rowKey }: { table: string; rowKey: string }) {
  const { t, counted } = useWords();
  const [shown, setShown] = useState(false);
  const history = useQuery({
    queryKey: ["registry", "history", table, rowKey],
    queryFn: () =>
      answer(
        api.GET("/api/v1/registry/{table}/{key}/history", {
          params: { path: { table, key: rowKey }, query: {} },
        }),
      ),
    enabled: shown,
  });
  return (
    <section aria-labelledby="history-title">
      <h2 id="history-title">{t("desk.registry.history")}</h2>
      {shown ? null : <Act label={t("desk.registry.show_history")} onAct={() => setShown(true)} />}
      <Refusal error={history.error} />
      {history.data === undefined ? null : (
        <p>{counted("desk.registry.changed", history.data.changes.length)}</p>
      )}
      {history.data?.changes.map((each) => (
        <article key={each.version} className="change">
          <h3>
            {t("desk.registry.version", { version: each.version })} {each.by} <Since at={each.at} />
          </h3>
          {each.note === "" ? null : <p>{each.note}</p>}
          <Compared
            fields={Object.entries(each.fields).map(([field, [before, after]]) => ({
              field,
              before,
              after,
            }))}
          />
        </article>
      ))}
    </section>
  );
}
