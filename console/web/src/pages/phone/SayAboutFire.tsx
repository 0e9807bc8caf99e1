/** What a person says about a fire: seen, real, false, checking. It is information, and never ends anything. */
import { answer, api } from "../../api/client";
import { useWhyNot } from "../../data/may";
import { useLive } from "../../live/live";
import type { Fire } from "../../live/events";
import { Act } from "../../parts/Act";
import { useWords } from "../../words/words";
import { useCenterNow } from "../../live/live";
import { written } from "../../time/written";
import { PeopleInside } from "./PeopleInside";
import { lastSaid, SAID, type Said } from "./said";
import { Sending } from "./Sending";
import { useSending } from "./sending";

const LABELS = {
  real: "desk.phone.say_real",
  false: "desk.phone.say_false",
  checking: "desk.phone.say_checking",
  evacuating: "desk.phone.say_evacuating",
} as const satisfies Record<Said, string>;

/** The first thing to press: it keeps the next of the premises' people from being called. */
const nothing = () => undefined;

export function SeeFire({ fire }: { fire: Fire }) {
  const { t } = useWords();
  const why = useWhyNot("incidents:act");
  const me = useLive((live) => live.who?.name ?? "");
  const params = { path: { id: fire.id } };
  const seen = useSending(() =>
    answer(api.POST("/api/v1/incidents/{id}/seen", { params, body: { by: null, note: "" } })),
  );
  const stored = seen.state === "stored" || fire.seen_by.includes(me);
  if (why !== null) return <Act label={t("desk.phone.seen")} onAct={nothing} why={why} />;
  return (
    <div className="say">
      {stored ? (
        <p className="stored" role="status">
          ✓ {t("desk.phone.stored")}
        </p>
      ) : (
        <Act
          label={t("desk.phone.seen")}
          onAct={() => seen.send(undefined)}
          disabled={seen.state === "sent"}
          tone="first"
        />
      )}
      {stored ? null : <Sending {...seen} idle={t("desk.phone.seen_means")} />}
    </div>
  );
}

export function SayAboutFire({ fire }: { fire: Fire }) {
  const { t } = useWords();
  const why = useWhyNot("incidents:act");
  const params = { path: { id: fire.id } };
  const said = useSending((kind: Said) =>
    answer(
      api.POST("/api/v1/incidents/{id}/answers", {
        params,
        body: { by: null, answer: kind, people: null, note: "" },
      }),
    ),
  );
  if (why !== null) return null; // the act before says why
  return (
    <>
      <h3>{t("desk.phone.say")}</h3>
      <div className="say-all">
        {SAID.map((kind) => (
          <Act
            key={kind}
            label={t(LABELS[kind])}
            onAct={() => said.send(kind)}
            disabled={said.state === "sent"}
          />
        ))}
      </div>
      <Sending {...said} idle={t("desk.phone.only_information")} />
      <PeopleInside fire={fire} />
      <LastSaid fire={fire} />
    </>
  );
}

/** What the center has stored of what this person said, with its hour. */
function LastSaid({ fire }: { fire: Fire }) {
  const { t, language } = useWords();
  const now = useCenterNow();
  const me = useLive((live) => live.who?.name ?? "");
  const found = lastSaid(fire, me);
  if (found.length === 0) return null;
  return (
    <ul className="stored">
      {found.map((each) => (
        <li key={each.answer}>
          ✓{" "}
          {each.answer === "people_inside"
            ? t("desk.phone.people_stored", { people: each.people ?? 0 })
            : t(LABELS[each.answer])}{" "}
          ({t("desk.phone.stored_at", { time: written(each.at, now / 1_000, language) })})
        </li>
      ))}
    </ul>
  );
}
