/** The deadline by which premises have to be connected, and how far each commune is. */
import { useQuery } from "@tanstack/react-query";

import { answer, api, type Schemas } from "../../api/client";
import { Refusal } from "../../parts/Refusal";
import { writtenDay } from "../../time/written";
import { useWords } from "../../words/words";

/** Milliseconds between two looks: it changes with days. */
const LOOK_EACH = 600_000;

export function Deadlines() {
  const { t } = useWords();
  const board = useQuery({
    queryKey: ["duties", "board"],
    queryFn: () => answer(api.GET("/api/v1/duties/board", {})),
    refetchInterval: LOOK_EACH,
  });
  return (
    <section aria-labelledby="deadlines-title">
      <h2 id="deadlines-title">{t("desk.health.deadlines")}</h2>
      <Refusal error={board.error} />
      {board.data === undefined ? null : <BoardOfAreas board={board.data} />}
    </section>
  );
}

function BoardOfAreas({ board }: { board: Schemas["Board"] }) {
  const { t, counted, language } = useWords();
  return (
    <>
      <p>
        {board.by === null
          ? t("desk.health.no_deadline")
          : counted("desk.health.days_left", board.days_left ?? 0, {
              by: writtenDay(board.by, language),
            })}
      </p>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("desk.health.commune")}</th>
            <th scope="col">{t("desk.health.owed")}</th>
            <th scope="col">{t("desk.health.connected")}</th>
            <th scope="col">{t("desk.health.declared")}</th>
            <th scope="col">{t("desk.health.neither")}</th>
            <th scope="col">{t("desk.health.fact_missing")}</th>
          </tr>
        </thead>
        <tbody>
          {board.areas.map((each) => (
            <tr key={each.area ?? ""}>
              <th scope="row">{each.area === null ? t("desk.health.no_area") : each.name}</th>
              <AreaFigures figures={each} />
            </tr>
          ))}
          <tr className="sum">
            <th scope="row">{t("desk.health.together")}</th>
            <AreaFigures figures={board} />
          </tr>
        </tbody>
      </table>
    </>
  );
}

type Figures = Pick<
  Schemas["Board"],
  "owed" | "connected" | "declared" | "neither" | "unknown" | "percent"
>;

function AreaFigures({ figures }: { figures: Figures }) {
  const percent = figures.percent === null ? "" : ` (${figures.percent.toFixed(0)} %)`;
  return (
    <>
      <td>{figures.owed}</td>
      <td>
        {figures.connected}
        {percent}
      </td>
      <td>{figures.declared}</td>
      <td>{figures.neither}</td>
      <td>{figures.unknown}</td>
    </>
  );
}
