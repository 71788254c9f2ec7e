/** Each lesson played on the demo node, by the same ways as from the window: before its operations a step's check fails, after them it holds. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { assemble } from "../../src-shared/assemble/assemble.ts";
import { holds } from "../../src-shared/lessons/checks.ts";
import { podNamed } from "../../src-shared/lessons/find.ts";
import { type Lesson, parseLesson } from "../../src-shared/lessons/lesson.ts";
import { looking } from "../../src-shared/lessons/looks.ts";
import { experimentOf, labOperationOf, type Operation } from "../../src-shared/lessons/operations.ts";
import { keysOf } from "../../src-shared/lessons/places.ts";
import { bytesOf, fill, isAnswer, nodeValue } from "../../src-shared/lessons/values.ts";
import type { Snapshot } from "../../src-shared/model.ts";
import { openJournal } from "../actions/journal.ts";
import { perform } from "../actions/perform.ts";
import { makePlan } from "../actions/plan.ts";
import { Refused } from "../actions/remote.ts";
import { labDown, labUp } from "../lab/lab.ts";
import { labDo } from "../lab/operations.ts";
import { readNode } from "../probe/index.ts";
import { experiment } from "./experiments.ts";
import { look } from "./look.ts";
import { RuntimeError } from "./runtimes.ts";
import { type OpenDemo, openDemo } from "./source.ts";

const folder = join(import.meta.dirname, "../../assets/lessons");
const lessons = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")] as const);
const state = mkdtempSync(join(tmpdir(), "podglass-lessons-"));
afterAll(() => rmSync(state, { recursive: true }));
const nobody = { hostKey: async () => false, prompts: async () => null, progress: () => {} };

const read = async (open: OpenDemo): Promise<Snapshot> => assemble(await readNode(open.connection, { deep: true }));

async function doOperation(open: OpenDemo, operation: Operation): Promise<void> {
  const { connection, demo } = open;
  if (operation.kind === "make") await labUp(connection, operation.options);
  else if (operation.kind === "remove") await labDown(connection, operation.name);
  else if (operation.kind === "try") {
    const snapshot = await read(open);
    const onLab = labOperationOf(snapshot, operation.trial);
    if (onLab)
      return void (await labDo(connection, onLab).catch((error: unknown) => {
        if (!(error instanceof Refused)) throw error;
      }));
    const wanted = experimentOf(snapshot, operation.trial);
    if (!wanted) throw new Error(`"${operation.words}" speaks of what is not there`);
    try {
      experiment(demo.model, wanted);
    } catch (error) {
      if (!(error instanceof RuntimeError)) throw error;
    }
  } else {
    const snapshot = await read(open);
    const planned = await makePlan({
      snapshot,
      connection,
      privilege: "root",
      action: operation.action,
      podKey: podNamed(snapshot, operation.pod)?.key ?? "",
      options: {},
      readOnly: false,
      nodeLabel: "demo",
    });
    const outcome = await perform(planned, {
      connection,
      reread: () => read(open),
      journal: openJournal(join(state, "journal.jsonl")),
    });
    expect(outcome, JSON.stringify(outcome)).toMatchObject({ done: true });
  }
}

/** What the demo node prints, or nothing where the command is more than a look. */
const looked = (open: OpenDemo, command: string): string =>
  looking(command) === undefined ? "" : look(open.demo.model, command);

const says = (text: string, answer: string): boolean =>
  text.toLowerCase().includes(answer.toLowerCase()) ||
  text.split(/\s+/).some((word) => /^\d+$/.test(word) && Number(word) === bytesOf(answer));

async function play(lesson: Lesson): Promise<void> {
  const nodes = new Map<string, OpenDemo>();
  try {
    for (const step of lesson.steps) {
      const scene = step.scene ?? lesson.scene;
      const open = nodes.get(scene) ?? (await openDemo(scene, nobody, new AbortController().signal));
      nodes.set(scene, open);
      const start = await read(open);
      const where = `${lesson.id}, "${step.title}"`;
      if (step.checks.length > 0 && !step.ask)
        expect(holds(step.checks, start, start), `${where}: the check holds before anything was done`).toBe(false);
      if (step.ask) expect(isAnswer(start, step.ask.answer, ""), where).toBe(false);
      for (const operation of step.operations) await doOperation(open, operation);
      const now = await read(open);
      for (const check of step.checks)
        expect(check.test(start, now), `${where}: ${check.line}`).toMatchObject({ ok: true });
      if (step.ask) {
        const right = nodeValue(now, step.ask.answer);
        expect(right, `${where}: ${step.ask.answer}`).toBeDefined();
        expect(isAnswer(now, step.ask.answer, ` ${right?.toUpperCase()} `), where).toBe(true);
        expect(isAnswer(now, step.ask.answer, "4711"), where).toBe(false);
        // Nobody has to guess: the answer stands in what the commands by hand print, or in a command itself.
        const printed = step.hand.map((hand) => fill(now, hand)).flatMap((hand) => [hand, looked(open, hand)]);
        expect(
          printed.some((text) => says(text, right ?? "")),
          `${where}: "${right}" in ${printed.join("\n")}`,
        ).toBe(true);
      }
      for (const place of step.light) {
        const keys = [...keysOf(start, place), ...keysOf(now, place)];
        expect(keys.length, `${where}: light ${JSON.stringify(place)}`).toBeGreaterThan(0);
      }
      // What only looks is answered, with a line at least.
      for (const hand of step.hand)
        if (looking(fill(now, hand)) !== undefined)
          expect(looked(open, fill(now, hand)), `${where}: ${hand}`).toMatch(/\S/);
      for (const hand of step.hand) if (step.operations.length === 0) expect(fill(now, hand), where).not.toContain("…");
    }
  } finally {
    for (const open of nodes.values()) open.close();
  }
}

describe("lessons", () => {
  test.each(lessons)(
    "%s can be played to its end, and each step's check fails before and holds after",
    async (_, source) => {
      await play(parseLesson(source));
    },
  );

  test("a lesson's file is called by its place in the list and its id, and no place is left out", () => {
    const all = lessons.map(([name, source]) => ({ name, ...parseLesson(source) }));
    const sorted = all.sort((a, b) => a.order - b.order);
    expect(sorted.map(({ name }) => name)).toEqual(sorted.map(({ id }, index) => `${index + 1}-${id}.md`));
    expect(sorted.length).toBeGreaterThanOrEqual(7);
    expect(sorted.slice(0, 7).every(({ runs }) => runs.includes("lab"))).toBe(true);
  });
});
