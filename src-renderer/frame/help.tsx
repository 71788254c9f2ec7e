import { MOD } from "../state/keys.ts";
import { closeSheet, useSheet } from "../state/sheets.ts";
import { Dialog } from "../ui/dialog.tsx";
import { viewsOf } from "../views/registry.ts";
import "./help.css";

const GROUPS = (): { title: string; keys: [string, string][] }[] => [
  {
    title: "Everywhere",
    keys: [
      [`${MOD}K`, "find any pod, container, pid, inode, cgroup or command"],
      ["?", "this sheet"],
      ["Esc", "close; else let go of what is selected"],
      ["[ and ]", "back and forward"],
      ["Alt ↑ ↓", "the node before, the node after"],
      ["n", "add a node"],
    ],
  },
  {
    title: "On a node",
    keys: [
      ...viewsOf("node")
        .slice(0, 9)
        .map((view, i): [string, string] => [String(i + 1), view.title.toLowerCase()]),
      ["r", "read the node now"],
    ],
  },
  {
    title: "In the pods table",
    keys: [
      ["/", "filter"],
      ["↑ ↓", "the row above, below; Home, End, Page Up, Page Down"],
      ["Enter", "open the pod"],
      ["Space", "mark two to compare"],
    ],
  },
  {
    title: "In a pod",
    keys: [
      ["w", "what if: the next holder; Shift W the one before"],
      ["Tab", "through rows, rails and holders of the picture; Enter keeps one"],
      ["← →", "between the tabs of a panel"],
      ["e", "to the export menu"],
    ],
  },
  {
    title: "In the picture",
    keys: [
      ["← ↑ → ↓", "the pod beside; Enter opens it"],
      ["+ −", "nearer, farther"],
      ["z", "the whole node"],
    ],
  },
  {
    title: "In a lesson",
    keys: [
      ["← →", "a step back, on"],
      ["Enter", "the step's first button, or its answer; then check it"],
      ["h", "the hint"],
      ["p", "present with large type, or leave that"],
    ],
  },
  {
    title: "In cgroups and recordings",
    keys: [
      ["↑ ↓", "the cgroup above, below; ← → close and open it"],
      ["Enter", "into a bar of the icicle; Backspace out"],
      ["← →", "a second back, on; Page Up, Page Down from change to change"],
      ["Space", "play a recording, or stop it"],
      ["l", "from a moment of a live node's past back to now"],
    ],
  },
];

const SIGNS: [string, string][] = [
  ["A beam", "pause: the process that only holds namespaces. Dashed: it was dropped. Broken, red: it died."],
  ["A nail", "a pin: a bind mount that holds a namespace without any process."],
  ["N I U P M C @ T", "net, ipc, uts, pid, mnt, cgroup, user and time namespaces, in a table's columns."],
  ["A rail with filled beads", "one namespace that its rows share."],
  ["A ringed bead", "a namespace of one container alone; the last digits of its inode beside it."],
  ["A dashed bead over hatched ground", "the node's own namespace, not the pod's."],
  ["A square bead below", "the same namespace reaches into another pod, named there."],
];

export function Help() {
  const open = useSheet((sheet) => sheet.open === "help");
  if (!open) return null;
  return (
    <Dialog title="Keys and signs" size="large" onClose={closeSheet}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard, and nothing in it can be */}
      <div className="help" tabIndex={0}>
        {GROUPS().map((group) => (
          <section key={group.title}>
            <h3>{group.title}</h3>
            <dl>
              {group.keys.map(([key, words]) => (
                <div key={key}>
                  <dt>
                    <kbd>{key}</kbd>
                  </dt>
                  <dd>{words}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
        <section className="help-signs">
          <h3>The picture</h3>
          <dl>
            {SIGNS.map(([sign, words]) => (
              <div key={sign}>
                <dt>{sign}</dt>
                <dd>{words}</dd>
              </div>
            ))}
          </dl>
        </section>
      </div>
    </Dialog>
  );
}
