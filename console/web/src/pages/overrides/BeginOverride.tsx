/** Ordering a test, a drill, a silence or maintenance. */
import { useMutation } from "@tanstack/react-query";
import { useState, type SyntheticEvent } from "react";
import { Button, Form } from "react-aria-components";

import { answer, api, type Schemas } from "../../api/client";
import { usePremises } from "../../data/center";
import { useMay } from "../../data/may";
import { Refusal } from "../../parts/Refusal";
import { useWords } from "../../words/words";

type Kind = Schemas["OverrideRequest"]["kind"];
const KINDS: readonly Kind[] = ["test", "drill", "silence", "maintenance"];

interface Order {
  kind: Kind;
  premises: string;
  minutes: string;
  tester: string;
  zones: string;
  points: string;
  note: string;
}

const NOTHING: Order = {
  kind: "test",
  premises: "",
  minutes: "60",
  tester: "",
  zones: "",
  points: "",
  note: "",
};

const FIELDS = [
  ["premises", "desk.overrides.premises"],
  ["minutes", "desk.overrides.minutes"],
  ["tester", "desk.overrides.tester"],
  ["zones", "desk.overrides.zones"],
  ["points", "desk.overrides.points"],
  ["note", "desk.overrides.note"],
] as const;

const names = (text: string): string[] => text.split(/[\s,;]+/u).filter((each) => each !== "");

function requestOf(order: Order): Schemas["OverrideRequest"] {
  return {
    kind: order.kind,
    premises: order.premises,
    by: null,
    begins_at: null,
    minutes: Number(order.minutes),
    zones: names(order.zones),
    points: names(order.points),
    tester: order.kind === "test" && order.tester !== "" ? order.tester : null,
    note: order.note,
    extends: false,
  };
}

export function BeginOverride() {
  const { t, name } = useWords();
  const [order, setOrder] = useState(NOTHING);
  const begin = useMutation({
    mutationFn: () => answer(api.POST("/api/v1/overrides", { body: requestOf(order) })),
    onSuccess: () => setOrder(NOTHING),
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    begin.mutate();
  };
  return (
    <section aria-labelledby="begin-title">
      <h2 id="begin-title">{t("desk.overrides.begin")}</h2>
      <Form onSubmit={submit} className="begin">
        <label>
          {t("desk.overrides.kind")}
          <select
            value={order.kind}
            onChange={(event) => setOrder({ ...order, kind: event.target.value as Kind })}
          >
            {KINDS.map((each) => (
              <option key={each} value={each}>
                {name("case", each)}
              </option>
            ))}
          </select>
        </label>
        {FIELDS.filter(([field]) => field !== "tester" || order.kind === "test").map(
          ([field, label]) => (
            <label key={field}>
              {t(label)}
              <input
                value={order[field]}
                required={field === "premises" || field === "minutes"}
                inputMode={field === "minutes" ? "numeric" : "text"}
                list={field === "premises" ? "premises-known" : undefined}
                onChange={(event) => setOrder({ ...order, [field]: event.target.value })}
              />
            </label>
          ),
        )}
        <KnownPremises />
        <Refusal error={begin.error} />
        <Button type="submit" className="act act-first" isDisabled={begin.isPending}>
          {t("desk.overrides.order")}
        </Button>
        <span role="status">
          {begin.isPending
            ? t("desk.overrides.sent")
            : begin.isSuccess
              ? t("desk.overrides.stored")
              : ""}
        </span>
      </Form>
    </section>
  );
}

function KnownPremises() {
  const premises = usePremises({ enabled: useMay("registry:read") });
  return (
    <datalist id="premises-known">
      {(premises.data ?? []).slice(0, 1_000).map((each) => (
        <option key={each.id} value={each.id}>
          {each.name}
        </option>
      ))}
    </datalist>
  );
}
