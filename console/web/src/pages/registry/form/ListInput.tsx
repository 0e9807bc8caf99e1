/** A list of values with fields of their own: the stages of a policy, the shifts of a roster. */
import { Button } from "react-aria-components";

import { useWords } from "../../../words/words";
import { FieldInput, type InputProps } from "./FieldInput";
import { isEmpty, type Field, type Row } from "./values";

export function ListInput({ fields, value, premises, onChange }: InputProps & { fields: Field[] }) {
  const { t } = useWords();
  const items: Row[] = Array.isArray(value) ? (value as Row[]) : [];
  const changed = (index: number, name: string, next: unknown) =>
    items.map((each, other) => (other === index ? withField(each, name, next) : each));
  return (
    <div className="list-field">
      {items.map((item, index) => (
        <fieldset key={index}>
          <legend>{t("desk.registry.item", { number: index + 1 })}</legend>
          {fields.map((each) => (
            <FieldInput
              key={each.path}
              field={each}
              value={item[lastOf(each.path)]}
              premises={premises}
              faults={[]}
              onChange={(next) => onChange(changed(index, lastOf(each.path), next))}
            />
          ))}
          <Button
            className="act act-small"
            onPress={() => onChange(items.filter((_, other) => other !== index))}
          >
            {t("desk.registry.remove_item", { number: index + 1 })}
          </Button>
        </fieldset>
      ))}
      <Button className="act act-small" onPress={() => onChange([...items, {}])}>
        {t("desk.registry.add_to", { field: t("desk.registry.item", { number: items.length + 1 }) })}
      </Button>
    </div>
  );
}

const lastOf = (path: string) => path.slice(path.lastIndexOf(".") + 1);

/** *item* with *next* at *name*; a field that says nothing is left out, so that it has its default. */
function withField(item: Row, name: string, next: unknown): Row {
  const others = Object.entries(item).filter(([each]) => each !== name);
  return Object.fromEntries(isEmpty(next) ? others : [...others, [name, next]]);
}
