/** The one WebSocket between a browser page and the Inspector: the desktop's requests and events, as JSON messages. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { WebSocket } from "ws";
import { z } from "zod";
import { openOutlet } from "../event-sender.ts";
import type { Answering, ShellPowers } from "../shell.ts";

/** What the page sends. A file rides along with file.open only: a page can choose one, but has no path to give. */
const message = z
  .object({
    id: z.number().int().min(0),
    name: z.string().max(64),
    input: z.unknown(),
    file: z
      .object({ name: z.string().max(255), base64: z.string() })
      .strict()
      .optional(),
  })
  .strict();

/** Bytes that may wait for a slow page; snapshots and deltas beyond are dropped, and the page heals by asking for the whole. */
const MOST_WAITING = 32 * 1024 * 1024;

/** Longest message from a page: a recording to open, in base64. */
export const MOST_MESSAGE = 96 * 1024 * 1024;

/** Connects one page until its socket closes. */
export function talk(socket: WebSocket, inspector: Answering, actions: ShellPowers["actions"], version: string): void {
  const folders: string[] = [];
  const send = (value: unknown) => {
    if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(value));
  };
  send({ hello: { platform: process.platform, version } });
  const outlet = openOutlet((event) => send({ event }));
  const quiet = inspector.subscribe((event) => {
    if (socket.bufferedAmount > MOST_WAITING && (event.type === "delta" || event.type === "snapshot")) return;
    outlet.tell(event);
  });

  socket.on("message", (data, binary) => {
    const parsed = binary ? null : parse(String(data));
    if (!parsed) {
      socket.close(1008, "not a request");
      return;
    }
    const { id, name, input, file } = parsed;
    const powers: ShellPowers = {
      actions,
      // A page cannot be trusted with a confirmation: actions are allowed for the whole server, at its start, or not at all.
      confirm: async () => actions === "allowed",
      saveFile: async () => false,
      openFile: async () => (name === "file.open" && file ? keep(file, folders) : null),
    };
    inspector.request(name, input, powers).then(
      (value) => send({ id, value: outlet.answer(name, input, value) ?? null }),
      (error: unknown) => send({ id, error: error instanceof Error ? error.message : String(error) }),
    );
  });
  socket.on("error", () => socket.terminate());
  socket.on("close", () => {
    quiet();
    for (const folder of folders) void rm(folder, { recursive: true, force: true });
  });
}

function parse(text: string): z.infer<typeof message> | null {
  try {
    const result = message.safeParse(JSON.parse(text));
    return result.success ? result.data : null;
  } catch {
    return null;
  }
}

/** A chosen file, kept in a folder of its own (0700) while the page is open. */
async function keep(file: { name: string; base64: string }, folders: string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "podglass-"));
  folders.push(folder);
  const name = basename(file.name.replaceAll("\\", "/")).replace(/[^\w. -]/g, "_");
  const path = join(folder, /[\w]/.test(name) ? name : "file");
  await writeFile(path, Buffer.from(file.base64, "base64"), { mode: 0o600 });
  return path;
}
