-- Suspected crime: report of a team of two, the decision of the principal in time; an approved
-- transfer within a day, a refusal with its reasons, no fine in its place. A case that ended
-- without any transfer is late from the end of its investigation (else from its decision).
WITH cases_suspected AS (
    SELECT
        c.case_id,
        CASE WHEN c.crime_suspected IS NOT NULL THEN c.crime_suspected
             WHEN v.cases__crime_suspected THEN FALSE END AS suspected,
        CASE WHEN c.investigated_on <= run.as_of THEN c.investigated_on ELSE b.decided_on END AS ended_on,
        b.decided,
        b.decided_on,
        b.fined AND b.penalised AS fined,
        v.transfers__transfer_id AND v.transfers__reported_on AS transfers_known
    FROM cases c
    CROSS JOIN run
    JOIN base b ON b.subject_id = c.case_id
    JOIN case_coverage v ON v.subject_id = c.case_id
), team AS (
    SELECT o.transfer_id, COUNT(DISTINCT o.code) AS officers
    FROM transfers__officer_ids o
    GROUP BY o.transfer_id
), judged AS (
    SELECT
        t.case_id,
        t.transfer_id,
        t.reported_on,
        CAST(t.decided_at AS DATE) AS answered_on,
        CASE WHEN COALESCE(m.officers, 0) < q.transfer_officers AND v.transfers__officer_ids THEN FALSE
             WHEN t.approved AND EPOCH(t.transferred_at) - EPOCH(t.decided_at) > q.transfer_seconds THEN FALSE
             WHEN t.approved AND t.transferred_at IS NULL AND v.transfers__transferred_at
                  AND EPOCH(CAST(run.as_of AS TIMESTAMP)) - EPOCH(t.decided_at) > q.transfer_seconds THEN FALSE
             WHEN t.approved AND s.fined AND s.decided_on > CAST(t.decided_at AS DATE) THEN FALSE
             WHEN NOT t.approved AND t.refusal_reason IS NULL AND v.transfers__refusal_reason THEN FALSE
             WHEN t.approved IS NULL AND t.decided_at IS NOT NULL AND NOT v.transfers__approved THEN NULL
             WHEN t.officer_ids IS NULL AND NOT v.transfers__officer_ids THEN NULL
             WHEN t.approved AND t.transferred_at IS NULL AND NOT v.transfers__transferred_at THEN NULL
             WHEN t.approved AND s.fined IS NULL THEN NULL
             WHEN NOT t.approved AND t.refusal_reason IS NULL THEN NULL
             ELSE TRUE END AS in_order,
        v.transfers__decided_at AS answer_known
    FROM transfers t
    CROSS JOIN run
    JOIN cases_suspected s ON s.case_id = t.case_id
    JOIN case_coverage v ON v.subject_id = t.case_id
    JOIN case_parameters q ON q.subject_id = t.case_id
    LEFT JOIN team m ON m.transfer_id = t.transfer_id
    WHERE t.reported_on IS NULL OR t.reported_on <= run.as_of
), listed AS (
    SELECT
        j.case_id AS subject_id,
        'transfers' || '/' || j.transfer_id AS row_id,
        s.suspected AS transfer_duty,
        COALESCE(j.reported_on, j.answered_on) AS transfer_reported_on,
        CASE WHEN j.in_order THEN j.answered_on END AS transfer_answered_on,
        CASE WHEN j.in_order THEN j.answer_known ELSE j.in_order IS NOT NULL END AS transfer_answer_known
    FROM judged j
    JOIN cases_suspected s ON s.case_id = j.case_id
    UNION ALL
    SELECT
        s.case_id AS subject_id,
        'cases' || '/' || s.case_id AS row_id,
        s.suspected AND s.ended_on IS NOT NULL AS transfer_duty,
        CASE WHEN s.transfers_known THEN s.ended_on END AS transfer_reported_on,
        CAST(NULL AS DATE) AS transfer_answered_on,
        s.transfers_known AS transfer_answer_known
    FROM cases_suspected s
    WHERE NOT EXISTS (SELECT 1 FROM judged j WHERE j.case_id = s.case_id)
)
SELECT l.subject_id, l.row_id, l.transfer_duty, l.transfer_reported_on, l.transfer_answered_on, l.transfer_answer_known
FROM listed l
