/** The lessons that run on a lab, played on this machine's own kernel: lab pods, actions, and the rest by hand in a shell. */
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { assemble } from "../../src-shared/assemble/assemble.ts";
import { podNamed, processNamed } from "../../src-shared/lessons/find.ts";
import { type Lesson, parseLesson } from "../../src-shared/lessons/lesson.ts";
import { labOperationOf, type Operation } from "../../src-shared/lessons/operations.ts";
import { cgroupOf, isAnswer, nodeValue } from "../../src-shared/lessons/values.ts";
import type { Snapshot } from "../../src-shared/model.ts";
import { openJournal } from "../actions/journal.ts";
import { perform } from "../actions/perform.ts";
import { makePlan } from "../actions/plan.ts";
import { Refused } from "../actions/remote.ts";
import { labDown, labFind, labUp } from "../lab/lab.ts";
import { labDo } from "../lab/operations.ts";
import { readNode } from "../probe/index.ts";
import { localConnection } from "../transport/local.ts";

const asRoot = process.platform === "linux" && process.getuid?.() === 0;
const folder = join(import.meta.dirname, "../../assets/lessons");
const tag = `les${process.pid}`;
/** Pods get names of this run, so that two runs side by side do not meet. */
const own = (source: string, pods: readonly string[]): string =>
  pods.reduce(
    (text, pod) =>
      text.replace(
        new RegExp(`(?<=^(?:show|light|make|remove|act|try|hand|check|answer):.*)(?<![\\w-])${pod}(?![\\w-])`, "gm"),
        `${pod}-${tag}`,
      ),
    source,
  );
const lessons = readdirSync(folder)
  .map((name) => readFileSync(join(folder, name), "utf8"))
  .filter((source) => parseLesson(source).runs.includes("lab"))
  .map((source) => {
    const pods = parseLesson(source).steps.flatMap((step) =>
      step.operations.flatMap((operation) => (operation.kind === "make" ? [operation.options.name] : [])),
    );
    const lesson = parseLesson(own(source, pods));
    return [lesson.id, lesson] as const;
  });

describe.runIf(asRoot)("lessons on a real kernel", () => {
  const here = localConnection();
  const state = mkdtempSync(join(tmpdir(), "podglass-lessons-"));
  afterEach(async () => {
    for (const name of (await labFind(here)).names.filter((one) => one.endsWith(tag))) await labDown(here, name);
  });
  afterAll(() => {
    here.close();
    rmSync(state, { recursive: true });
  });
  /** The kernel log is a slow place; only the lesson about it needs those. */
  let deep = false;
  const read = async (): Promise<Snapshot> => assemble(await readNode(here, { deep }));

  async function doOperation(operation: Operation, snapshot: Snapshot): Promise<void> {
    if (operation.kind === "make") await labUp(here, operation.options);
    else if (operation.kind === "remove") await labDown(here, operation.name);
    else if (operation.kind === "act") {
      const podKey = podNamed(snapshot, operation.pod)?.key ?? "";
      const planned = await makePlan({
        snapshot,
        connection: here,
        privilege: "root",
        action: operation.action,
        podKey,
        options: {},
        readOnly: false,
        nodeLabel: "here",
      });
      const outcome = await perform(planned, {
        connection: here,
        reread: read,
        journal: openJournal(join(state, "journal.jsonl")),
      });
      expect(outcome, JSON.stringify(outcome)).toMatchObject({ done: true });
    } else if (operation.trial.do === "kill" && byHand()) {
      process.kill(processNamed(snapshot, operation.trial.place)?.pid ?? 0, "SIGKILL");
    } else if (operation.trial.do === "grow" && byHand()) {
      // As the lesson's own command: a pipe whose middle keeps one long line in memory.
      const mount = snapshot.node.cgroupMounts?.find(
        ({ hierarchy }) => hierarchy === (snapshot.node.cgroupMode === "v2" ? "v2" : "memory"),
      );
      const group = `${mount?.mountPoint}${cgroupOf(snapshot, operation.trial.place)}`;
      const size = Math.round(operation.trial.bytes / 1024 / 1024);
      spawn(
        "sh",
        ["-c", 'echo $$ >"$0/cgroup.procs"; head -c "$1M" /dev/zero | tail | sleep 60', group, String(size)],
        { stdio: "ignore", detached: true },
      ).unref();
    } else {
      const wanted = labOperationOf(snapshot, operation.trial);
      if (!wanted) throw new Error(`${operation.words} cannot be done on a lab pod`);
      await labDo(here, wanted).catch((error: unknown) => {
        if (!(error instanceof Refused)) throw error;
      });
    }
  }
  /** What can be typed is typed every other time; else it is done as the button does it. */
  let turns = 0;
  const byHand = () => turns++ % 2 === 0;

  test.each(lessons)(
    "%s",
    async (_, lesson: Lesson) => {
      deep = lesson.id === "an-oom";
      for (const step of lesson.steps) {
        if (step.demoOnly) continue;
        const start = await read();
        const where = `${lesson.id}, "${step.title}"`;
        let now = start;
        for (const operation of step.operations) {
          await doOperation(operation, now);
          now = await read();
        }
        for (let tries = 0; tries < 20 && !step.checks.every((check) => check.test(start, now).ok); tries++) {
          await new Promise((resolve) => setTimeout(resolve, 250));
          now = await read();
        }
        for (const check of step.checks)
          expect(check.test(start, now), `${where}: ${check.line}`).toMatchObject({ ok: true });
        const right = step.ask && nodeValue(now, step.ask.answer);
        if (step.ask) expect(isAnswer(now, step.ask.answer, right ?? ""), `${where}: ${step.ask.answer}`).toBe(true);
      }
    },
    120_000,
  );
});
