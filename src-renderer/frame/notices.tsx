import { dismiss, useNotices } from "../state/notices.ts";
import { Icon } from "../ui/icons.tsx";

const SIGNS = { ok: "check", info: "info", warn: "warn", bad: "bad" } as const;

export function Notices() {
  const notices = useNotices((state) => state.notices);
  return (
    <div className="notices" role="log" aria-live="polite" aria-label="Messages">
      {notices.map((notice) => (
        <div className="notice" key={notice.id}>
          <Icon name={SIGNS[notice.tone]} className={notice.tone} />
          <p>{notice.text}</p>
          <button type="button" className="icon-btn" aria-label="Close message" onClick={() => dismiss(notice.id)}>
            <Icon name="cross" />
          </button>
        </div>
      ))}
    </div>
  );
}
