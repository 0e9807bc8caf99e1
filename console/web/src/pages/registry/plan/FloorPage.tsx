/** The plan of a floor, on which zones and points are placed by hand; the positions go into a draft. */
import { Link, useParams } from "wouter";

import type { Schemas } from "../../../api/client";
import { Refusal } from "../../../parts/Refusal";
import { useWords } from "../../../words/words";
import { nameOf, textAt, usePremises } from "../data";
import { DraftBar } from "../draft/DraftBar";
import { merged } from "../draft/merged";
import { useWorkingDraft, type Draft } from "../draft/working";
import type { Row } from "../form/values";
import { placedOf, thingsOf } from "./placing";
import { PlanEditor } from "./PlanEditor";
import { PlanPicture } from "./PlanPicture";
import "../registry.css";
import "./plan.css";

type InFull = Schemas["PremisesInFull"];

export default function FloorPage() {
  const { id = "", floor = "" } = useParams();
  const { t } = useWords();
  const { data, error } = usePremises(id);
  const draft = useWorkingDraft();
  return (
    <section aria-labelledby="floor-title" className="registry">
      <h1 id="floor-title">
        {t("desk.registry.plan")}: {data === undefined ? id : nameOf(data.premises)}
      </h1>
      <DraftBar />
      <Refusal error={error} />
      {data === undefined ? null : <Floors premises={id} floor={floor} data={data} draft={draft} />}
    </section>
  );
}

interface FloorsProps {
  premises: string;
  floor: string;
  data: InFull;
  draft: Draft | null;
}

function Floors({ premises, floor, data, draft }: FloorsProps) {
  const { t } = useWords();
  const rows = (table: string): Row[] => merged(draft, table, premises, data.tables[table] ?? []);
  const floors = rows("floors");
  const found = floors.find((each) => each["id"] === floor);
  return (
    <>
      <nav aria-label={t("desk.registry.plan_floors")} className="acts">
        <Link href={`/registry/premises/${premises}`}>{t("desk.registry.plan_back")}</Link>
        {floors.map((each) => (
          <Link
            key={textAt(each, "id")}
            href={`/registry/premises/${premises}/floors/${textAt(each, "id")}`}
            {...(each === found ? { "aria-current": "page" as const } : {})}
          >
            {nameOf(each)}
          </Link>
        ))}
      </nav>
      {found === undefined ? (
        <p>{t("desk.registry.plan_no_floor")}</p>
      ) : (
        <>
          <h2>{nameOf(found)}</h2>
          <PlanPicture premises={premises} floor={found} />
          <PlanEditor
            key={`${premises} ${floor} ${draft?.id ?? ""}`}
            premises={premises}
            floor={floor}
            picture={pictureOf(found, premises, data, draft)}
            floors={new Map(floors.map((each) => [textAt(each, "id"), nameOf(each)]))}
            things={thingsOf(rows("zones"), rows("points"))}
            stored={placedOf(rows("positions"))}
          />
        </>
      )}
    </>
  );
}

/** Where the picture of *floor* is: shown by the draft while no version in use names it. */
function pictureOf(floor: Row, premises: string, data: InFull, draft: Draft | null): string | null {
  const plan = textAt(floor, "plan");
  if (plan === "") return null;
  const isInUse = (data.tables["floors"] ?? []).some((each) => textAt(each, "plan") === plan);
  const shownBy = isInUse || draft === null ? { premises } : { draft: draft.id };
  return `/api/v1/files/${plan}?${new URLSearchParams(shownBy).toString()}`;
}
