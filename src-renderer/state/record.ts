import { bytesShort, count } from "../../src-shared/format.ts";
import { copyText } from "../ui/copy.ts";
import { attempt } from "./client.ts";
import { notify } from "./notices.ts";
import { openTarget } from "./open.ts";

export async function startRecording(nodeId: string): Promise<void> {
  await attempt("record.start", { nodeId });
}

/** Ends a recording and says where it is: one that a person cannot find was not made. */
export async function stopRecording(nodeId: string): Promise<void> {
  const made = await attempt("record.stop", { nodeId });
  if (!made) return;
  notify({
    tone: "ok",
    text: `Recorded ${count(made.frames, "reading")}, ${bytesShort(made.bytes)}: ${made.path}`,
    offers: [
      { words: "Open it", run: () => void openTarget(made.path) },
      { words: "Copy its path", run: () => void copyText(made.path, "the path") },
    ],
  });
}
