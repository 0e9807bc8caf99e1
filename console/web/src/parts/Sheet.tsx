/** A sheet over the page that asks for something: Escape or the button leaves it. */
import type { ReactNode } from "react";
import { Button, Dialog, Heading, Modal } from "react-aria-components";

import { KeyBarrier, LayerContext, LAYERS } from "../app/keys";
import { useWords } from "../words/words";

interface SheetProps {
  title: string;
  onDone: () => void;
  /** Whether something is written here: a press beside the sheet does not throw it away. */
  holdsText?: boolean;
  children: ReactNode;
}

export function Sheet({ title, onDone, holdsText = false, children }: SheetProps) {
  const { t } = useWords();
  const changed = (open: boolean) => {
    if (!open) onDone();
  };
  return (
    <LayerContext value={LAYERS.sheet}>
      <KeyBarrier layer={LAYERS.sheet} />
      <Modal isOpen onOpenChange={changed} isDismissable={!holdsText} className="sheet">
        <Dialog>
          <Heading slot="title">{title}</Heading>
          {children}
          <Button className="act sheet-leave" onPress={onDone}>
            {t("desk.sheet.leave")} <kbd aria-hidden="true">Esc</kbd>
          </Button>
        </Dialog>
      </Modal>
    </LayerContext>
  );
}
