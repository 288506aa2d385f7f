-- Each recording of a case, from the day it ended (in remote work, the first day back) to its storing.
WITH listed AS (
    SELECT
        r.case_id AS subject_id,
        'recordings' || '/' || r.recording_id AS row_id,
        r.captured_at IS NULL OR CAST(r.captured_at AS DATE) <= run.as_of AS storing_duty,
        CASE WHEN r.remote AND r.remote_until_on >= CAST(COALESCE(r.end_at, r.captured_at) AS DATE) THEN r.remote_until_on
             ELSE CAST(COALESCE(r.end_at, r.captured_at) AS DATE) END AS recording_ended_on,
        CAST(r.stored_at AS DATE) AS recording_stored_on,
        v.recordings__stored_at AS storing_known,
        r.remote IS NOT NULL AND NOT r.remote OR v.recordings__remote AND v.recordings__remote_until_on AS remote_known
    FROM recordings r
    CROSS JOIN run
    JOIN case_coverage v ON v.subject_id = r.case_id
    UNION ALL
    -- Nobody knows whether there were recordings: one row of which nothing is known.
    SELECT
        v.subject_id,
        'cases' || '/' || v.subject_id AS row_id,
        CAST(NULL AS BOOLEAN) AS storing_duty,
        CAST(NULL AS DATE) AS recording_ended_on,
        CAST(NULL AS DATE) AS recording_stored_on,
        FALSE AS storing_known,
        FALSE AS remote_known
    FROM case_coverage v
    WHERE NOT v.recordings__recording_id
)
SELECT
    l.subject_id,
    l.row_id,
    l.storing_duty,
    l.recording_ended_on,
    l.recording_stored_on,
    l.storing_known,
    l.remote_known
FROM listed l
