import { useId, useState } from "react";
import type { HostEntry } from "../../../src-shared/api.ts";
import { openLink, openTarget } from "../../state/open.ts";
import { Button } from "../../ui/parts.tsx";

/** Any node, typed: user@host:port, an alias, ssh://…, a file's path; or a link that somebody sent. */
export function TargetForm({ hosts }: { hosts: HostEntry[] }) {
  const [target, setTarget] = useState("");
  const [sudo, setSudo] = useState(false);
  const [readOnly, setReadOnly] = useState(false);
  const list = useId();
  const trimmed = target.trim();
  return (
    <form
      className="wel-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (trimmed !== "" && !openLink(trimmed))
          void openTarget(trimmed, { ...(sudo && { sudo }), ...(readOnly && { readOnly }) });
      }}
    >
      <h2>
        <label htmlFor={`${list}-to`}>Another node</label>
      </h2>
      <div className="wel-go">
        <input
          id={`${list}-to`}
          className="field mono"
          placeholder="root@node-a:22"
          list={list}
          spellCheck={false}
          autoComplete="off"
          value={target}
          onChange={(event) => setTarget(event.target.value)}
        />
        <Button type="submit" disabled={trimmed === ""}>
          Open
        </Button>
      </div>
      <datalist id={list}>
        {hosts.map((host) => (
          <option key={host.target} value={host.target}>
            {host.label}
          </option>
        ))}
      </datalist>
      <div className="wel-opts">
        <label title="Read through sudo -n, where the login is not root">
          <input type="checkbox" checked={sudo} onChange={(event) => setSudo(event.target.checked)} /> with sudo
        </label>
        <label title="No action is offered or accepted on this node">
          <input type="checkbox" checked={readOnly} onChange={(event) => setReadOnly(event.target.checked)} /> read-only
        </label>
      </div>
    </form>
  );
}
