/** The sheet of an act: what it asks for, then Enter sends it. */
import { useEffect, useRef, type ReactNode, type RefObject, type SyntheticEvent } from "react";
import { Button, Form, Input, Label, TextField } from "react-aria-components";

import { isTyping, useKey } from "../../app/keys";
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
  const form = useRef<HTMLFormElement>(null);
  useTypedText(form);
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
    <Sheet title={title} onDone={onDone} holdsText>
      <SendKey label={act} onSend={send} />
      <Form ref={form} onSubmit={submit} className="sheet-form">
        {children}
        {ready || missing === undefined ? null : <p role="status">{missing}</p>}
        <Button type="submit" className="act act-first" isDisabled={!ready}>
          {act} <kbd aria-hidden="true">Enter</kbd>
        </Button>
      </Form>
    </Sheet>
  );
}

/** What is typed where no field takes it goes to the last line of own words: no letter is lost. */
function useTypedText(form: RefObject<HTMLFormElement | null>): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.defaultPrevented || !isText(event) || isTyping(event.target)) return;
      const remarks = form.current?.querySelectorAll<HTMLInputElement>("input[data-remark]") ?? [];
      // The letter itself comes to where the focus is by then.
      [...remarks].at(-1)?.focus();
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, [form]);
}

/** Whether a key writes a letter; a space presses what has the focus. */
const isText = ({ key, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean =>
  key.length === 1 && key !== " " && !ctrlKey && !metaKey && !altKey;

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
      <Input data-remark />
    </TextField>
  );
}
