/** All keys that do something now, in a sheet over the page. */
import type { ReactElement } from "react";
import { Button, Dialog, Heading, Modal } from "react-aria-components";

import { useWords } from "../words/words";
import { useBindings, type Binding } from "./keys";
import { KEYS, signOf } from "./keyTable";

interface KeyListProps {
  onChange: (open: boolean) => void;
}

/** What is done, and the keys that do it; what only bars others has no label. */
function byLabel(bindings: readonly Binding[]): [string, string[]][] {
  const found = new Map<string, string[]>();
  for (const { key, label } of bindings)
    if (label !== "") found.set(label, [...(found.get(label) ?? []), key]);
  return [...found];
}

export default function KeyList({ onChange }: KeyListProps): ReactElement | null {
  const { t } = useWords();
  return (
    <Modal isOpen onOpenChange={onChange} isDismissable className="sheet">
      <Dialog>
        <Heading slot="title">{t("desk.keys.title")}</Heading>
        <dl className="keys">
          {byLabel(useBindings()).map(([label, keys]) => (
            <div key={label}>
              <dt>
                {keys.map((each) => (
                  <kbd key={each}>{signOf(each)}</kbd>
                ))}
              </dt>
              <dd>{label}</dd>
            </div>
          ))}
        </dl>
        <Button className="act sheet-leave" onPress={() => onChange(false)}>
          {t("desk.sheet.leave")} <kbd aria-hidden="true">{signOf(KEYS.back)}</kbd>
        </Button>
      </Dialog>
    </Modal>
  );
}
