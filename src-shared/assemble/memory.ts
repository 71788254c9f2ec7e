/** What is kept of one node from a reading to the next: what did not change is not made again. */
import { ProcessMemory } from "./processes.ts";
import type { OciMemory } from "./records.ts";

export class Memory {
  readonly configs: OciMemory = new Map();
  readonly processes = new ProcessMemory();

  /** Nobody looks at the node for now. */
  clear(): void {
    this.configs.clear();
    this.processes.clear();
  }
}
