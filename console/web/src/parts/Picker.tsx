/** A choice among many by typing a part of a name: marks over letters and the order of words do not matter. */
import { useState } from "react";
import {
  Button,
  ComboBox,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  Text,
} from "react-aria-components";

import { useWords } from "../words/words";
import { found, type Pickable } from "./finding";
import "./picker.css";

/** Things that are offered at once; more typing leads to the others. */
const OFFERED = 50;

interface PickerProps {
  label: string;
  options: readonly Pickable[];
  chosen: string | null;
  onChoose: (id: string | null) => void;
  /** Whether nothing need be chosen. */
  optional?: boolean;
}

export function Picker({ label, options, chosen, onChoose, optional = false }: PickerProps) {
  const { t, counted } = useWords();
  const nameOf = (id: string | null) => options.find((each) => each.id === id)?.name ?? "";
  const [typed, setTyped] = useState(() => nameOf(chosen));
  // The name of what is chosen is no search: its list is opened to choose something else.
  const matching = found(options, typed === nameOf(chosen) ? "" : typed);
  const rest = matching.length - OFFERED;
  const choose = (id: string | null) => {
    setTyped(nameOf(id));
    // A field that is left chooses again what it has.
    if (id !== chosen) onChoose(id);
  };
  return (
    <ComboBox
      className="picker"
      items={matching.slice(0, OFFERED)}
      inputValue={typed}
      onInputChange={setTyped}
      value={chosen}
      onChange={(key) => choose(key === null ? null : String(key))}
      menuTrigger="focus"
      allowsEmptyCollection
      isRequired={!optional}
    >
      <Label>{label}</Label>
      <div className="picker-field">
        <Input placeholder={t("desk.picker.hint")} />
        <Button className="act">
          <span aria-hidden="true">▾</span>
        </Button>
      </div>
      <Popover className="picker-list">
        <ListBox<Pickable> renderEmptyState={() => <p>{t("desk.picker.none")}</p>}>
          {(item) => (
            <ListBoxItem textValue={item.name}>
              <Text slot="label">{item.name}</Text>
              {item.detail === "" ? null : <Text slot="description">{item.detail}</Text>}
            </ListBoxItem>
          )}
        </ListBox>
        {rest > 0 ? <p>{counted("desk.picker.more", rest)}</p> : null}
      </Popover>
    </ComboBox>
  );
}
