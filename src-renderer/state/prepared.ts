import { useEffect, useMemo, useRef, useState } from "react";
import { cgroupsInSteps, cgroupsOf } from "../../src-shared/cgroups/report.ts";
import type { Snapshot } from "../../src-shared/model.ts";
import { runSliced, runSync } from "../../src-shared/sliced.ts";
import { yieldToEventLoop } from "./yield.ts";

/** Below this many cgroups a node is concluded from within a frame. */
const SMALL = 2000;

export const isSmall = ({ cgroups }: Snapshot): boolean => cgroups.length < SMALL;

export interface Sliced<I, T> {
  of: I;
  value: T;
}

/**
 * What is made of the newest input: at once when it is small, else in slices between frames, and until then it is the
 * one before. Undefined while a large first is being made. Inputs that come too quickly are passed over, never queued.
 */
export function useSliced<I extends object, T>(
  input: I,
  small: boolean,
  make: (input: I) => Generator<undefined, T>,
): Sliced<I, T> | undefined {
  const [sliced, setSliced] = useState<Sliced<I, T>>();
  const state = useRef({ input, make, busy: false, alive: true });
  Object.assign(state.current, { input, make });
  // biome-ignore lint/correctness/useExhaustiveDependencies: `make` is a new function each time, and a pure one
  const now = useMemo(() => (small ? { of: input, value: runSync(make(input)) } : undefined), [input, small]);
  useEffect(() => {
    const held = state.current;
    held.alive = true;
    return () => {
      held.alive = false;
    };
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new input is what starts it
  useEffect(() => {
    const held = state.current;
    if (small || held.busy) return;
    held.busy = true;
    const follow = async () => {
      for (let of: I | undefined; held.alive && of !== held.input; ) {
        of = held.input;
        const value = await runSliced(held.make(of), yieldToEventLoop);
        if (held.alive) setSliced({ of, value });
      }
      held.busy = false;
    };
    void follow();
  }, [input, small]);
  return now ?? sliced;
}

/** Cgroups between two steps. */
const PER_STEP = 400;

/** The tree, and of each cgroup what bars are drawn from. */
export function* cgroupsReady(snapshot: Snapshot): Generator<undefined, Snapshot> {
  yield* cgroupsInSteps(snapshot);
  let done = 0;
  for (const report of cgroupsOf(snapshot).reports) {
    void report.usage;
    void report.effective;
    void report.pressure;
    if (++done % PER_STEP === 0) yield;
  }
  return snapshot;
}

/** The newest snapshot whose cgroups can be read without work. */
export const usePrepared = (snapshot: Snapshot): Snapshot | undefined =>
  useSliced(snapshot, isSmall(snapshot), function* (input) {
    return isSmall(input) ? input : yield* cgroupsReady(input);
  })?.value;
