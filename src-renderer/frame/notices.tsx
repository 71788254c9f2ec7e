import { dismiss, useNotices } from "../state/notices.ts";
import { Icon } from "../ui/icons.tsx";
import { Button } from "../ui/parts.tsx";

const SIGNS = { ok: "check", info: "info", warn: "warn", bad: "bad" } as const;

export function Notices() {
  const notices = useNotices((state) => state.notices);
  return (
    <div className="notices" role="log" aria-live="polite" aria-label="Messages">
      {notices.map((notice) => (
        <div className="notice" key={notice.id}>
          <Icon name={SIGNS[notice.tone]} className={notice.tone} />
          <div className="notice-words">
            <p>{notice.text}</p>
            {notice.offers && (
              <div className="notice-offers">
                {notice.offers.map(({ words, run }) => (
                  <Button
                    key={words}
                    onClick={() => {
                      dismiss(notice.id);
                      run();
                    }}
                  >
                    {words}
                  </Button>
                ))}
              </div>
            )}
          </div>
          <button type="button" className="icon-btn" aria-label="Close message" onClick={() => dismiss(notice.id)}>
            <Icon name="cross" />
          </button>
        </div>
      ))}
    </div>
  );
}
