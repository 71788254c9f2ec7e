import { useEffect } from "react";
import type { Lesson } from "../../../src-shared/lessons/lesson.ts";
import { readLessons, useLessonList } from "../../state/lessons.ts";
import { setParams } from "../../state/route.ts";
import { Icon } from "../../ui/icons.tsx";
import { Page } from "../../ui/page.tsx";
import { Empty, Tag } from "../../ui/parts.tsx";
import { plural } from "../../ui/words.ts";
import type { ViewProps } from "../view.ts";
import { Player } from "./player.tsx";
import { useProgress } from "./progress.ts";
import "./lessons.css";

/** All lessons, or the one that is being played. */
export default function LessonsView({ params }: ViewProps) {
  const { list } = useLessonList();
  useEffect(() => void readLessons(), []);
  if (list === undefined) return null;
  const open = list.lessons.find(({ id }) => id === params.lesson);
  if (open) {
    const asked = Number(params.step ?? 1);
    const step = Number.isInteger(asked) ? Math.min(Math.max(asked, 1), open.steps.length) : 1;
    const at = list.lessons.indexOf(open);
    return <Player key={open.id} lesson={open} step={step} next={list.lessons[at + 1]} />;
  }
  return (
    <Page label="Lessons">
      <div className="les-list">
        <header>
          <h1>Lessons</h1>
          <p className="dim">
            Each is a few steps on a node that you may break: the demo node, or the lab of a machine where you are root.
            What you do is checked on the node itself, so the window and your own hands count alike.
          </p>
        </header>
        {list.lessons.length === 0 && <Empty icon="book" title="There are no lessons here" />}
        <ol>
          {list.lessons.map((lesson, i) => (
            <Card key={lesson.id} lesson={lesson} number={i + 1} />
          ))}
        </ol>
        {list.broken.map(({ id, why }) => (
          <p key={id} className="les-broken bad">
            <Icon name="warn" /> <code>{id}</code> is not shown: {why}
          </p>
        ))}
      </div>
    </Page>
  );
}

function Card({ lesson, number }: { lesson: Lesson; number: number }) {
  const [done] = useProgress(lesson);
  const all = lesson.steps.length;
  const next = lesson.steps.findIndex((_, i) => !done.has(i + 1));
  return (
    <li>
      <button
        type="button"
        className="les-card"
        onClick={() => setParams({ lesson: lesson.id, step: String(next === -1 ? 1 : next + 1) })}
      >
        <span className="les-number" aria-hidden="true">
          {done.size >= all ? <Icon name="check" /> : number}
        </span>
        <span className="les-card-words">
          <b>{lesson.title}</b>
          <span className="dim">{lesson.about}</span>
          <span className="les-card-facts">
            <Tag>{plural(all, "step")}</Tag>
            <Tag icon="clock">{lesson.minutes} min</Tag>
            {lesson.runs.includes("lab") && <Tag icon="flask">also on a real node</Tag>}
            {done.size > 0 && (
              <Tag tone={done.size >= all ? "ok" : "plain"}>
                {done.size >= all ? "done" : `${done.size} of ${all} done`}
              </Tag>
            )}
          </span>
        </span>
      </button>
    </li>
  );
}
