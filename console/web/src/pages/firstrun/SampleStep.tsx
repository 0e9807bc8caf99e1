/** The sample province: imported by whoever may change the registry, once. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";

import { useMay } from "../../data/may";
import { KEYS } from "../../app/keyTable";
import { Act } from "../../parts/Act";
import { Refusal } from "../../parts/Refusal";
import { useWords } from "../../words/words";
import { FaultLines } from "../registry/form/FaultLines";
import type { Draft } from "../registry/draft/working";
import { importSample } from "./sample";
import { useSchools } from "./schools";
import { StartStep } from "./StartStep";

export function SampleStep({ ready }: { ready: boolean }) {
  const { t } = useWords();
  const schools = useSchools();
  const done = (schools.data?.length ?? 0) > 0;
  const may = useMay("registry:write");
  return (
    <StartStep title={t("desk.start.sample")} done={done}>
      <p>{t("desk.start.sample_about")}</p>
      {may ? (
        <Import done={done} />
      ) : (
        <Act
          label={t("desk.start.import")}
          onAct={nothing}
          why={t(ready ? "desk.start.sample_needs" : "desk.start.account_first")}
        />
      )}
    </StartStep>
  );
}

const nothing = () => undefined;

function Import({ done }: { done: boolean }) {
  const { t } = useWords();
  const queries = useQueryClient();
  const [progress, setProgress] = useState<{ done: number; total: number } | null>(null);
  const run = useMutation({
    mutationFn: () => importSample((at, total) => setProgress({ done: at, total })),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ["premises"] });
      void queries.invalidateQueries({ queryKey: ["registry"] });
    },
  });
  return (
    <>
      {run.isPending && progress !== null ? (
        <p role="status">
          <progress value={progress.done} max={progress.total} aria-label={t("desk.start.import")} />{" "}
          {t("desk.start.progress", progress)}
        </p>
      ) : null}
      {run.data === undefined ? null : <Said draft={run.data} />}
      <Refusal error={run.error} />
      {done || run.isPending ? null : (
        <Act
          label={t("desk.start.import")}
          shortcut={KEYS.goOn}
          tone="first"
          onAct={() => run.mutate()}
        />
      )}
    </>
  );
}

/** What became of the draft: applied, or waiting with what is wrong with it. */
function Said({ draft }: { draft: Draft }) {
  const { t } = useWords();
  if (draft.state === "applied") return <p role="status">{t("desk.start.imported")}</p>;
  return (
    <>
      <p role="alert">
        {t("desk.start.not_applied")}{" "}
        <Link href={`/registry/drafts/${draft.id}`}>{t("desk.start.draft")}</Link>
      </p>
      <FaultLines faults={draft.check?.errors ?? []} />
    </>
  );
}
