/** For communes and heads of premises, on a telephone: what burns at mine, what to do, who comes, how devices are. */
import { useLive } from "../../live/live";
import { useWords } from "../../words/words";
import { DevicesOfMine } from "./DevicesOfMine";
import { FireCard } from "./FireCard";
import { firesOf } from "./mine";
import "./phone.css";

export default function PhonePage() {
  const { t, counted } = useWords();
  const open = useLive((live) => live.open);
  const fires = firesOf(open.values());
  return (
    <div className="phone">
      <h1>{t("desk.pages.mine")}</h1>
      <p role="status" aria-live="assertive" className={fires.length > 0 ? "burns" : "burns-none"}>
        {fires.length > 0 ? counted("desk.phone.fires", fires.length) : t("desk.phone.no_fire")}
      </p>
      {fires.map((each) => (
        <FireCard key={each.id} fire={each} />
      ))}
      <DevicesOfMine />
    </div>
  );
}
