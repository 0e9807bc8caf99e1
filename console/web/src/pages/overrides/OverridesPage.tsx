/** Tests, drills, silences and maintenance: those that wait for a second person, are in force, or come. */
import { useCenterNow, useLive } from "../../live/live";
import { ordered } from "../../overrides/overrides";
import { Needs } from "../../parts/Needs";
import { useWords } from "../../words/words";
import { BeginOverride } from "./BeginOverride";
import { OverrideCard } from "./OverrideCard";
import "./overrides.css";

export default function OverridesPage() {
  const { t } = useWords();
  const open = useLive((live) => live.open);
  const all = ordered(open.values(), useCenterNow());
  return (
    <section aria-labelledby="overrides-title" className="overrides">
      <h1 id="overrides-title">{t("desk.pages.overrides")}</h1>
      {all.length === 0 ? <p>{t("desk.overrides.none")}</p> : null}
      {all.map((each) => (
        <OverrideCard key={each.id} override={each} />
      ))}
      <Needs permission="overrides:order" label={t("desk.overrides.begin")}>
        <BeginOverride />
      </Needs>
    </section>
  );
}
