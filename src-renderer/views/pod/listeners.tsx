import { inert } from "../../../src-shared/format.ts";
import type { Pod, Snapshot } from "../../../src-shared/model.ts";
import { endpoint, type Listening, listenersOfPod } from "../../../src-shared/questions/listeners.ts";

/** As many as a table is read to its end; a pod may have a thousand. */
const MOST = 200;

/** Where the pod listens, and which process of which container. */
export function Listeners({ snapshot, pod }: { snapshot: Snapshot; pod: Pod }) {
  const found = listenersOfPod(snapshot, pod);
  const shown = found?.slice(0, MOST);
  return (
    <section className="listening">
      <h3>Listening</h3>
      <table className="facts">
        <tbody>
          {shown?.map((one) => (
            <tr key={`${one.protocol} ${endpoint(one)}`}>
              <th scope="row">{one.protocol}</th>
              <td className="mono">{endpoint(one)}</td>
              <td>
                <Who {...one} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {found === undefined && <p className="dim none">What listens was not read.</p>}
      {found?.length === 0 && (
        <p className="dim none">
          {pod.host.includes("net") ? "No process of this pod is known to listen." : "Nobody listens."}
        </p>
      )}
      {found && found.length > MOST && <p className="dim">and {found.length - MOST} more</p>}
    </section>
  );
}

function Who({ who }: Listening) {
  if (who === undefined) return <span className="dim">not known who</span>;
  const [first, ...others] = who;
  if (first === undefined) return <span className="dim">no process: the kernel's own</span>;
  return (
    <>
      {inert(first.process.comm, 32)} <span className="dim">{first.process.pid}</span>
      {first.container && <span className="dim"> in {inert(first.container.name, 40)}</span>}
      {others.length > 0 && <span className="dim"> and {others.length} more</span>}
    </>
  );
}
