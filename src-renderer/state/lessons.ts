import { create } from "zustand";
import { type Lesson, parseLesson } from "../../src-shared/lessons/lesson.ts";
import { attempt } from "./client.ts";

export interface LessonList {
  lessons: Lesson[];
  /** Files that are no lesson, with what is wrong in them. */
  broken: { id: string; why: string }[];
}

/** Undefined until they were read. */
export const useLessonList = create<{ list?: LessonList }>(() => ({}));

/** Reads them again: a teacher may have put one there meanwhile. */
export async function readLessons(): Promise<void> {
  const list: LessonList = { lessons: [], broken: [] };
  for (const { id, source } of (await attempt("lesson.list", {})) ?? [])
    try {
      list.lessons.push(parseLesson(source));
    } catch (error) {
      list.broken.push({ id, why: error instanceof Error ? error.message : String(error) });
    }
  list.lessons.sort((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1));
  useLessonList.setState({ list });
}
