/** The way to the node behind a session, and whether this shell may change anything there. */

import type { Asked, ShellPowers } from "../shells/shell.ts";
import type { Connection } from "../transport/transport.ts";
import type { Session } from "./session.ts";

export interface WayToNode {
  connection: Connection;
  sudo: boolean;
}

/** Throws where the target is a file, or the node is not connected just now. */
export function requireConnection(session: Session): WayToNode {
  const { opened, source } = session;
  if (source.kind === "file") throw new Error(`${source.label} is a file: there is no node behind it.`);
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

/**
 * Throws unless the shell's own yes came. From a window the demo node is not asked about: nothing real can be harmed
 * there; what was typed is asked about on every node alike.
 */
export async function assertConfirmed(session: Session, shell: ShellPowers, plan: Asked): Promise<void> {
  if (shell.actions === "allowed" || (session.source.kind === "demo" && !shell.typed)) return;
  if (!(await shell.confirm(plan))) throw new Error("Nothing was done: it was not confirmed.");
}
