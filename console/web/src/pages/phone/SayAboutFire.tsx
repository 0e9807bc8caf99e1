/** What a person can say about a fire: that it was seen. It is information, and never ends anything. */
import { useMutation } from "@tanstack/react-query";

import { answer, api } from "../../api/client";
import { useMay } from "../../data/may";
import { useLive } from "../../live/live";
import type { Fire } from "../../live/events";
import { Act } from "../../parts/Act";
import { Refusal } from "../../parts/Refusal";
import { useWords } from "../../words/words";

export function SayAboutFire({ fire }: { fire: Fire }) {
  const { t } = useWords();
  const may = useMay("incidents:act");
  const me = useLive((live) => live.who?.name ?? "");
  const seen = useMutation({
    mutationFn: () =>
      answer(
        api.POST("/api/v1/incidents/{id}/seen", {
          params: { path: { id: fire.id } },
          body: { by: null, note: "" },
        }),
      ),
  });
  const stored = seen.isSuccess || fire.seen_by.includes(me);
  if (!may) return null;
  return (
    <div className="say">
      <Act
        label={t("desk.phone.seen")}
        onAct={() => seen.mutate()}
        disabled={seen.isPending || stored}
        tone="first"
      />
      <p role="status">
        {seen.isPending
          ? t("desk.phone.sent")
          : stored
            ? t("desk.phone.stored")
            : t("desk.phone.only_information")}
      </p>
      <Refusal error={seen.error} />
    </div>
  );
}
