/** A live node's last hour, at the foot of its window: folded until wanted; dragged back, everything shows what was. */
import { useCallback, useEffect, useState } from "react";
import type { HistoryInfo } from "../../../src-shared/api.ts";
import { count, duration } from "../../../src-shared/format.ts";
import { attempt } from "../../state/client.ts";
import { useKeys } from "../../state/keys.ts";
import { showNow, showPast, useNode, useNodes } from "../../state/nodes.ts";
import { notify } from "../../state/notices.ts";
import { Icon } from "../../ui/icons.tsx";
import { Menu, MenuItem } from "../../ui/menu.tsx";
import { Button, IconButton } from "../../ui/parts.tsx";
import { Track, type Way } from "./scrub.tsx";

/** How often the ends and the events are asked for while the track is open, and while it is folded. */
const OPEN_MS = 2_000;
const FOLDED_MS = 10_000;

const clock = (ms: number): string => new Date(ms).toLocaleTimeString("en-GB");
const toNow = (nodeId: string): void => useNodes.setState((nodes) => showNow(nodes, nodeId), true);

export function History({ nodeId }: { nodeId: string }) {
  const node = useNode(nodeId);
  const past = node?.past;
  const [unfolded, setOpen] = useState(false);
  const open = unfolded || past !== undefined;
  const info = useHistory(nodeId, open);
  useKeys({ l: () => (past === undefined ? false : toNow(nodeId)) });
  if (!info || (info.startMs === undefined && info.trouble === undefined)) return null;
  const { startMs = 0, endMs = 0 } = info;
  if (!open)
    return (
      <section className="timeline tl-folded" aria-label="History">
        <Button kind="quiet" icon="clock" title="Go back to any second that is kept" onClick={() => setOpen(true)}>
          Look back: {duration((endMs - startMs) * 1000)} kept
        </Button>
        <span className="dim cut">
          {info.trouble ??
            (info.marks.length > 0 && `${count(info.marks.length, "change")}, the last: ${info.marks.at(-1)?.text}`)}
        </span>
      </section>
    );
  const way: Way = {
    name: "History",
    endMs: endMs - startMs,
    atMs: past === undefined ? endMs - startMs : Math.min(Math.max(0, past.atMs - startMs), endMs - startMs),
    marks: info.marks.map(({ atMs, text }) => ({ atMs: atMs - startMs, text })),
    async show(atMs) {
      // The right end is now: the node goes on there.
      if (atMs >= endMs - startMs) return toNow(nodeId);
      const got = await attempt("history.at", { nodeId, atMs: startMs + atMs });
      if (got) useNodes.setState((nodes) => showPast(nodes, nodeId, got.snapshot, startMs + atMs), true);
    },
    snapshotAt: async (atMs) => (await attempt("history.at", { nodeId, atMs: startMs + atMs }))?.snapshot,
  };
  return (
    <>
      {past !== undefined && (
        <p className="tl-past" role="status">
          <Icon name="clock" /> As it was at <b>{clock(past.atMs)}</b> by the node's clock
          {endMs > past.atMs && `, ${duration((endMs - past.atMs) * 1000)} ago`}. Nothing can be changed here.
          <Button onClick={() => toNow(nodeId)}>
            Back to now <kbd>L</kbd>
          </Button>
        </p>
      )}
      <Track nodeId={nodeId} way={way}>
        <Keep nodeId={nodeId} startMs={startMs} endMs={endMs} atMs={past?.atMs} />
        <IconButton
          icon="down"
          label="Fold the history"
          onClick={() => {
            toNow(nodeId);
            setOpen(false);
          }}
        />
      </Track>
    </>
  );
}

/** null while nothing is kept; asked for again while somebody looks. */
function useHistory(nodeId: string, open: boolean): HistoryInfo | null {
  const [info, setInfo] = useState<HistoryInfo | null>(null);
  const ask = useCallback(
    () => void attempt("history.info", { nodeId }).then((got) => got !== undefined && setInfo(got)),
    [nodeId],
  );
  useEffect(() => {
    ask();
    const timer = setInterval(ask, open ? OPEN_MS : FOLDED_MS);
    return () => clearInterval(timer);
  }, [ask, open]);
  return info;
}

interface Stretch {
  nodeId: string;
  startMs: number;
  endMs: number;
  /** The moment one looks at; absent: now. */
  atMs?: number;
}

/** Saves a stretch as a recording of its own. */
function Keep({ nodeId, startMs, endMs, atMs }: Stretch) {
  const keep = async (fromMs: number, redact: boolean) => {
    const kept = await attempt("history.keep", { nodeId, fromMs, toMs: endMs, redact });
    if (kept) notify({ tone: "ok", text: `${count(kept.frames, "moment")} saved to ${kept.path}` });
  };
  return (
    <Menu
      label="Save"
      align="end"
      trigger={
        <Button kind="quiet" icon="file">
          Save…
        </Button>
      }
    >
      <MenuItem onSelect={() => void keep(startMs, false)}>All that is kept, as a recording</MenuItem>
      <MenuItem onSelect={() => void keep(startMs, true)}>All that is kept, redacted</MenuItem>
      <MenuItem disabled={atMs === undefined} onSelect={() => void keep(atMs ?? startMs, false)}>
        From this moment to now
      </MenuItem>
      <MenuItem disabled={atMs === undefined} onSelect={() => void keep(atMs ?? startMs, true)}>
        From this moment to now, redacted
      </MenuItem>
    </Menu>
  );
}
