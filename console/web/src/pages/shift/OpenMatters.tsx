/** All that is open when a shift ends, by kind. */
import { phaseText } from "../../fires/phase";
import type { Incident } from "../../live/events";
import { useLive } from "../../live/live";
import { Since } from "../../time/Since";
import { useWords } from "../../words/words";
import { mattersOf } from "./matters";
import { handedOver, waitsForApproval } from "./reading";

export function OpenMatters() {
  const { t } = useWords();
  const open = useLive((live) => live.open);
  const matters = mattersOf(handedOver(open.values()));
  return (
    <section aria-labelledby="matters-title">
      <h2 id="matters-title">{t("desk.shift.open_matters")}</h2>
      {matters.length === 0 ? <p>{t("desk.shift.nothing_open")}</p> : null}
      {matters.map(({ kind, incidents }) => (
        <MattersOfKind key={kind} kind={kind} incidents={incidents} />
      ))}
    </section>
  );
}

function MattersOfKind({ kind, incidents }: { kind: string; incidents: readonly Incident[] }) {
  const words = useWords();
  const { t, name } = words;
  return (
    <table>
      <caption>
        {name("case", kind)} ({incidents.length})
      </caption>
      <thead>
        <tr>
          <th scope="col">{t("desk.shift.premises")}</th>
          <th scope="col">{t("desk.shift.phase")}</th>
          <th scope="col">{t("desk.shift.since")}</th>
          <th scope="col">{t("desk.shift.owner")}</th>
        </tr>
      </thead>
      <tbody>
        {incidents.map((each) => (
          <tr key={each.id}>
            <th scope="row">{each.premises.name || each.premises.id}</th>
            <td>
              {each.kind === "fire" ? phaseText(each, words) : name("phase", each.phase)}
              {each.kind === "fire" && waitsForApproval(each)
                ? ` · ${name("phase", "pending_approval")}`
                : null}
            </td>
            <td>
              <Since at={each.opened_at} />
            </td>
            <td>{each.owner ?? "—"}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
