/** Asks for an override at the premises: a test, a drill, a silence or maintenance, for some minutes. */
import { useMutation } from "@tanstack/react-query";
import { useState, type SyntheticEvent } from "react";
import { Button, Form, Input, Label, TextField } from "react-aria-components";

import { answer, api, type Schemas } from "../../api/client";
import type { Fire } from "../../live/events";
import { Choices } from "../../parts/Choices";
import { Refusal } from "../../parts/Refusal";
import { Sheet } from "../../parts/Sheet";
import { useWords } from "../../words/words";

type Kind = Schemas["OverrideRequest"]["kind"];

/** A test and a drill name zones or points and a tester: their page asks for those. */
const KINDS: readonly Kind[] = ["silence", "maintenance"];

export function OverrideSheet({ fire, onDone }: { fire: Fire; onDone: () => void }) {
  const { t, name } = useWords();
  const [kind, setKind] = useState<Kind>("silence");
  const [minutes, setMinutes] = useState("60");
  const [note, setNote] = useState("");
  const ordered = useMutation({
    mutationFn: () =>
      answer(
        api.POST("/api/v1/overrides", {
          body: {
            kind,
            premises: fire.premises.id,
            minutes: Number(minutes),
            note,
          } as Schemas["OverrideRequest"],
        }),
      ),
    onSuccess: onDone,
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    ordered.mutate();
  };
  return (
    <Sheet title={t("desk.override.title", { name: fire.premises.name })} onDone={onDone}>
      <p>{t("desk.override.fires")}</p>
      <Form onSubmit={submit} className="sheet-form">
        <Choices
          label={t("desk.override.kind")}
          options={KINDS.map((each) => ({ value: each, label: name("case", each) }))}
          chosen={[kind]}
          onChoose={([value]) => setKind(value as Kind)}
        />
        <TextField value={minutes} onChange={setMinutes} type="number" isRequired>
          <Label>{t("desk.override.minutes")}</Label>
          <Input min={1} />
        </TextField>
        <TextField value={note} onChange={setNote} maxLength={500}>
          <Label>{t("desk.act.note")}</Label>
          <Input />
        </TextField>
        <Refusal error={ordered.error} />
        <Button type="submit" className="act act-first" isDisabled={ordered.isPending}>
          {t("desk.act.override")}
        </Button>
      </Form>
    </Sheet>
  );
}
