/** The sheet of an act: what it asks for, then Enter sends it. */
import type { ReactNode, SyntheticEvent } from "react";
import { Button, Form, Input, Label, TextField } from "react-aria-components";

import { useKey } from "../../app/keys";
import { KEYS } from "../../app/keyTable";
import { Sheet } from "../../parts/Sheet";

interface AskingProps {
  title: string;
  /** The words on the button that sends. */
  act: string;
  ready: boolean;
  /** What has to be given before it can be sent. */
  missing?: string;
  onSend: () => void;
  onDone: () => void;
  children: ReactNode;
}

export function Asking({ title, act, ready, missing, onSend, onDone, children }: AskingProps) {
  const send = () => {
    if (!ready) return;
    onSend();
    onDone();
  };
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    send();
  };
  return (
    <Sheet title={title} onDone={onDone}>
      <SendKey label={act} onSend={send} />
      <Form onSubmit={submit} className="sheet-form">
        {children}
        {ready || missing === undefined ? null : <p role="status">{missing}</p>}
        <Button type="submit" className="act act-first" isDisabled={!ready}>
          {act} <kbd aria-hidden="true">Enter</kbd>
        </Button>
      </Form>
    </Sheet>
  );
}

/** Enter sends also where no field of the sheet has the focus. */
function SendKey({ label, onSend }: { label: string; onSend: () => void }) {
  useKey(KEYS.send, label, onSend);
  return null;
}

interface RemarkProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  /** Whether the sheet is opened to write here. */
  first?: boolean;
}

/** The longest remark that the center takes. */
const LONGEST = 500;

/** A line of a person's own words. */
export function Remark({ label, value, onChange, first = false }: RemarkProps) {
  return (
    // eslint-disable-next-line jsx-a11y/no-autofocus -- the sheet was opened to write here
    <TextField value={value} onChange={onChange} maxLength={LONGEST} autoFocus={first}>
      <Label>{label}</Label>
      <Input />
    </TextField>
  );
}
