/** A walk test: points tick off as they are tripped, what is left stands first. */
import type { Schemas } from "../../api/client";
import { walkOf, type Override } from "../../overrides/overrides";
import { Since } from "../../time/Since";
import { useWords } from "../../words/words";
import { useInFull } from "./data";

export function WalkTest({ test }: { test: Override }) {
  const { t } = useWords();
  const premises = useInFull(test.premises.id);
  const walk = walkOf(test, pointsOf(premises.data?.tables));
  const done = walk.filter((each) => each.trippedAt !== null).length;
  return (
    <>
      <p role="status">
        <b>{t("desk.overrides.walked", { done, all: walk.length })}</b>
      </p>
      <ul className="walk">
        {walk.map((each) => (
          <li key={each.name} className={each.trippedAt === null ? "left" : "done"}>
            <span aria-hidden="true">{each.trippedAt === null ? "☐" : "☑"}</span> {each.place}{" "}
            <span className="quiet">{each.name}</span>{" "}
            {each.trippedAt === null ? (
              <span className="quiet">{t("desk.overrides.not_tripped")}</span>
            ) : (
              <Since at={each.trippedAt} />
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

type Tables = Schemas["PremisesInFull"]["tables"];

function pointsOf(tables: Tables | undefined) {
  return (tables?.points ?? []).map((row) => ({
    name: text(row.id),
    place: text(row.place),
    zone: typeof row.zone === "string" ? row.zone : null,
  }));
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");
