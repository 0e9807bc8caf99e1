/** A number to call with one press; a masked one is shown, and cannot be called. */
import { useWords } from "../../words/words";

export function Call({ phone, name }: { phone: string; name: string }) {
  const { t } = useWords();
  if (phone === "") return <span className="quiet">{t("desk.call.none")}</span>;
  if (!/^[+0-9 ().-]+$/.test(phone)) return <span>{phone}</span>;
  return (
    <a
      className="act call"
      href={`tel:${phone.replaceAll(/[^+0-9]/g, "")}`}
      aria-label={t("desk.call.name", { name, phone })}
    >
      {phone}
    </a>
  );
}
