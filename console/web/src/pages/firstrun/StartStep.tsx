/** One step of the first start, with its state in words. */
import type { ReactNode } from "react";

import { useWords } from "../../words/words";

interface StepProps {
  title: string;
  done: boolean;
  children: ReactNode;
}

export function StartStep({ title, done, children }: StepProps) {
  const { t } = useWords();
  return (
    <li className={done ? "start-done" : undefined}>
      <h2>
        {title} <span className="start-state">{t(done ? "desk.start.done" : "desk.start.to_do")}</span>
      </h2>
      {children}
    </li>
  );
}
