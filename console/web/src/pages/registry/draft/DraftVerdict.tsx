/** What the check and the rehearsal of a draft found. */
import { useWords } from "../../../words/words";
import type { Draft } from "./working";

export function DraftVerdict({ draft }: { draft: Draft }) {
  const { t, counted } = useWords();
  const { check, rehearsal, job } = draft;
  return (
    <div aria-live="polite">
      {job === undefined ? null : (
        <p>
          {job.state === "running"
            ? t("desk.registry.goes_on", { done: job.done, total: job.total })
            : t("desk.refused.draft_unchecked")}
        </p>
      )}
      {check === undefined ? null : (
        <p>
          {check.errors.length === 0
            ? t("desk.registry.no_errors")
            : counted("desk.registry.errors", check.errors.length)}
        </p>
      )}
      {rehearsal === undefined ? null : (
        <section aria-labelledby="rehearsal-title">
          <h2 id="rehearsal-title">{t("desk.registry.rehearsal")}</h2>
          <p>
            {t("desk.registry.rehearsed", {
              days: rehearsal.days,
              signals: rehearsal.signals,
              differences: rehearsal.differences,
            })}
          </p>
          <ul>
            {rehearsal.lines.map((each, index) => (
              <li key={index}>{each}</li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}
