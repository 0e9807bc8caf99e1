/** All keys that do something now, in a sheet over the page. */
import type { ReactElement } from "react";
import { Dialog, Heading, Modal } from "react-aria-components";

import { useWords } from "../words/words";
import { useBindings } from "./keys";
import { signOf } from "./keyTable";

interface KeyListProps {
  onChange: (open: boolean) => void;
}

export default function KeyList({ onChange }: KeyListProps): ReactElement | null {
  const { t } = useWords();
  return (
    <Modal isOpen onOpenChange={onChange} isDismissable className="sheet">
      <Dialog>
        <Heading slot="title">{t("desk.keys.title")}</Heading>
        <dl className="keys">
          {useBindings()
            .filter((each) => each.label !== "")
            .map((each) => (
            <div key={each.key}>
              <dt>
                <kbd>{signOf(each.key)}</kbd>
              </dt>
              <dd>{each.label}</dd>
            </div>
          ))}
        </dl>
      </Dialog>
    </Modal>
  );
}
