import { useEffect, useState } from "react";
import type { ActionName } from "../../../src-shared/actions.ts";
import type { Pod, Snapshot } from "../../../src-shared/model.ts";
import { setParams, useRoute } from "../../state/route.ts";
import type { IconName } from "../../ui/icons.tsx";
import { Button } from "../../ui/parts.tsx";
import { pinnedByUs } from "./pinned.ts";
import { PlanDialog } from "./plan.tsx";

interface Offer {
  action: ActionName;
  words: string;
  icon?: IconName;
}

/** What one could do with this pod now; whether it may be done is for the plan to say, with why. */
export function offersOf(snapshot: Snapshot, pod: Pod): Offer[] {
  const pinned = pinnedByUs(snapshot, pod);
  const offers: Offer[] = [];
  if (!pinned && Object.keys(pod.namespaces).length > 0) offers.push({ action: "pin", words: "Pin", icon: "pin" });
  if (pinned) offers.push({ action: "unpin", words: "Unpin" });
  if (pod.sandbox.state === "process") offers.push({ action: "drop", words: "Drop pause…" });
  if (pod.sandbox.state === "dropped" && pinned) offers.push({ action: "restore", words: "Restore…", icon: "pause" });
  return offers;
}

export function ActionButtons({ snapshot, pod, nodeId }: { snapshot: Snapshot; pod: Pod; nodeId: string }) {
  const [open, setOpen] = useState<ActionName>();
  /** Asked for elsewhere, by the palette: the plan opens, as after a click. */
  const asked = useRoute(({ params }) => params.do);
  useEffect(() => {
    if (asked === undefined) return;
    setParams({ do: undefined });
    setOpen(offersOf(snapshot, pod).find(({ action }) => action === asked)?.action);
  }, [asked, snapshot, pod]);
  return (
    <>
      {offersOf(snapshot, pod).map(({ action, words, icon }) => (
        <Button key={action} icon={icon} onClick={() => setOpen(action)}>
          {words}
        </Button>
      ))}
      {open && <PlanDialog key={open} action={open} pod={pod} nodeId={nodeId} onClose={() => setOpen(undefined)} />}
    </>
  );
}
