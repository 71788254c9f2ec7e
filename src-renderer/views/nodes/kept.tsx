import { useEffect, useState } from "react";
import type { KeptFile } from "../../../src-shared/api.ts";
import { bytes, inert } from "../../../src-shared/format.ts";
import { attempt } from "../../state/client.ts";
import { openTarget } from "../../state/open.ts";
import { Icon } from "../../ui/icons.tsx";
import { IconButton } from "../../ui/parts.tsx";
import { age, plural } from "../../ui/words.ts";

/** How many stand on the first page. */
const SHOWN = 5;

/** Recordings, snapshots and probe outputs that were made or opened here: one click and they are open again. */
export function KeptFiles() {
  const [files, setFiles] = useState<KeptFile[]>([]);
  const [all, setAll] = useState(false);
  useEffect(() => {
    void attempt("recording.list", {}).then((list) => setFiles(list ?? []));
  }, []);
  const forget = (path: string) => {
    setFiles((now) => now.filter((file) => file.path !== path));
    void attempt("hosts.forget", { target: path });
  };
  if (files.length === 0) return null;
  return (
    <section aria-label="Recordings and snapshots">
      <h2>Recordings and snapshots</h2>
      {(all ? files : files.slice(0, SHOWN)).map((file) => (
        <Kept key={file.path} file={file} onForget={() => forget(file.path)} />
      ))}
      {!all && files.length > SHOWN && (
        <button type="button" className="wel-more" onClick={() => setAll(true)}>
          {files.length - SHOWN} more
        </button>
      )}
    </section>
  );
}

function Kept({ file, onForget }: { file: KeptFile; onForget: () => void }) {
  const name = inert(file.node ?? file.name, 60);
  if (file.trouble !== undefined)
    return (
      <div className="wel-host small wel-gone" title={file.path}>
        <Icon name="file" />
        <b className="cut">{inert(file.name, 80)}</b>
        <span className="sep" />
        <small className="cut">{inert(file.trouble, 120)}</small>
        <IconButton icon="cross" label={`Forget ${inert(file.name, 80)}`} onClick={onForget} />
      </div>
    );
  return (
    <button type="button" className="wel-host small" title={file.path} onClick={() => void openTarget(file.path)}>
      <Icon name={file.kind === "recording" ? "clock" : "file"} />
      <b>{name}</b>
      <small className="cut">{name === file.name ? "" : inert(file.name, 80)}</small>
      <span className="sep" />
      <small className="wel-when">{keptWords(file)}</small>
    </button>
  );
}

/** "21 Nov, 14:12, 40 s, 41 moments"; what is not a recording has no length. */
export function keptWords({ kind, startMs, endMs, frames, bytes: size }: KeptFile): string {
  const when =
    startMs === undefined
      ? undefined
      : new Date(startMs).toLocaleString("en-GB", {
          day: "numeric",
          month: "short",
          hour: "2-digit",
          minute: "2-digit",
        });
  if (kind === "recording" && startMs !== undefined && endMs !== undefined)
    return [when, age(endMs - startMs), plural(frames ?? 1, "moment")].join(", ");
  return [when, kind === "snapshot" ? "a snapshot" : "a probe's output", bytes(size)]
    .filter((word) => word !== undefined)
    .join(", ");
}
