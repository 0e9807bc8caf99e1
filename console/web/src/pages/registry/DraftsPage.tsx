/** Drafts that are under way: the own ones, and those that one could approve or apply. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";

import { answer, api } from "../../api/client";
import { Refusal } from "../../parts/Refusal";
import { Since } from "../../time/Since";
import { useWords } from "../../words/words";
import { STATES } from "./DraftPage";
import "./registry.css";

export default function DraftsPage() {
  const { t, counted } = useWords();
  const drafts = useQuery({
    queryKey: ["registry", "drafts"],
    queryFn: () => answer(api.GET("/api/v1/registry/drafts", { params: { query: { state: "all" } } })),
  });
  return (
    <section aria-labelledby="drafts-title" className="registry">
      <h1 id="drafts-title">{t("desk.registry.drafts")}</h1>
      <Refusal error={drafts.error} />
      <ul className="rows">
        {drafts.data?.drafts.map((each) => (
          <li key={each.id}>
            <Link href={`/registry/drafts/${each.id}`}>{each.note || each.id}</Link>{" "}
            <strong>{t(STATES[each.state])}</strong> {each.made_by.name}{" "}
            {counted("desk.registry.rows", each.rows)} <Since at={each.changed_at} />
          </li>
        ))}
      </ul>
    </section>
  );
}
