/** The page of a fire. */
import { useOverdue } from "../../fires/overdue";
import { isOnlySuspected } from "../../fires/phase";
import type { Fire } from "../../live/events";
import { ActBar } from "./ActBar";
import { useActing } from "./acting";
import { Checklist } from "./Checklist";
import { Commanders } from "./Commanders";
import { FireHead } from "./FireHead";
import { Plan } from "./Plan";
import { Points } from "./Points";
import { SceneFacts } from "./SceneFacts";
import { SiteFaults } from "./SiteFaults";
import { Stations } from "./Stations";
import { Told } from "./Told";
import { Traces } from "./Traces";
import { StillToCall } from "./UnitCalls";
import { Why } from "./Why";
import { Records } from "./Records";

export function FirePage({ fire }: { fire: Fire }) {
  const acting = useActing(fire);
  const overdue = useOverdue(fire) ? " overdue" : "";
  const suspected = isOnlySuspected(fire) ? " incident-only-suspected" : "";
  return (
    <article aria-labelledby="incident-title" className="incident">
      <div className={`incident-top incident-${fire.phase}${suspected}${overdue}`}>
        <FireHead fire={fire} />
        <ActBar fire={fire} acting={acting} />
        <StillToCall fire={fire} />
        <SiteFaults fire={fire} />
      </div>
      <div className="incident-first">
        <div>
          <Points fire={fire} />
          <Plan fire={fire} />
          <Traces fire={fire} />
        </div>
        <div>
          <Told fire={fire} />
          <Why fire={fire} />
          <Stations fire={fire} />
        </div>
        <div>
          <Checklist fire={fire} acting={acting} />
          <Commanders fire={fire} />
          <SceneFacts fire={fire} />
        </div>
      </div>
      <Records fire={fire} />
    </article>
  );
}
