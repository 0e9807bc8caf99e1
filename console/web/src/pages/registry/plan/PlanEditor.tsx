/** Placing: what is chosen, what was placed, undone and stored. */
import { useEffect, useState } from "react";

import { useMay } from "../../../data/may";
import { KEYS } from "../../../app/keyTable";
import { Act } from "../../../parts/Act";
import { useWords } from "../../../words/words";
import { useEdit } from "../draft/working";
import { RefusedRows } from "../form/RefusedRows";
import {
  addCorner,
  begun,
  clearOutline,
  editOf,
  nudge,
  percent,
  place,
  takeAway,
  undo,
  type Placed,
  type Placing,
  type Spot,
  type Thing,
} from "./placing";
import { PlanBoard } from "./PlanBoard";
import { ThingList } from "./ThingList";

interface EditorProps {
  premises: string;
  floor: string;
  picture: string | null;
  /** The names of all floors. */
  floors: ReadonlyMap<string, string>;
  things: readonly Thing[];
  /** The positions in the registry, with what the draft makes of them. */
  stored: readonly Placed[];
}

/** Leaving the page would lose what is not in the draft yet: the browser asks first. */
function useAskBeforeLeaving(rows: number): void {
  useEffect(() => {
    if (rows === 0) return undefined;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [rows]);
}

function usePlacing({ stored, things, floor }: EditorProps) {
  const { t } = useWords();
  const [placing, setPlacing] = useState<Placing>(() => begun(stored));
  const [chosen, setChosen] = useState("");
  const [outlines, setOutlines] = useState(false);
  const [said, setSaid] = useState("");
  const name = (key: string) => things.find((each) => each.key === key)?.name ?? key;
  const isOutlined = outlines && chosen.startsWith("zone/");
  const tell = (next: Placing, key: string) => {
    setPlacing(next);
    const at = next.placed.find((each) => each.thing === key);
    setSaid(
      at === undefined
        ? t("desk.registry.plan_away", { name: name(key) })
        : t("desk.registry.plan_at", { name: name(key), left: percent(at.x), top: percent(at.y) }),
    );
  };
  return {
    placing,
    chosen,
    said,
    isOutlined,
    setOutlines,
    choose: (key: string) => {
      setChosen(key);
      setOutlines(false);
    },
    placeAt: (spot: Spot, key = chosen) => {
      const at = { floor, ...spot };
      const isCorner = isOutlined && key === chosen;
      const next = (isCorner ? addCorner : place)(placing, key, at);
      tell(next, key);
      if (key === chosen && !isCorner) setChosen(nextUnplaced(things, next, key));
    },
    move: (key: string, by: Spot) => tell(nudge(placing, key, by), key),
    takeAway: (key: string) => tell(takeAway(placing, key), key),
    clearOutline: (key: string) => tell(clearOutline(placing, key), key),
    undo: () => {
      setPlacing(undo(placing));
      setSaid(t("desk.registry.plan_undone"));
    },
  };
}

/** The next thing of the list that hangs nowhere yet: a whole floor is placed without choosing again. */
function nextUnplaced(things: readonly Thing[], { placed }: Placing, after: string): string {
  const from = things.findIndex((each) => each.key === after) + 1;
  const inOrder = [...things.slice(from), ...things.slice(0, from)];
  return inOrder.find((each) => !placed.some(({ thing }) => thing === each.key))?.key ?? "";
}

export function PlanEditor(props: EditorProps) {
  const { t } = useWords();
  const { premises, floor, picture, floors, things, stored } = props;
  const edit = useEdit();
  const may = useMay("registry:propose");
  const doing = usePlacing(props);
  const { placing, chosen } = doing;
  const { edit: change, rows } = editOf(stored, placing.placed, premises);
  const thing = things.find((each) => each.key === chosen);
  const hangsHere = placing.placed.find((each) => each.thing === chosen && each.floor === floor);
  useAskBeforeLeaving(rows);
  if (things.length === 0) return <p>{t("desk.registry.plan_nothing")}</p>;
  return (
    <>
      <p className="quiet">{t("desk.registry.plan_help")}</p>
      <PlanActs
        doing={doing}
        thing={thing}
        hangsHere={hangsHere}
        rows={may ? rows : 0}
        edit={edit}
        onSave={() => edit.mutate(change)}
      />
      <RefusedRows error={edit.error} />
      <p className="hidden" aria-live="polite">
        {doing.said}
      </p>
      <div className="plan-columns">
        <ThingList
          things={things}
          placed={placing.placed}
          floor={floor}
          floors={floors}
          chosen={chosen}
          onChoose={doing.choose}
        />
        <PlanBoard
          picture={picture}
          things={things}
          placed={placing.placed.filter((each) => each.floor === floor)}
          chosen={thing}
          isOutlined={doing.isOutlined}
          onPlace={doing.placeAt}
          onMove={doing.move}
          onChoose={doing.choose}
          onTakeAway={doing.takeAway}
        />
      </div>
    </>
  );
}

interface ActsProps {
  doing: ReturnType<typeof usePlacing>;
  thing: Thing | undefined;
  hangsHere: Placed | undefined;
  rows: number;
  edit: ReturnType<typeof useEdit>;
  onSave: () => void;
}

function PlanActs({ doing, thing, hangsHere, rows, edit, onSave }: ActsProps) {
  const { t, counted } = useWords();
  return (
    <div className="acts plan-acts">
      <Act
        label={t("desk.registry.save")}
        tone="first"
        shortcut={KEYS.save}
        disabled={rows === 0 || edit.isPending}
        onAct={onSave}
      />
      <Act
        label={t("desk.registry.plan_undo")}
        shortcut={KEYS.undo}
        disabled={doing.placing.before.length === 0}
        onAct={doing.undo}
      />
      <Act
        label={t("desk.registry.plan_take_away")}
        disabled={hangsHere === undefined}
        onAct={() => doing.takeAway(doing.chosen)}
      />
      {thing?.kind === "zone" ? (
        <Outlining
          isOn={doing.isOutlined}
          corners={hangsHere?.outline.length ?? 0}
          onSwitch={doing.setOutlines}
          onClear={() => doing.clearOutline(doing.chosen)}
        />
      ) : null}
      <span role="status" className="plan-stored">
        {edit.isPending
          ? t("desk.registry.plan_sent")
          : rows > 0
            ? counted("desk.registry.plan_unsaved", rows)
            : edit.isSuccess
              ? t("desk.registry.plan_in_draft")
              : null}
      </span>
    </div>
  );
}

interface OutliningProps {
  isOn: boolean;
  corners: number;
  onSwitch: (isOn: boolean) => void;
  onClear: () => void;
}

/** Drawing the outline of the zone that is chosen, corner by corner. */
function Outlining({ isOn, corners, onSwitch, onClear }: OutliningProps) {
  const { t, counted } = useWords();
  return (
    <>
      <Act
        label={t(isOn ? "desk.registry.plan_outline_done" : "desk.registry.plan_outline")}
        onAct={() => {
          if (!isOn) onClear();
          onSwitch(!isOn);
        }}
      />
      {isOn ? <span>{counted("desk.registry.plan_corners", corners)}</span> : null}
    </>
  );
}
