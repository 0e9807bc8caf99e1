/** Versions of the registry, each of which can be brought back as a draft. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { useLocation } from "wouter";

import { answer, api, type Schemas } from "../../api/client";
import { Act } from "../../parts/Act";
import { Needs } from "../../parts/Needs";
import { Since } from "../../time/Since";
import { useWords } from "../../words/words";
import { asked } from "./asked";

import { chooseDraft } from "./draft/working";
import { RefusedRows } from "./form/RefusedRows";
import "./registry.css";

export default function VersionsPage() {
  const { t } = useWords();
  const [, go] = useLocation();
  const versions = useQuery({
    queryKey: ["registry", "versions"],
    queryFn: () => answer(api.GET("/api/v1/registry/versions", {})),
  });
  const restore = useMutation({
    mutationFn: (version: number) =>
      answer(
        api.POST("/api/v1/registry/versions/{id}/restore", {
          params: { path: { id: String(version) } },
          body: asked<Schemas["RestoreRequest"]>({}),
        }),
      ),
    onSuccess: (draft) => {
      chooseDraft(draft.id);
      go(`/registry/drafts/${draft.id}`);
    },
  });
  return (
    <section aria-labelledby="versions-title" className="registry">
      <h1 id="versions-title">{t("desk.registry.versions")}</h1>
      <p>{t("desk.registry.restore_help")}</p>
      <RefusedRows error={versions.error ?? restore.error} />
      <ul className="rows">
        {versions.data?.versions.map((each, index) => (
          <li key={each.version}>
            <strong>{t("desk.registry.version", { version: each.version })}</strong> {each.by}{" "}
            {each.note} <Since at={each.at} />
            {index === 0 ? null : (
              <Needs
                permission="registry:propose"
                label={t("desk.registry.restore", { version: each.version })}
              >
                <Act
                  label={t("desk.registry.restore", { version: each.version })}
                  disabled={restore.isPending}
                  onAct={() => restore.mutate(each.version)}
                />
              </Needs>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
