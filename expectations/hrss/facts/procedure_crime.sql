-- Suspected crime: was there any transfer at all, and what was wrong with it.
WITH told AS (
    SELECT t.case_id,
           COUNT(*) AS transfers,
           MAX(CASE WHEN t.approved AND EPOCH(t.transferred_at) - EPOCH(t.decided_at) > q.transfer_seconds THEN 1 ELSE 0 END) AS slow,
           MAX(CASE WHEN t.approved AND b.penalised AND b.fined AND b.decided_on > CAST(t.decided_at AS DATE)
                         AND COALESCE(t.police_declined_on > b.decided_on, TRUE) THEN 1 ELSE 0 END) AS fined,
           MAX(CASE WHEN NOT t.approved AND t.refusal_reason IS NULL THEN 1 ELSE 0 END) AS unreasoned
    FROM transfers t
    CROSS JOIN run
    JOIN base b ON b.subject_id = t.case_id
    JOIN case_parameters q ON q.subject_id = t.case_id
    WHERE t.reported_on IS NULL OR t.reported_on <= run.as_of
    GROUP BY t.case_id
)
SELECT
    b.subject_id,
    -- While the case is open, a transfer may still be made.
    COALESCE(t.transfers, 0) = 0
        AND (COALESCE(c.investigated_on <= run.as_of, FALSE) OR COALESCE(b.decided, FALSE)) AS transfer_absent,
    CASE WHEN t.transfers IS NULL THEN 'not_transferred'
         WHEN t.fined = 1 THEN 'fined_instead'
         WHEN t.slow = 1 THEN 'transferred_late'
         WHEN t.unreasoned = 1 THEN 'transfer_refused_unreasoned' END AS transfer_note
FROM base b
CROSS JOIN run
JOIN cases c ON c.case_id = b.subject_id
LEFT JOIN told t ON t.case_id = b.subject_id
