/** Says how many points are in fire still, and that a close does not clear them. */
import type { Fire } from "../../live/events";
import { useWords } from "../../words/words";
import { standingOf } from "./acts";

interface StandingProps {
  fire: Fire;
  label: "desk.close.standing" | "desk.step.ends_standing";
}

export function StandingWarning({ fire, label }: StandingProps) {
  const { t, counted } = useWords();
  const { standing } = standingOf(fire);
  if (standing === 0) return null;
  return (
    <p className="refusal">
      {counted(label, standing)} {t("desk.close.comes_back")}
    </p>
  );
}
