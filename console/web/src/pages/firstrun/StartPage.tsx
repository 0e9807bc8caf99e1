/** The first start: the account, a sample province, a fire to learn by; each step says whether it is done. */
import { useLive } from "../../live/live";
import { useWords } from "../../words/words";
import { AccountStep } from "./AccountStep";
import { SampleStep } from "./SampleStep";
import { useWhyNoTraining } from "./trainingRight";
import { TrainingStep } from "./TrainingStep";
import "./firstrun.css";

export default function StartPage() {
  const { t } = useWords();
  const who = useLive((live) => live.who);
  const why = useWhyNoTraining(who);
  return (
    <section aria-labelledby="start-title" className="start">
      <h1 id="start-title">{t("desk.pages.start")}</h1>
      <p>{t("desk.start.about")}</p>
      {why === null ? null : (
        <p role="status" className="start-not">
          <b>{t("desk.start.training_not")}</b> {why}
        </p>
      )}
      {who === null ? null : (
        <ol>
          <AccountStep who={who} />
          <SampleStep ready={who.missing.length === 0} />
          <TrainingStep why={why} />
        </ol>
      )}
    </section>
  );
}
