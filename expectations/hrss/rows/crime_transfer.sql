-- Suspected crime: report of a team of two, the decision of the principal in time; an approved
-- transfer within a day, a refusal with its reasons, no fine in its place (unless the police declined
-- the case before). Without any report the days run since the signs of crime; where their day is not
-- recorded, since the end of the investigation (else since the decision).
WITH cases_suspected AS (
    SELECT
        c.case_id,
        CASE WHEN c.crime_suspected IS NOT NULL THEN c.crime_suspected
             WHEN v.cases__crime_suspected THEN FALSE END AS suspected,
        COALESCE(CASE WHEN c.crime_suspected_on <= run.as_of THEN c.crime_suspected_on END,
                 CASE WHEN c.investigated_on <= run.as_of THEN c.investigated_on END, b.decided_on) AS known_on,
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
             WHEN t.approved AND s.fined AND s.decided_on > CAST(t.decided_at AS DATE)
                  AND CASE WHEN t.police_declined_on IS NOT NULL THEN t.police_declined_on > s.decided_on
                           WHEN v.transfers__police_declined_on THEN TRUE END THEN FALSE
             WHEN NOT t.approved AND t.refusal_reason IS NULL AND v.transfers__refusal_reason THEN FALSE
             WHEN t.approved IS NULL AND t.decided_at IS NOT NULL AND NOT v.transfers__approved THEN NULL
             WHEN t.officer_ids IS NULL AND NOT v.transfers__officer_ids THEN NULL
             WHEN t.approved AND t.transferred_at IS NULL AND NOT v.transfers__transferred_at THEN NULL
             WHEN t.approved AND s.fined IS NULL THEN NULL
             WHEN t.approved AND s.fined AND s.decided_on > CAST(t.decided_at AS DATE)
                  AND t.police_declined_on IS NULL THEN NULL
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
        'reported' AS part,
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
        'unreported' AS part,
        s.suspected AS transfer_duty,
        CASE WHEN s.transfers_known THEN s.known_on END AS transfer_reported_on,
        CAST(NULL AS DATE) AS transfer_answered_on,
        s.transfers_known AS transfer_answer_known
    FROM cases_suspected s
    WHERE NOT EXISTS (SELECT 1 FROM judged j WHERE j.case_id = s.case_id)
)
SELECT l.subject_id, l.row_id, l.part, l.transfer_duty, l.transfer_reported_on, l.transfer_answered_on, l.transfer_answer_known
FROM listed l
