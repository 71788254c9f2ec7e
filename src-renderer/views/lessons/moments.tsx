import { useMemo, useState } from "react";
import { collapsed } from "../../../src-shared/events/event.ts";
import { stepEvents } from "../../../src-shared/events/follow.ts";
import { podNamed } from "../../../src-shared/lessons/find.ts";
import type { Lesson, Step } from "../../../src-shared/lessons/lesson.ts";
import type { Snapshot } from "../../../src-shared/model.ts";
import { Segments } from "../../ui/parts.tsx";
import { Picture } from "./picture.tsx";

/** Names of the pods that a lesson speaks of: what else happens on the node is not its business. */
function podsOf(lesson: Lesson): Set<string> {
  const names = new Set<string>();
  for (const { show, operations } of lesson.steps) {
    if ("pod" in show) names.add(show.pod);
    for (const operation of operations) if (operation.kind === "make") names.add(operation.options.name);
  }
  return names;
}

/** What happened to the lesson's pods since the step began, each as a sentence. */
function happenedTo(lesson: Lesson, start: Snapshot, now: Snapshot): string[] {
  if (start === now) return [];
  const keys = new Set([...podsOf(lesson)].flatMap((name) => [podNamed(start, name)?.key, podNamed(now, name)?.key]));
  const mine = stepEvents(start, now).filter(({ pod }) => pod !== undefined && keys.has(pod));
  return collapsed(mine).map(({ text }) => text);
}

/** The picture, now or as it was when the step began, and what happened between the two. */
export function Moments(props: { lesson: Lesson; step: Step; start: Snapshot; snapshot: Snapshot }) {
  const { lesson, step, start, snapshot } = props;
  const [moment, setMoment] = useState<"before" | "now">("now");
  const happened = useMemo(() => happenedTo(lesson, start, snapshot), [lesson, start, snapshot]);
  const shown = moment === "before" ? start : snapshot;
  return (
    <>
      {happened.length > 0 && (
        <section className="les-moments" aria-label="Since this step began">
          <ul>
            {happened.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
          <Segments
            label="Moment"
            value={moment}
            options={[
              { value: "before", label: "before", title: "As it was when the step began" },
              { value: "now", label: "now" },
            ]}
            onChange={setMoment}
          />
        </section>
      )}
      <Picture show={step.show} light={step.light} snapshot={shown} start={start} />
    </>
  );
}
