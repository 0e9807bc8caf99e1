/** The registry: premises, found by any word of theirs or of an area, old names too, and the way to all tables. */
import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";
import { Input, Label, SearchField } from "react-aria-components";
import { Link } from "wouter";

import { answer, api, type Schemas } from "../../api/client";
import { Act } from "../../parts/Act";
import { Needs } from "../../parts/Needs";
import { Refusal } from "../../parts/Refusal";
import { useWords } from "../../words/words";
import { PAGE, useRegistryState } from "./data";
import { DraftBar } from "./draft/DraftBar";
import "./registry.css";

type Listed = Schemas["ListedPremises"];

export default function RegistryPage() {
  const { t } = useWords();
  return (
    <section aria-labelledby="registry-title" className="registry">
      <h1 id="registry-title">{t("desk.pages.registry")}</h1>
      <DraftBar />
      <div className="registry-columns">
        <div>
          <p>
            <Needs permission="registry:propose" label={t("desk.registry.new_premises")}>
              <Link href="/registry/tables/premises/new" className="act">
                {t("desk.registry.new_premises")}
              </Link>
            </Needs>
          </p>
          <PremisesList />
        </div>
        <Tables />
      </div>
    </section>
  );
}

function usePremisesFound(text: string, after: string | undefined) {
  const words = text.trim();
  return useQuery({
    queryKey: ["premises", "list", words, after],
    queryFn: () =>
      answer(
        api.GET("/api/v1/premises", {
          params: {
            query: {
              limit: PAGE,
              ...(words === "" ? {} : { text: words }),
              ...(after === undefined ? {} : { after }),
            },
          },
        }),
      ),
    placeholderData: (before) => before,
  });
}

function PremisesList() {
  const { t, counted } = useWords();
  const [text, setText] = useState("");
  const [before, setBefore] = useState<string[]>([]);
  const found = usePremisesFound(useDeferredValue(text), before.at(-1));
  const next = found.data?.next ?? null;
  return (
    <>
      <SearchField
        value={text}
        onChange={(typed) => {
          setText(typed);
          setBefore([]);
        }}
      >
        <Label>{t("desk.registry.search")}</Label>
        <Input />
      </SearchField>
      <p className="quiet">{t("desk.registry.search_help")}</p>
      <Refusal error={found.error} />
      <p role="status">{counted("desk.registry.found", found.data?.total ?? 0)}</p>
      <ul className="premises-list">
        {found.data?.premises.map((each) => (
          <PremisesRow key={each.id} premises={each} />
        ))}
      </ul>
      <div className="acts">
        <Act
          label={t("desk.registry.previous")}
          disabled={before.length === 0}
          onAct={() => setBefore(before.slice(0, -1))}
        />
        <Act
          label={t("desk.registry.next")}
          disabled={next === null}
          onAct={() => next !== null && setBefore([...before, next])}
        />
      </div>
    </>
  );
}

function PremisesRow({ premises }: { premises: Listed }) {
  const { name } = useWords();
  return (
    <li>
      <Link href={`/registry/premises/${premises.id}`}>{premises.name}</Link>
      <span>{premises.address}</span>
      <span className="spots">
        {Object.entries(premises.on_the_spot).map(([part, percent]) => (
          <span key={part}>
            {name("spot_part", part)} {percent} %
          </span>
        ))}
      </span>
    </li>
  );
}

function Tables() {
  const { t, name } = useWords();
  const state = useRegistryState();
  return (
    <nav aria-label={t("desk.registry.tables")} className="tables">
      <h2>{t("desk.registry.tables")}</h2>
      <ul>
        {Object.entries(state.data?.counts ?? {}).map(([table, count]) => (
          <li key={table}>
            <Link href={`/registry/tables/${table}`}>{name("table", table)}</Link> <span>{count}</span>
          </li>
        ))}
      </ul>
      <h2>{t("desk.registry.changes")}</h2>
      <ul>
        <li>
          <Link href="/registry/drafts">{t("desk.registry.drafts")}</Link>
        </li>
        <li>
          <Needs permission="registry:write" label={t("desk.registry.sheets")}>
            <Link href="/registry/sheets">{t("desk.registry.sheets")}</Link>
          </Needs>
        </li>
        <li>
          <Link href="/registry/versions">{t("desk.registry.versions")}</Link>{" "}
          <span>{state.data?.version}</span>
        </li>
      </ul>
    </nav>
  );
}
