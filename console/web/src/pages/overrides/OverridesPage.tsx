/** Tests, drills, silences and maintenance: those that wait for a second person, are in force, or come. */
import { useMay } from "../../data/may";
import { useCenterNow, useLive } from "../../live/live";
import { ordered } from "../../overrides/overrides";
import { useWords } from "../../words/words";
import { BeginOverride } from "./BeginOverride";
import { OverrideCard } from "./OverrideCard";
import "./overrides.css";

export default function OverridesPage() {
  const { t } = useWords();
  const open = useLive((live) => live.open);
  const all = ordered(open.values(), useCenterNow());
  const mayOrder = useMay("overrides:order");
  return (
    <section aria-labelledby="overrides-title" className="overrides">
      <h1 id="overrides-title">{t("desk.pages.overrides")}</h1>
      {all.length === 0 ? <p>{t("desk.overrides.none")}</p> : null}
      {all.map((each) => (
        <OverrideCard key={each.id} override={each} />
      ))}
      {mayOrder ? <BeginOverride /> : null}
    </section>
  );
}
