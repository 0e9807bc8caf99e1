/** The countdown of a fire: the step that is due, and the time left or overdue. */
import type { Fire } from "../live/events";
import { useCenterNow, useLive } from "../live/live";
import { duration, written } from "../time/written";
import { useWords } from "../words/words";
import { awaitsOf, isMine, type Awaits } from "./awaits";
import { clockOf, type Step } from "./clock";

const STEPS = {
  confirm: "desk.clock.confirm",
  acknowledge: "desk.clock.acknowledge",
  dispatch: "desk.clock.dispatch",
  arrive: "desk.clock.arrive",
} as const satisfies Record<Step, string>;

const AWAITS = {
  my_approval: "desk.awaits.my_approval",
  second_person: "desk.awaits.second_person",
  my_acceptance: "desk.awaits.my_acceptance",
  acceptance: "desk.awaits.acceptance",
} as const satisfies Record<Awaits, string>;

/** Whom the fire waits for, and the step that is due. */
export function FireClock({ fire }: { fire: Fire }) {
  const { t } = useWords();
  const awaits = awaitsOf(
    fire,
    useLive((live) => live.who),
  );
  if (awaits === null) return <DueStep fire={fire} />;
  const step = (fire.queue?.clock ?? null) === null ? null : <DueStep fire={fire} />;
  return (
    <span className="clock">
      <b className={isMine(awaits) ? "clock-mine" : ""}>{t(AWAITS[awaits])}</b> {step}
    </span>
  );
}

function DueStep({ fire }: { fire: Fire }) {
  const { t, language } = useWords();
  const now = useCenterNow();
  const clock = clockOf(fire, now);
  if (clock === null) return <span className="clock">{t("desk.clock.none")}</span>;
  const time = duration(Math.abs(clock.left));
  return (
    <span
      className={`clock clock-${clock.pressure}`}
      title={t("desk.clock.due", { time: written(clock.dueAt, now / 1_000, language) })}
    >
      <span className="clock-step">{t(STEPS[clock.step])}</span>{" "}
      <span className="clock-left">
        {clock.left < 0 ? t("desk.clock.overdue", { time }) : t("desk.clock.left", { time })}
      </span>
    </span>
  );
}
