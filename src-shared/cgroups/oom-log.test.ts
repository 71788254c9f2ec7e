import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { oomKills } from "./oom-log.ts";

const clock = { takenAt: "2026-11-21T10:00:00.000Z", uptimeSeconds: 1000 };

describe("the kernel log's kills", () => {
  it("reads a kill at a cgroup's limit (5.0 and later)", () => {
    expect(
      oomKills(
        [
          "[  900.000001] hog invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=985",
          "[  900.500000] oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=x,mems_allowed=0,oom_memcg=/kubepods/pod1,task_memcg=/kubepods/pod1/abc,task=hog,pid=1234,uid=0",
          "[  900.500123] Memory cgroup out of memory: Killed process 1234 (hog) total-vm:270000kB, anon-rss:60000kB, file-rss:4kB, shmem-rss:0kB, UID:0 pgtables:200kB oom_score_adj:985",
        ],
        clock,
      ),
    ).toEqual([
      {
        at: "2026-11-21T09:58:20.500Z",
        pid: 1234,
        comm: "hog",
        cgroup: "/kubepods/pod1/abc",
        limitCgroup: "/kubepods/pod1",
        line: expect.stringContaining("Killed process 1234"),
      },
    ]);
  });

  it("reads a kill of the whole node", () => {
    const [kill] = oomKills([
      "oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/user.slice,task=java,pid=77,uid=1000",
      "Out of memory: Killed process 77 (java) total-vm:1kB, anon-rss:1kB, file-rss:0kB, shmem-rss:0kB, UID:1000 pgtables:1kB oom_score_adj:0",
    ]);
    expect(kill).toMatchObject({ pid: 77, comm: "java", cgroup: "/user.slice" });
    expect(kill!.limitCgroup).toBeUndefined();
    expect(kill!.at).toBeUndefined();
  });

  it("reads further victims of memory.oom.group", () => {
    const kills = oomKills([
      "oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=x,mems_allowed=0,oom_memcg=/a,task_memcg=/a,task=one,pid=1,uid=0",
      "Memory cgroup out of memory: Killed process 1 (one) total-vm:1kB, anon-rss:1kB",
      "Tasks in /a are going to be killed due to memory.oom.group set",
      "Memory cgroup out of memory: Killed process 1 (one) total-vm:1kB, anon-rss:1kB",
      "Memory cgroup out of memory: Killed process 2 (two) total-vm:1kB, anon-rss:1kB",
    ]);
    expect(kills.map((kill) => [kill.pid, kill.limitCgroup])).toEqual([
      [1, "/a"],
      [1, "/a"],
      [2, "/a"],
    ]);
  });

  it("reads kernels before 5.0", () => {
    expect(
      oomKills([
        "[10.0] Task in /kubepods/pod1/abc killed as a result of limit of /kubepods/pod1",
        "[10.1] Memory cgroup out of memory: Kill process 55 (hog) score 1985 or sacrifice child",
        "[10.2] Killed process 55 (hog) total-vm:1kB, anon-rss:1kB, file-rss:1kB, shmem-rss:0kB",
      ]),
    ).toMatchObject([{ pid: 55, comm: "hog", cgroup: "/kubepods/pod1/abc", limitCgroup: "/kubepods/pod1" }]);
  });

  it("reads /dev/kmsg and journal times", () => {
    const text = "Out of memory: Killed process 5 (a) total-vm:1kB, anon-rss:1kB";
    expect(oomKills([`6,1234,900000000,-;${text}`], clock)[0]?.at).toBe("2026-11-21T09:58:20.000Z");
    expect(oomKills([`2026-11-21T11:00:00+0100 node kernel: ${text}`])[0]?.at).toBe("2026-11-21T10:00:00.000Z");
  });

  it("is not fooled by names", () => {
    const [kill] = oomKills([
      "oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/a,task_memcg=/x,task=q,task=z,pid=1,uid=0,pid=99,uid=5",
    ]);
    expect(kill).toMatchObject({ pid: 99 });
    expect(
      oomKills(["Memory cgroup out of memory: Killed process 9 (a) total-vm:1 (b) total-vm:2kB, anon-rss:1kB"])[0]
        ?.comm,
    ).toBe("a) total-vm:1 (");
    expect(oomKills(["my oom-kill:constraint=, a line of somebody", "Killed process", "Task in x killed"])).toEqual([]);
  });

  it("takes any lines without throwing and without slowing down", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.string({ unit: "binary" }),
            fc.string().map((s) => `oom-kill:constraint=${s},task=${s},pid=7,uid=0`),
            fc.string().map((s) => `Memory cgroup out of memory: Killed process 7 (${s}) total-vm:1kB`),
          ),
        ),
        (lines) => {
          for (const kill of oomKills(lines, clock)) expect(kill.comm.length).toBeLessThanOrEqual(15);
        },
      ),
    );
    // Lines of 1.4 MB that nearly match: quadratic work would not end before the test's own limit.
    oomKills(Array.from({ length: 20 }, () => `oom-kill:constraint=A,${",task=x,pid=1".repeat(100_000)}`));
  });
});
