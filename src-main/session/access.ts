/** The way to the node behind a session, and whether this shell may change anything there. */

import type { ShellPowers } from "../shells/shell.ts";
import type { Connection } from "../transport/transport.ts";
import type { Session } from "./session.ts";

export interface WayToNode {
  connection: Connection;
  sudo: boolean;
}

/** Throws where the target is a file, or the node is not connected just now. */
export function requireConnection(session: Session): WayToNode {
  const { opened, source } = session;
  if (source.kind === "file") throw new Error(`${source.label} is a recording: there is no node behind it.`);
  if (opened?.connection === undefined) {
    throw new Error(`${source.label} is not connected just now. Wait until it is back, or try again.`);
  }
  return { connection: opened.connection, sudo: opened.sudo ?? false };
}

/** Throws where this session or this shell takes no actions. */
export function assertWritable(session: Session, shell: Pick<ShellPowers, "actions">): void {
  if (session.readOnly) throw new Error(`${session.source.label} was opened read-only: nothing on it is changed.`);
  if (shell.actions === "never" && session.source.kind !== "demo") {
    throw new Error(
      "This window only looks. Start podglass serve with --allow-actions to change a node from a browser.",
    );
  }
}
