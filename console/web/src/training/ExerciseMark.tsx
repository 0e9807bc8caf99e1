/** Says of a fire that it is of a training, or of a drill; nothing where it is real. */
import type { Fire } from "../live/events";
import { useWords } from "../words/words";
import { isTraining } from "./training";

export function ExerciseMark({ fire }: { fire: Fire }) {
  const { t, name } = useWords();
  if (isTraining(fire)) return <b className="training-mark">{t("desk.training.mark")}</b>;
  return fire.exercise ? <b className="drill">{name("case", "drill")}</b> : null;
}
