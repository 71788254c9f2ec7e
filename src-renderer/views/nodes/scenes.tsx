import { useEffect, useState } from "react";
import type { SceneEntry } from "../../../src-shared/api.ts";
import { attempt } from "../../state/client.ts";
import { openTarget } from "../../state/open.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { Icon } from "../../ui/icons.tsx";

/** All that ships with the app to look at: what the demo node can play, and what was recorded on live nodes. */
export function ScenesDialog({ onClose }: { onClose: () => void }) {
  const [scenes, setScenes] = useState<SceneEntry[]>([]);
  useEffect(() => {
    void attempt("scenes.list", {}).then((list) => setScenes(list ?? []));
  }, []);
  const groups = [
    { title: "Played by the demo node", icon: "play" as const, list: scenes.filter(({ recorded }) => !recorded) },
    { title: "Recorded on live nodes", icon: "clock" as const, list: scenes.filter(({ recorded }) => recorded) },
  ];
  const open = (target: string) => {
    onClose();
    void openTarget(target);
  };
  return (
    <Dialog title="Demo scenes and recordings" size="large" onClose={onClose}>
      {groups
        .filter(({ list }) => list.length > 0)
        .map(({ title, icon, list }) => (
          <section key={title} className="wel-scenes" aria-label={title}>
            <h3>{title}</h3>
            {list.map((scene) => (
              <button key={scene.target} type="button" onClick={() => open(scene.target)}>
                <Icon name={icon} />
                <span>
                  <b>{scene.title}</b> <code>{scene.target}</code>
                  <small>{scene.about}</small>
                </span>
              </button>
            ))}
          </section>
        ))}
    </Dialog>
  );
}
