/** What a demo node is made of: all that is needed to read it. */
import type { Kernel } from "./kernel.ts";
import type { Runtimes } from "./runtimes.ts";
import type { Scene } from "./scene.ts";

export interface NodeParts {
  readonly scene: Scene;
  readonly kernel: Kernel;
  readonly runtimes: Runtimes;
  /** Records and configuration on disk, by absolute path. */
  readonly files: ReadonlyMap<string, string>;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}
