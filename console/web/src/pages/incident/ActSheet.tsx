/** The sheet of an act that asks for more before it is sent. */
import type { Fire } from "../../live/events";
import type { ActName } from "./acts";
import { ApproveSheet } from "./ApproveSheet";
import type { Acting } from "./acting";
import { CallSheet } from "./CallSheet";
import { CloseSheet } from "./CloseSheet";
import { DispatchSheet } from "./DispatchSheet";
import { HandOverSheet } from "./HandOverSheet";
import { NoteSheet } from "./NoteSheet";
import { OverrideSheet } from "./OverrideSheet";
import { StepSheet } from "./StepSheet";
import { TakeSheet } from "./TakeSheet";

export interface SheetOfAct {
  fire: Fire;
  acting: Acting;
  onDone: () => void;
}

export function ActSheet({ act, ...rest }: SheetOfAct & { act: ActName }) {
  switch (act) {
    case "close":
      return <CloseSheet {...rest} />;
    case "dispatch":
      return <DispatchSheet {...rest} />;
    case "on_scene":
    case "under_control":
      return <StepSheet act={act} {...rest} />;
    case "approve":
      return <ApproveSheet {...rest} />;
    case "call":
      return <CallSheet {...rest} />;
    case "note":
      return <NoteSheet {...rest} />;
    case "hand_over":
      return <HandOverSheet {...rest} />;
    case "take":
      return <TakeSheet {...rest} />;
    case "override":
      return <OverrideSheet {...rest} />;
    default:
      return null;
  }
}
