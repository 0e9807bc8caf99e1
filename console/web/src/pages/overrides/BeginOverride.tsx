/** Ordering a test, a drill, a silence or maintenance: premises, points and people are picked, not typed. */
import { useMutation } from "@tanstack/react-query";
import { useState, type SyntheticEvent } from "react";
import { Button, Form, Input, Label, NumberField, TextField } from "react-aria-components";

import { answer, api } from "../../api/client";
import { usePremises } from "../../data/center";
import { useMay } from "../../data/may";
import { Choices } from "../../parts/Choices";
import { Picker } from "../../parts/Picker";
import { Refusal } from "../../parts/Refusal";
import { useWords } from "../../words/words";
import { useContacts, useInFull } from "./data";
import {
  KINDS,
  MINUTES,
  missingOf,
  NOTHING,
  OF_POINTS,
  requestOf,
  zonesOf,
  type Kind,
  type Order,
} from "./order";
import { PointChoice } from "./PointChoice";

const MISSING = {
  premises: "desk.overrides.missing_premises",
  points: "desk.overrides.missing_points",
  tester: "desk.overrides.missing_tester",
} as const;

const EFFECTS = {
  test: "desk.overrides.effect_test",
  drill: "desk.overrides.effect_drill",
  silence: "desk.overrides.effect_silence",
  maintenance: "desk.overrides.effect_maintenance",
} as const satisfies Record<Kind, string>;

export function BeginOverride() {
  const { t } = useWords();
  const [order, setOrder] = useState(NOTHING);
  const [round, setRound] = useState(0);
  const begin = useMutation({
    mutationFn: () => answer(api.POST("/api/v1/overrides", { body: requestOf(order) })),
    onSuccess: () => {
      setOrder(NOTHING);
      setRound(round + 1);
    },
  });
  const missing = missingOf(order);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    begin.mutate();
  };
  return (
    <section aria-labelledby="begin-title">
      <h2 id="begin-title">{t("desk.overrides.begin")}</h2>
      <Form onSubmit={submit} className="begin" key={round}>
        <KindChoice order={order} onChange={setOrder} />
        <Where order={order} onChange={setOrder} />
        <Rest order={order} onChange={setOrder} />
        <Refusal error={begin.error} />
        <div className="acts">
          <Button
            type="submit"
            className="act act-first"
            isDisabled={begin.isPending || missing !== null}
          >
            {t("desk.overrides.order")}
          </Button>
          {missing === null ? null : <span>{t(MISSING[missing])}</span>}
        </div>
      </Form>
      <p role="status">
        {begin.isPending ? t("desk.overrides.sent") : null}
        {begin.isSuccess
          ? t(
              begin.data.phase === "pending_approval"
                ? "desk.overrides.stored_pending"
                : "desk.overrides.stored",
            )
          : null}
      </p>
    </section>
  );
}

interface PartProps {
  order: Order;
  onChange: (order: Order) => void;
}

function KindChoice({ order, onChange }: PartProps) {
  const { t, name } = useWords();
  const choose = (kind: Kind) => onChange({ ...order, kind, minutes: MINUTES[kind].usual });
  return (
    <div>
      <Choices
        label={t("desk.overrides.kind")}
        options={KINDS.map((each) => ({ value: each, label: name("case", each) }))}
        chosen={[order.kind]}
        onChoose={([kind]) => choose(kind as Kind)}
      />
      <p className="quiet">{t(EFFECTS[order.kind])}</p>
    </div>
  );
}

function Where({ order, onChange }: PartProps) {
  const { t } = useWords();
  const premises = usePremises({ enabled: useMay("registry:read") });
  const inFull = useInFull(order.premises);
  const tables = inFull.data?.tables;
  return (
    <div>
      <Picker
        label={t("desk.overrides.premises")}
        options={(premises.data ?? []).map(({ id, name, address }) => ({ id, name, detail: address }))}
        chosen={order.premises}
        onChoose={(chosen) => onChange({ ...order, premises: chosen, zones: [], points: [] })}
      />
      <Refusal error={premises.error ?? inFull.error} />
      {tables === undefined ? null : (
        <PointChoice
          zones={zonesOf(tables.zones ?? [], tables.points ?? [])}
          order={order}
          onChange={onChange}
        />
      )}
      {OF_POINTS.has(order.kind) ? null : <p className="quiet">{t("desk.overrides.none_is_all")}</p>}
    </div>
  );
}

function Rest({ order, onChange }: PartProps) {
  const { t } = useWords();
  const contacts = useContacts();
  return (
    <div>
      {order.kind === "test" ? (
        <Picker
          label={t("desk.overrides.tester")}
          options={contacts.data ?? []}
          chosen={order.tester}
          onChoose={(tester) => onChange({ ...order, tester })}
        />
      ) : null}
      <NumberField
        value={order.minutes}
        onChange={(minutes) => onChange({ ...order, minutes })}
        minValue={1}
        maxValue={MINUTES[order.kind].longest}
        isRequired
      >
        <Label>{t("desk.overrides.minutes", { most: MINUTES[order.kind].longest })}</Label>
        <Input />
      </NumberField>
      <TextField value={order.note} onChange={(note) => onChange({ ...order, note })} maxLength={500}>
        <Label>{t("desk.overrides.note")}</Label>
        <Input />
      </TextField>
    </div>
  );
}
