import { listed } from "../../src-shared/format.ts";
import { NAMESPACE_TYPES, type NamespaceType } from "../../src-shared/model.ts";
import { LETTERS } from "../drawing/rails.ts";
import "./strip.css";

type Place = "shared" | "host" | "usual" | "private" | "unread" | "split";

/** The rail diagram of one pod, one row high: eight fixed places. */
export function Strip({ places }: { places: Record<NamespaceType, Place> }) {
  const of = (place: Place) => NAMESPACE_TYPES.filter((type) => places[type] === place);
  const shared = of("shared");
  const host = [...of("host"), ...of("usual")];
  const unread = of("unread");
  const split = of("split");
  const words = [
    ...(split.length > 0 ? [`split: its containers are in different ${listed(split)} namespaces`] : []),
    ...(shared.length > 0 ? [`shares ${listed(shared)}`] : unread.length + split.length > 0 ? [] : ["shares nothing"]),
    ...(unread.length > 0 ? [`not read: ${listed(unread)}`] : []),
    ...(host.length > 0 ? [`the node's own ${listed(host)}`] : []),
  ].join("; ");
  return (
    <span className="strip" role="img" aria-label={words} title={words}>
      {NAMESPACE_TYPES.map((type) => (
        <i key={type} className={`${places[type]} t-${type}`}>
          {(places[type] === "shared" || places[type] === "host") && LETTERS[type]}
          {places[type] === "unread" && "?"}
          {places[type] === "split" && "≠"}
        </i>
      ))}
    </span>
  );
}

export function StripHead() {
  return (
    <span className="strip head">
      {NAMESPACE_TYPES.map((type) => (
        <i key={type} className={`t-${type}`} title={type}>
          {LETTERS[type]}
        </i>
      ))}
    </span>
  );
}
