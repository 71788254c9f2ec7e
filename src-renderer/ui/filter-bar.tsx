import { Segments } from "./parts.tsx";
import "./filter-bar.css";

/** Below a page's head: words to look for, and a choice of what is shown. */
export function FilterBar<T extends string>(props: {
  /** What is filtered, for the field's name: "events". */
  of: string;
  placeholder: string;
  words: string;
  onWords: (words: string) => void;
  label: string;
  shown: T;
  choices: readonly T[];
  onShown: (shown: T) => void;
}) {
  return (
    <div className="filter-bar">
      <input
        type="search"
        className="field"
        placeholder={props.placeholder}
        aria-label={`Filter ${props.of}`}
        value={props.words}
        onChange={(event) => props.onWords(event.target.value)}
      />
      <Segments
        label={props.label}
        value={props.shown}
        options={props.choices.map((value) => ({ value, label: value }))}
        onChange={props.onShown}
      />
    </div>
  );
}
