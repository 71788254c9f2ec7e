import type { Lesson } from "../../../src-shared/lessons/lesson.ts";
import { setSetting, useSettings } from "../../state/settings.ts";

const KEY = "lessons.progress";

const read = (value: unknown): Record<string, number[]> => {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter(
      (entry): entry is [string, number[]] =>
        Array.isArray(entry[1]) && entry[1].every((one) => typeof one === "number"),
    ),
  );
};

/** Steps of a lesson that have been done, counted from 1; kept between starts. */
export function useProgress(lesson: Lesson): [ReadonlySet<number>, (step: number) => void, () => void] {
  const kept = useSettings(({ values }) => values[KEY]);
  const done = new Set(read(kept)[lesson.id]?.filter((step) => step >= 1 && step <= lesson.steps.length));
  const all = () => read(useSettings.getState().values[KEY]);
  return [
    done,
    (step) => {
      const before = all();
      const steps = before[lesson.id] ?? [];
      if (!steps.includes(step)) setSetting(KEY, { ...before, [lesson.id]: [...steps, step] });
    },
    () => {
      const { [lesson.id]: _, ...others } = all();
      setSetting(KEY, others);
    },
  ];
}
