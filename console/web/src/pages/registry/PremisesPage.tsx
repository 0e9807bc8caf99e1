/** One premises with all its parts; first the four on the spot, and of these what is missing. */
import { Link, useParams } from "wouter";

import type { Schemas } from "../../api/client";
import { Needs } from "../../parts/Needs";
import { Refusal } from "../../parts/Refusal";
import { useWords } from "../../words/words";
import { nameOf, rowPath, textAt, usePremises } from "./data";
import { DraftBar } from "./draft/DraftBar";
import "./registry.css";

type InFull = Schemas["PremisesInFull"];

export default function PremisesPage() {
  const { id = "" } = useParams();
  const { t } = useWords();
  const { data, error } = usePremises(id);
  return (
    <section aria-labelledby="premises-title" className="registry">
      <h1 id="premises-title">{data === undefined ? id : nameOf(data.premises)}</h1>
      <DraftBar />
      <Refusal error={error} />
      {data === undefined ? null : (
        <>
          <p>
            {textAt(data.premises, "address")} · {data.areas.map((each) => each.name).join(", ")}
          </p>
          <p className="acts">
            <Link href={rowPath("premises", id)} className="act act-first">
              {t("desk.registry.change")}
            </Link>
            {(data.tables["floors"] ?? []).map((floor) => (
              <Link
                key={textAt(floor, "id")}
                href={`/registry/premises/${id}/floors/${textAt(floor, "id")}`}
              >
                {t("desk.registry.plan_of", { floor: nameOf(floor) })}
              </Link>
            ))}
            <a href={`/api/v1/premises/${id}/pc01.docx`} download={`pc01-${id}.docx`}>
              PC01 (DOCX)
            </a>
            <a href={`/api/v1/premises/${id}/pc01.pdf`} download={`pc01-${id}.pdf`}>
              PC01 (PDF)
            </a>
          </p>
          <FourOnTheSpot scores={data.four_on_the_spot} />
          <Command people={data.command} />
          <Near data={data} />
          <Parts id={id} tables={data.tables} />
        </>
      )}
    </section>
  );
}

function FourOnTheSpot({ scores }: { scores: InFull["four_on_the_spot"] }) {
  const { t, name } = useWords();
  const worstFirst = [...scores].sort((one, other) => one.percent - other.percent);
  return (
    <section aria-labelledby="spot-title">
      <h2 id="spot-title">{t("desk.registry.four")}</h2>
      <ul className="four">
        {worstFirst.map(({ part, percent, missing }) => (
          <li key={part}>
            <strong>
              {name("spot_part", part)} {percent} %
            </strong>
            {missing.length === 0 ? (
              <p>{t("desk.registry.nothing_missing")}</p>
            ) : (
              <>
                <p>{t("desk.registry.missing")}</p>
                <ul>
                  {missing.map((gap) => (
                    <li key={gap}>{name("spot_gap", gap)}</li>
                  ))}
                </ul>
              </>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Command({ people }: { people: InFull["command"] }) {
  const { t } = useWords();
  return (
    <section aria-labelledby="command-title">
      <h2 id="command-title">{t("desk.registry.command")}</h2>
      <ol>
        {people.map((each, index) => (
          <li key={index}>
            {each.contact === null ? (
              each.name
            ) : (
              <Link href={rowPath("contacts", each.contact)}>{each.name}</Link>
            )}{" "}
            {each.role}{" "}
            {each.phone === "" || each.phone.includes("•") ? (
              each.phone
            ) : (
              <a href={`tel:${each.phone}`}>{each.phone}</a>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}

function Near({ data }: { data: InFull }) {
  const { name } = useWords();
  const tables = { water: data.water, units: data.units };
  return Object.entries(tables).map(([table, rows]) =>
    rows.length === 0 ? null : (
      <section key={table} aria-label={name("table", table)}>
        <h2>{name("table", table)}</h2>
        <ul>
          {rows.map((row) => (
            <li key={textAt(row, "id")}>
              <Link href={rowPath(table, textAt(row, "id"))}>{nameOf(row)}</Link>
            </li>
          ))}
        </ul>
      </section>
    ),
  );
}

function Parts({ id, tables }: { id: string; tables: InFull["tables"] }) {
  const { t, name } = useWords();
  return Object.entries(tables).map(([table, rows]) => (
    <details key={table} open={rows.length > 0 && rows.length <= 30}>
      <summary>
        {name("table", table)} ({rows.length})
      </summary>
      <ul className="rows">
        {rows.map((row) => {
          const own = textAt(row, "id");
          return (
            <li key={own}>
              <Link href={rowPath(table, `${id}/${own}`)}>{nameOf(row)}</Link> <code>{own}</code>{" "}
              {table === "floors" ? (
                <Link href={`/registry/premises/${id}/floors/${own}`}>{t("desk.registry.plan")}</Link>
              ) : null}
            </li>
          );
        })}
      </ul>
      <Needs
        permission="registry:propose"
        label={t("desk.registry.add_to", { field: name("table", table) })}
      >
        <Link href={`/registry/tables/${table}/new?premises=${id}`}>
          {t("desk.registry.add_to", { field: name("table", table) })}
        </Link>
      </Needs>
    </details>
  ));
}
