/** The picture of a floor: a drawing or a photograph of one that is kept at the center, put into the draft. */
import { useMutation } from "@tanstack/react-query";

import { Refused, type Schemas } from "../../../api/client";
import { useMay } from "../../../data/may";
import { Refusal } from "../../../parts/Refusal";
import { useWords } from "../../../words/words";
import { textAt } from "../data";
import { useEdit } from "../draft/working";
import type { Row } from "../form/values";

/** The page of a PDF that is drawn; a plan of several pages is sent as several files. */
const PAGE = "1";

/** Sends *file* as it is: the client of the center knows bodies of JSON alone. */
async function kept(file: File): Promise<Schemas["StoredFile"]> {
  const isPdf = file.name.toLowerCase().endsWith(".pdf");
  const query = new URLSearchParams({ name: file.name, ...(isPdf ? { page: PAGE } : {}) });
  const response = await fetch(`/api/v1/files?${query.toString()}`, {
    method: "POST",
    headers: { "X-Tocsin-Request": "1", "Content-Type": "application/octet-stream" },
    body: file,
  });
  const said = (await response.json()) as unknown;
  if (!response.ok) throw new Refused(response.status, said as Partial<Schemas["Error"]>);
  return said as Schemas["StoredFile"];
}

export function PlanPicture({ premises, floor }: { premises: string; floor: Row }) {
  const { t } = useWords();
  const edit = useEdit();
  const mayAdd = useMay("files:add");
  const mayChange = useMay("registry:propose");
  const send = useMutation({
    mutationFn: async (file: File) => {
      const { hash } = await kept(file);
      const key = `${premises}/${textAt(floor, "id")}`;
      return edit.mutateAsync({ fields: { floors: { [key]: { plan: hash } } } });
    },
  });
  const has = textAt(floor, "plan") !== "";
  if (!mayAdd || !mayChange) return has ? null : <p>{t("desk.registry.plan_no_picture")}</p>;
  return (
    <details open={!has} className="plan-upload">
      <summary>{t(has ? "desk.registry.plan_replace" : "desk.registry.plan_no_picture")}</summary>
      <label>
        {t("desk.registry.plan_file")}
        <input
          type="file"
          accept=".png,.jpg,.jpeg,.svg,.pdf"
          disabled={send.isPending}
          onChange={(event) => {
            const file = event.target.files?.[0];
            if (file !== undefined) send.mutate(file);
          }}
        />
      </label>
      <p role="status">
        {send.isPending
          ? t("desk.registry.plan_sent")
          : send.isSuccess
            ? t("desk.registry.plan_in_draft")
            : null}
      </p>
      <Refusal error={send.error} />
    </details>
  );
}
