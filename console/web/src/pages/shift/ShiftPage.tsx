/** The end of a shift: open matters read by both, the desk handed over, and the reports of the center. */
import { KEYS } from "../../app/keyTable";
import { useMay } from "../../data/may";
import { useLive } from "../../live/live";
import { Act } from "../../parts/Act";
import { useNow } from "../../time/now";
import { writtenFull } from "../../time/written";
import { useWords } from "../../words/words";
import { HandOver } from "./HandOver";
import { OpenMatters } from "./OpenMatters";
import { Reports } from "./Reports";
import { ShiftReport } from "./ShiftReport";
import "./shift.css";

export default function ShiftPage() {
  const { t, language } = useWords();
  const who = useLive((live) => live.who);
  const { wall } = useNow();
  return (
    <section aria-labelledby="shift-title" className="shift">
      <h1 id="shift-title">{t("desk.pages.shift")}</h1>
      <p>
        {who?.name} · {writtenFull(wall * 1_000, language)}
      </p>
      <div className="no-print">
        <Act label={t("desk.shift.print")} shortcut={KEYS.print} onAct={() => window.print()} />
      </div>
      <OpenMatters />
      <ShiftReport />
      <HandOver />
      {useMay("reports:read") ? <Reports /> : null}
      <div className="signatures print-only">
        <p>{t("desk.shift.handed_over_by")}</p>
        <p>{t("desk.shift.taken_over_by")}</p>
      </div>
    </section>
  );
}
