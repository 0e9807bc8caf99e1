/** The sheet of all keys that do something now; `?` opens it. */
import { useState } from "react";
import { Dialog, Heading, Modal } from "react-aria-components";

import { useWords } from "../words/words";
import { useBindings, useKey } from "./keys";

export function KeySheet() {
  const { t } = useWords();
  const [open, setOpen] = useState(false);
  useKey("?", t("desk.keys.title"), () => setOpen(true));
  return (
    <Modal isOpen={open} onOpenChange={setOpen} isDismissable className="sheet">
      <Dialog>
        <Heading slot="title">{t("desk.keys.title")}</Heading>
        <KeyList />
      </Dialog>
    </Modal>
  );
}

function KeyList() {
  return (
    <dl className="keys">
      {useBindings().map((each) => (
        <div key={each.key}>
          <dt>
            <kbd>{each.key}</kbd>
          </dt>
          <dd>{each.label}</dd>
        </div>
      ))}
    </dl>
  );
}
