import { useState } from "react";
import { useNow } from "../state/now.ts";
import { stopRecording } from "../state/record.ts";
import { Icon } from "../ui/icons.tsx";
import { elapsed } from "./timeline/track.ts";

/** A node that is being recorded says so in the top bar, for how long, and ends it with one click. */
export function RecordingNow({ nodeId, path }: { nodeId: string; path: string }) {
  const [since] = useState(() => Date.now());
  const now = useNow();
  return (
    <button
      type="button"
      className="pill rec"
      title={`Recording to ${path}`}
      aria-label="Stop recording"
      onClick={() => void stopRecording(nodeId)}
    >
      <span className="dot" aria-hidden="true" />
      Rec {elapsed(now - since)}
      <Icon name="stop" />
    </button>
  );
}
