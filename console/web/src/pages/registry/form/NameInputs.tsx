/** Inputs that name rows of another table: by id, with the names that people know offered. */
import { useState } from "react";
import { Button } from "react-aria-components";

import { useWords } from "../../../words/words";
import { useChoices, useTable, type Choice } from "../data";
import type { InputProps } from "./FieldInput";

function useTargets(target: string, premises: string): Choice[] {
  const isLocal = useTable(target)?.belongs_to_premises ?? false;
  return useChoices(target, isLocal ? premises : undefined);
}

/** Those whom a stage of a policy can name beside contacts and rosters; of each premises its own. */
const CIRCLES = {
  "command-center": "desk.registry.command_center",
  premises: "desk.registry.people_of_premises",
  area: "desk.registry.team_of_area",
} as const;

/** Whom several names at *path* can mean. */
function useNamed(path: string, target: string, premises: string): Choice[] {
  const { t } = useWords();
  const rows = useTargets(target, premises);
  const rosters = useChoices("rosters", undefined);
  if (!path.endsWith(".notify")) return rows;
  const circles = Object.entries(CIRCLES).map(([id, key]) => ({ id, name: t(key) }));
  return [...circles, ...rosters, ...rows];
}

function Offered({ id, choices }: { id: string; choices: readonly Choice[] }) {
  return (
    <datalist id={id}>
      {choices.map((each) => (
        <option key={each.id} value={each.id}>
          {each.name}
        </option>
      ))}
    </datalist>
  );
}

export function NameInput(props: InputProps & { target: string }) {
  const { id, value, target, premises, isFixed, wrong, onChange } = props;
  const choices = useTargets(target, premises);
  const named = choices.find((each) => each.id === value)?.name;
  return (
    <>
      <input
        id={id}
        value={typeof value === "string" ? value : ""}
        readOnly={isFixed}
        list={`${id}-offered`}
        aria-invalid={wrong !== undefined}
        aria-describedby={wrong}
        onChange={(event) => onChange(event.target.value === "" ? null : event.target.value)}
      />
      <Offered id={`${id}-offered`} choices={choices} />
      {named === undefined ? null : <span className="named">{named}</span>}
    </>
  );
}

/** Several names in their order: the first one is notified first. */
export function NamesInput({ id, field, value, premises, onChange }: InputProps) {
  const { t, name } = useWords();
  const choices = useNamed(field.path, field.target ?? "contacts", premises);
  const [next, setNext] = useState("");
  const chosen: string[] = Array.isArray(value) ? (value as string[]) : [];
  const label = (each: string) => choices.find((one) => one.id === each)?.name ?? each;
  const add = () => {
    if (next.trim() !== "") onChange([...chosen, next.trim()]);
    setNext("");
  };
  return (
    <div className="names">
      <ol>
        {chosen.map((each, index) => (
          <li key={`${each}-${index}`}>
            {label(each)}
            <Button
              className="act act-small"
              aria-label={t("desk.registry.remove_one", { name: label(each) })}
              onPress={() => onChange(chosen.filter((_, other) => other !== index))}
            >
              ×
            </Button>
          </li>
        ))}
      </ol>
      <input
        value={next}
        list={`${id}-offered`}
        aria-label={t("desk.registry.add_to", { field: name("column", field.path) })}
        onChange={(event) => setNext(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter") return;
          event.preventDefault();
          add();
        }}
      />
      <Offered id={`${id}-offered`} choices={choices} />
      <Button className="act act-small" onPress={add}>
        {t("desk.registry.add")}
      </Button>
    </div>
  );
}
