/** Who commands until the fire police arrive, in order: each number is one press away. */
import type { Fire } from "../../live/events";
import { useWords } from "../../words/words";
import { Call } from "./Call";
import { Emergency } from "./Emergency";
import { useScene } from "./incident";

export function Commanders({ fire }: { fire: Fire }) {
  const { t, name } = useWords();
  const scene = useScene(fire.id).data;
  return (
    <section aria-labelledby="command-title">
      <h2 id="command-title">{t("desk.command.title")}</h2>
      {scene?.command.length === 0 ? <p className="quiet">{t("desk.command.none")}</p> : null}
      <ol className="people">
        {scene?.command.map((each) => (
          <li key={`${each.post} ${each.name}`}>
            <span>
              <strong>{each.name}</strong> <span className="quiet">{name("post", each.post)}</span>
            </span>
            <Call phone={each.phone} name={each.name} />
          </li>
        ))}
      </ol>
      <Emergency />
    </section>
  );
}
