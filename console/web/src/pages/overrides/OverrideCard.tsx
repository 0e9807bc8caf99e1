/** One override: what it holds back, how long still, and how to end or approve it. */
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import { answer, api } from "../../api/client";
import { useCenterNow } from "../../live/live";
import { standingOf, type Override } from "../../overrides/overrides";
import { Act } from "../../parts/Act";
import { Needs } from "../../parts/Needs";
import { Refusal } from "../../parts/Refusal";
import { Since } from "../../time/Since";
import { duration, written } from "../../time/written";
import { useWords } from "../../words/words";
import { Remark } from "../incident/Asking";
import { useInFull } from "./data";
import { zonesOf } from "./order";
import { WalkTest } from "./WalkTest";

const STANDINGS = {
  pending: "desk.overrides.pending",
  in_force: "desk.overrides.running",
  to_come: "desk.overrides.to_come",
  over: "desk.overrides.over",
} as const;

export function OverrideCard({ override }: { override: Override }) {
  const { t, name, language } = useWords();
  const now = useCenterNow();
  const standing = standingOf(override, now);
  const until = standing === "to_come" ? override.begins_at : override.ends_at;
  const title = `override-${override.id}`;
  return (
    <article className={`override override-${standing}`} aria-labelledby={title}>
      <h2 id={title}>
        {name("case", override.kind)} · {override.premises.name || override.premises.id}
      </h2>
      <p>
        {t(STANDINGS[standing])}{" "}
        <span className="count-down">{duration(Math.abs(until - now) / 1_000_000)}</span>{" "}
        <span>({written(until, now / 1_000, language)})</span>
        {override.extends ? ` · ${t("desk.overrides.extends")}` : null}
      </p>
      <p>
        <Covered override={override} />
        {override.note === "" ? null : ` · ${override.note}`}
      </p>
      <p className="quiet">
        {t("desk.overrides.by", { by: override.by })} <Since at={override.opened_at} />
        {override.approved_by == null
          ? null
          : ` · ${t("desk.overrides.approved_by", { by: override.approved_by })}`}
      </p>
      {standing === "pending" ? <p>{t("desk.overrides.by_another")}</p> : null}
      <ActsOfOverride override={override} pending={standing === "pending"} />
      {override.kind === "test" ? <WalkTest test={override} /> : null}
    </article>
  );
}

/** The zones and points by the names that people know; their ids while those are not there. */
function Covered({ override }: { override: Override }) {
  const { t } = useWords();
  const tables = useInFull(override.premises.id).data?.tables;
  const zones = zonesOf(tables?.zones ?? [], tables?.points ?? []);
  const places = new Map(zones.flatMap((each) => each.points).map((each) => [each.id, each.place]));
  const names = [
    ...override.zones.map((id) => zones.find((each) => each.id === id)?.name ?? id),
    ...override.points.map((id) => [places.get(id), id].filter(Boolean).join(" · ")),
  ];
  return names.length === 0 ? t("desk.overrides.all_of_it") : names.join("; ");
}

/** Refuses the order, once the reason is written. */
function Refuse({ onRefuse, off }: { onRefuse: (reason: string) => void; off: boolean }) {
  const { t } = useWords();
  const [reason, setReason] = useState<string | null>(null);
  const label = t("desk.act.refuse");
  if (reason === null) return <Act label={label} onAct={() => setReason("")} disabled={off} />;
  return (
    <>
      <Remark label={t("desk.refuse.reason")} value={reason} onChange={setReason} first />
      <Act label={label} onAct={() => onRefuse(reason)} disabled={off || reason.trim() === ""} />
    </>
  );
}

function ActsOfOverride({ override, pending }: { override: Override; pending: boolean }) {
  const { t } = useWords();
  const asked = { params: { path: { id: override.id } }, body: { by: null, note: "" } };
  const end = useMutation({
    mutationFn: () => answer(api.POST("/api/v1/overrides/{id}/end", asked)),
  });
  const approve = useMutation({
    mutationFn: () => answer(api.POST("/api/v1/overrides/{id}/approve", asked)),
  });
  const refuse = useMutation({
    mutationFn: (said: string) =>
      answer(
        api.POST("/api/v1/overrides/{id}/refuse", {
          params: asked.params,
          body: { ...asked.body, reason: said },
        }),
      ),
  });
  const all = [end, approve, refuse];
  const waits = all.some((each) => each.isPending);
  const stored = all.some((each) => each.isSuccess);
  const off = waits || stored;
  return (
    <div className="acts">
      {pending ? (
        <Needs permission="acts:approve" label={t("desk.overrides.approve")}>
          <Act
            label={t("desk.overrides.approve")}
            onAct={() => approve.mutate()}
            disabled={off}
            tone="first"
          />
          <Refuse onRefuse={refuse.mutate} off={off} />
        </Needs>
      ) : null}
      <Needs permission="overrides:order" label={t("desk.overrides.end")}>
        <Act
          label={t(pending ? "desk.overrides.withdraw" : "desk.overrides.end")}
          onAct={() => end.mutate()}
          disabled={off}
        />
      </Needs>
      <span role="status">
        {waits ? t("desk.overrides.sent") : stored ? t("desk.overrides.stored") : ""}
      </span>
      <Refusal error={end.error ?? approve.error ?? refuse.error} />
    </div>
  );
}
