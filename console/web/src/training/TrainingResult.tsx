/** How a training went: each step against its limit, and how long all of it took. */
import { useQuery } from "@tanstack/react-query";

import { KEYS } from "../app/keyTable";
import { answer, api } from "../api/client";
import { Act } from "../parts/Act";
import { duration } from "../time/written";
import { useWords } from "../words/words";
import { resultsOf, type Result } from "./training";
import type { Watched } from "./watched";

const STEPS = {
  confirm: "desk.clock.confirm",
  acknowledge: "desk.clock.acknowledge",
  dispatch: "desk.clock.dispatch",
  arrive: "desk.clock.arrive",
} as const satisfies Record<Result["step"], string>;

/** What the center says of the training at its end. */
function useEnded(id: string) {
  const { language } = useWords();
  return useQuery({
    queryKey: ["training", id, language],
    queryFn: async () => {
      const of = { path: { id } };
      const incident = await answer(api.GET("/api/v1/incidents/{id}", { params: of }));
      const said = await answer(
        api.GET("/api/v1/incidents/{id}/explanation", { params: { ...of, query: { lang: language } } }),
      );
      return { incident, milestones: said.milestones };
    },
  });
}

interface ResultProps {
  watched: Watched;
  onDone: () => void;
}

export function TrainingResult({ watched, onDone }: ResultProps) {
  const { t } = useWords();
  const { data } = useEnded(watched.id);
  // The stream may not have brought the fire yet, after the page was loaded again.
  const closed = data?.incident.closed_at ?? null;
  if (data === undefined || closed === null) return null;
  const { incident, milestones } = data;
  const results = resultsOf(watched.clocks, incident.opened_at, milestones);
  return (
    <section className="training-guide training-result" aria-labelledby="training-result">
      <h2 id="training-result">{t("desk.training.result")}</h2>
      <Table results={results} />
      <p>
        {t("desk.training.whole", {
          time: duration((closed - incident.opened_at) / 1_000_000),
        })}{" "}
        {t("desk.training.nowhere")}
      </p>
      <Act label={t("desk.training.done")} shortcut={KEYS.putAway} tone="first" onAct={onDone} />
    </section>
  );
}

function Table({ results }: { results: readonly Result[] }) {
  const { t } = useWords();
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{t("desk.training.step")}</th>
          <th scope="col">{t("desk.training.took")}</th>
          <th scope="col">{t("desk.training.limit")}</th>
          <th scope="col">{t("desk.training.verdict")}</th>
        </tr>
      </thead>
      <tbody>
        {results.map((each) => (
          <tr key={each.step}>
            <th scope="row">{t(STEPS[each.step])}</th>
            <td>{each.took_s === null ? "–" : duration(each.took_s)}</td>
            <td>{duration(each.limit_s)}</td>
            <td>{t(verdictOf(each))}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function verdictOf({ took_s, limit_s }: Result) {
  if (took_s === null) return "desk.training.skipped";
  return took_s <= limit_s ? "desk.training.in_time" : "desk.training.late";
}
