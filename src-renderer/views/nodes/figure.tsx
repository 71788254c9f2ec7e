import { itemKey } from "../../drawing/item-key.ts";
import { layoutRails } from "../../drawing/rails.ts";
import { RailsFigure } from "../../drawing/rails-figure.tsx";
import type { RailsModel, RailsRow } from "../../drawing/rails-model.ts";

const row = (key: string, kind: RailsRow["kind"], note: string, own: number): RailsRow => ({
  key,
  kind,
  name: key,
  note,
  members: { net: [1], ipc: [2], uts: [3], pid: [own], mnt: [own + 1], cgroup: [own + 2], user: [8], time: [9] },
  unread: [],
});

const ROWS = [
  row("pause", "pause", "holds three namespaces", 10),
  row("app", "app", "uses them", 20),
  row("sidecar", "app", "uses them", 30),
];

/** No pod of any node: the picture explained with the smallest one that has everything. */
const EXAMPLE: RailsModel = {
  podKey: "example",
  podName: "A pod",
  node: "node",
  rows: ROWS,
  spaces: [
    { id: "net:1", type: "net", inode: 1, style: "shared" },
    { id: "ipc:2", type: "ipc", inode: 2, style: "shared" },
    { id: "uts:3", type: "uts", inode: 3, style: "shared" },
    ...[10, 20, 30].flatMap((own) => [
      { id: `pid:${own}`, type: "pid" as const, inode: own, style: "private" as const },
      { id: `mnt:${own + 1}`, type: "mnt" as const, inode: own + 1, style: "private" as const },
      { id: `cgroup:${own + 2}`, type: "cgroup" as const, inode: own + 2, style: "private" as const },
    ]),
    { id: "user:8", type: "user", inode: 8, style: "host" },
    { id: "time:9", type: "time", inode: 9, style: "host" },
  ],
  holders: [{ key: itemKey.pin("example"), kind: "pin", holds: "net:1", name: "keeps net by itself" }],
  others: [],
};

const LAYOUT = layoutRails(EXAMPLE, { gutter: 168, pitch: 52, row: 58, digits: false });

/** How to read the picture. */
export function Figure() {
  return (
    <aside className="wel-r" aria-label="How to read the picture">
      <RailsFigure
        layout={LAYOUT}
        label="A pod: pause holds net, ipc and uts for app and sidecar; net is also pinned"
      />
      <p className="cap">
        <b>How to read it.</b> A row is a container, a rail is a namespace. Rails that run through are shared. Above
        them stands what holds them: pause, or a pin. Dashed rails reach down to the node's own.
      </p>
    </aside>
  );
}
