/** Fields before and after a change. */
import { useWords } from "../../../words/words";

interface ComparedField {
  field: string;
  before?: unknown;
  after?: unknown;
}

function written(value: unknown): string {
  if (value === undefined || value === null || value === "") return "—";
  return typeof value === "string" || typeof value === "number" ? String(value) : JSON.stringify(value);
}

/** The fields within a nested value that differ, each by its own path. */
function flat({ field, before, after }: ComparedField): ComparedField[] {
  const inner = (value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  const [old, now] = [inner(before), inner(after)];
  if (old === null && now === null) return [{ field, before, after }];
  const names = new Set([...Object.keys(old ?? {}), ...Object.keys(now ?? {})]);
  return [...names]
    .map((name) => ({ field: `${field}.${name}`, before: old?.[name], after: now?.[name] }))
    .filter((each) => written(each.before) !== written(each.after))
    .flatMap(flat);
}

export function Compared({ fields }: { fields: readonly ComparedField[] }) {
  const { t, name } = useWords();
  const shown = fields.flatMap(flat).filter((each) => written(each.before) !== written(each.after));
  if (shown.length === 0) return null;
  return (
    <table className="compared">
      <thead>
        <tr>
          <th scope="col">{t("desk.registry.field")}</th>
          <th scope="col">{t("desk.registry.before")}</th>
          <th scope="col">{t("desk.registry.after")}</th>
        </tr>
      </thead>
      <tbody>
        {shown.map(({ field, before, after }) => (
          <tr key={field}>
            <th scope="row">{name("column", field)}</th>
            <td>{written(before)}</td>
            <td>{written(after)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
