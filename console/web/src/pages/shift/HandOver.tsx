/** Hands the desk over: whoever goes says that all was read, whoever comes signs in here and now. */
import { useMutation } from "@tanstack/react-query";
import { useState, type SyntheticEvent } from "react";
import { Button, Form } from "react-aria-components";

import { answer, api } from "../../api/client";
import { Refusal } from "../../parts/Refusal";
import { useWords } from "../../words/words";

const FIELDS = [
  ["name", "desk.sign_in.name", "text", "username"],
  ["password", "desk.sign_in.password", "password", "current-password"],
  ["code", "desk.sign_in.code", "text", "one-time-code"],
] as const;

export function HandOver() {
  const { t } = useWords();
  const [signed, setSigned] = useState({ name: "", password: "", code: "" });
  const [read, setRead] = useState({ goes: false, comes: false });
  const handOver = useMutation({
    mutationFn: () => answer(api.POST("/api/v1/session/hand-over", { body: signed })),
    // The page of the one who comes begins anew, with their rights.
    onSuccess: () => window.location.reload(),
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    handOver.mutate();
  };
  const both = read.goes && read.comes;
  return (
    <section aria-labelledby="hand-over-title" className="no-print">
      <h2 id="hand-over-title">{t("desk.shift.hand_over")}</h2>
      <Form onSubmit={submit} className="hand-over">
        <Read
          label={t("desk.shift.read_goes")}
          on={read.goes}
          onChange={(goes) => setRead({ ...read, goes })}
        />
        <Read
          label={t("desk.shift.read_comes")}
          on={read.comes}
          onChange={(comes) => setRead({ ...read, comes })}
        />
        {FIELDS.map(([field, label, type, autoComplete]) => (
          <label key={field}>
            {t(label)}
            <input
              type={type}
              autoComplete={autoComplete}
              required={field !== "code"}
              value={signed[field]}
              onChange={(event) => setSigned({ ...signed, [field]: event.target.value })}
            />
          </label>
        ))}
        <Refusal error={handOver.error} />
        <Button type="submit" className="act act-first" isDisabled={!both || handOver.isPending}>
          {t("desk.shift.take_over")}
        </Button>
      </Form>
    </section>
  );
}

interface ReadProps {
  label: string;
  on: boolean;
  onChange: (on: boolean) => void;
}

function Read({ label, on, onChange }: ReadProps) {
  return (
    <label className="tick">
      <input type="checkbox" checked={on} onChange={(event) => onChange(event.target.checked)} />
      {label}
    </label>
  );
}
