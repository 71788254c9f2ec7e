import { useMemo } from "react";
import type { Container, Pod } from "../../../src-shared/model.ts";
import type { Subject } from "../../drawing/curves/charts.ts";
import { Curves } from "../../ui/curves.tsx";

const NO_PATHS: readonly string[] = [];

/** A pod's curves and, in the same charts, those of its containers by their names: over restarts, with a break at each. */
export function PodCurves({ nodeId, pod, containers }: { nodeId: string; pod: Pod; containers: readonly Container[] }) {
  const { key, cgroupPath } = pod;
  const names = JSON.stringify([
    ...new Set(containers.filter(({ kind }) => kind !== "sandbox").map(({ name, id }) => name || id)),
  ]);
  const pods = useMemo(() => [key], [key]);
  const main = useMemo((): Subject => ({ name: "the pod", wanted: ({ path }) => path === cgroupPath }), [cgroupPath]);
  const parts = useMemo(
    () =>
      (JSON.parse(names) as string[]).map(
        (name): Subject => ({ name, wanted: ({ pod: of, container }) => of === key && container === name }),
      ),
    [names, key],
  );
  return <Curves key={key} nodeId={nodeId} paths={NO_PATHS} pods={pods} main={main} parts={parts} podKey={key} />;
}
