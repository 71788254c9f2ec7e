import { useEffect, useState } from "react";
import { Dialog } from "../../ui/dialog.tsx";
import { plural } from "../../ui/words.ts";
import { loadParts } from "./parts.ts";

/** What of others is inside, with versions and the licences in full. */
export function Licences({ onClose }: { onClose: () => void }) {
  const [parts, setParts] = useState<Awaited<ReturnType<typeof loadParts>>>();
  const [failed, setFailed] = useState<string>();
  useEffect(() => {
    loadParts().then(setParts, (error: unknown) => setFailed(error instanceof Error ? error.message : String(error)));
  }, []);
  return (
    <Dialog title="What is inside" note={parts && plural(parts.length, "package", "packages")} onClose={onClose}>
      {failed && <p role="status">{failed}</p>}
      <ul className="set-parts" aria-label="Packages inside">
        {parts?.map(({ name, version, licence, text }) => (
          <li key={`${name} ${version}`}>
            <details>
              <summary>
                <b>{name}</b> <span className="num">{version}</span> <span className="dim">{licence}</span>
              </summary>
              <pre>{text || "The package carries no text of its licence."}</pre>
            </details>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
