/** How long the thread was not given back: what a window or another node would have waited. */
import { performance } from "node:perf_hooks";

export interface BlockMeter {
  /** Longest stretch so far, in ms. */
  stop(): number;
}

/**
 * A timer that is due each millisecond. A stretch counts as far as this process had the processor in it: what else the
 * machine does meanwhile is not our block.
 */
export function meterBlocks(): BlockMeter {
  let longest = 0;
  let [wall, cpu] = [performance.now(), process.cpuUsage()];
  const look = () => {
    const [now, used] = [performance.now(), process.cpuUsage(cpu)];
    longest = Math.max(longest, Math.min(now - wall, (used.user + used.system) / 1000));
    [wall, cpu] = [performance.now(), process.cpuUsage()];
  };
  const timer = setInterval(look, 1);
  return {
    stop: () => {
      clearInterval(timer);
      look();
      return longest;
    },
  };
}
