import { useId, useRef, useState } from "react";
import { inert } from "../../../src-shared/format.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { Icon } from "../../ui/icons.tsx";
import { Banner, Button } from "../../ui/parts.tsx";
import { plural } from "../../ui/words.ts";
import { forgetGroup, openMany, useGroups, wordsIn } from "./groups.ts";

/** A list of targets that a person chose has no more (bytes). */
const MOST_BYTES = 1024 * 1024;

/** Opens many nodes: typed, out of a file, by a pattern, a cluster's, or a group of before. */
export function AddNodes({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState("");
  const [name, setName] = useState("");
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<string[]>([]);
  const [groups] = useGroups();
  const file = useRef<HTMLInputElement>(null);
  const id = useId();
  const words = wordsIn(text);
  const open = async (these: readonly string[], group: string) => {
    setBusy(true);
    setWrong([]);
    const done = await openMany(these, group);
    setBusy(false);
    if (done.wrong.length === 0) onClose();
    else setWrong(done.wrong);
  };
  const take = async (chosen: File | undefined) => {
    if (chosen === undefined) return;
    if (chosen.size > MOST_BYTES) return setWrong([`${chosen.name} is longer than 1 MiB: it is no list of targets.`]);
    setText((await chosen.text()).trim());
    if (name === "") setName(chosen.name.replace(/\.[a-z]+$/i, "").slice(0, 40));
  };
  return (
    <Dialog
      title="Add nodes"
      note="each opens for itself"
      onClose={onClose}
      foot={
        <>
          <Button icon="file" onClick={() => file.current?.click()}>
            From a file…
          </Button>
          <span className="sep" />
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" disabled={busy || words.length === 0} onClick={() => void open(words, name.trim())}>
            {busy ? "Opening…" : words.length > 1 ? `Open ${plural(words.length, "line")}` : "Open"}
          </Button>
        </>
      }
    >
      <div className="fleet-add">
        <label htmlFor={`${id}-to`}>Targets, one a line</label>
        <textarea
          id={`${id}-to`}
          data-first
          className="field mono"
          rows={6}
          spellCheck={false}
          placeholder={"root@node-a\nedge-*\nkubectl:CONTEXT/*"}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <p className="dim">
          A host, an alias, or a pattern of them: <code>edge-*</code> is every alias of ~/.ssh/config that matches,{" "}
          <code>kubectl:CONTEXT/*</code> every node of a cluster. What follows a # is a comment.
        </p>
        <label htmlFor={`${id}-name`}>Remember as a group (optional)</label>
        <input
          id={`${id}-name`}
          className="field"
          maxLength={40}
          placeholder="edge"
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <input
          ref={file}
          type="file"
          hidden
          aria-hidden="true"
          tabIndex={-1}
          onChange={(event) => void take(event.target.files?.[0])}
        />
        {wrong.length > 0 && (
          <Banner tone="warn" icon="warn">
            <b>{plural(wrong.length, "line was", "lines were")} not opened</b>, all others were.
            <ul>
              {wrong.slice(0, 20).map((line) => (
                <li key={line}>{inert(line, 400)}</li>
              ))}
            </ul>
          </Banner>
        )}
        {groups.length > 0 && (
          <section aria-label="Groups">
            <h3>Groups</h3>
            <ul className="fleet-groups">
              {groups.map((group) => (
                <li key={group.name}>
                  <Button disabled={busy} onClick={() => void open(group.words, group.name)}>
                    Open {inert(group.name, 40)}
                  </Button>
                  <span className="cut dim">{inert(group.words.join(", "), 200)}</span>
                  <button
                    type="button"
                    className="icon-btn"
                    aria-label={`Forget the group ${inert(group.name, 40)}`}
                    onClick={() => forgetGroup(group.name)}
                  >
                    <Icon name="cross" />
                  </button>
                </li>
              ))}
            </ul>
          </section>
        )}
      </div>
    </Dialog>
  );
}
