/** Says that changes wait in a draft, and are not in force. */
import { Link } from "wouter";

import { useWords } from "../../../words/words";
import { useWorkingDraft } from "./working";

export function DraftBar() {
  const { t, counted } = useWords();
  const draft = useWorkingDraft();
  if (draft === null) return null;
  return (
    <p className="draft-bar" role="status">
      {counted("desk.registry.in_draft", draft.rows)}{" "}
      <Link href={`/registry/drafts/${draft.id}`}>{t("desk.registry.look_and_apply")}</Link>
    </p>
  );
}
