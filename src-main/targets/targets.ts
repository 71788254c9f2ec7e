/** From what a person types to a Source: the table of ways in. */
import { demo } from "./demo.ts";
import { file } from "./file.ts";
import { kubectl } from "./kubectl/kubectl.ts";
import { local } from "./local.ts";
import { openssh } from "./openssh.ts";
import { program } from "./programs.ts";
import type { Source } from "./source.ts";
import { ssh } from "./ssh.ts";
import { via } from "./via.ts";
import type { SourceOptions, Way } from "./way.ts";

/** The first that takes the text has it; ssh takes any. */
const WAYS: readonly Way[] = [via, demo, local, file, program, kubectl, openssh, ssh];

/** Throws ReadingError where the text names a file that is not there, ConnectionError where it is no target. */
export async function sourceOf(text: string, options: SourceOptions = {}): Promise<Source> {
  for (const way of WAYS) {
    const source = await way(text, options);
    if (source !== null) return source;
  }
  throw new Error("ssh takes any target");
}
