-- Can the records be right? Numbers of persons and organisations, numbers of cases and papers, fields
-- left blank, days that cannot be.
-- Rows after the as-of day count here: a recorded day that has not come is what is looked for.
WITH codes AS (
    SELECT c.case_id,
           c.party_id,
           p.code_kind,
           p.code,
           CASE WHEN p.code_kind = 'uscc' AND p.code IS NOT NULL THEN
                CASE WHEN p.code_valid AND r.province IS NOT NULL THEN 0 ELSE 1 END END AS wrong_uscc,
           CASE WHEN o.uscc IS NOT NULL THEN
                CASE WHEN o.uscc_valid AND x.province IS NOT NULL THEN 0 ELSE 1 END END AS wrong_organ,
           CASE WHEN p.code_kind = 'id' AND p.code IS NOT NULL THEN
                CASE WHEN p.code_valid AND i.province IS NOT NULL
                          AND p.code_born_on < COALESCE(c.decided_on, run.as_of) THEN 0 ELSE 1 END END AS wrong_id,
           o.organ_id
    FROM cases c
    CROSS JOIN run
    LEFT JOIN parties p ON p.party_id = c.party_id
    LEFT JOIN organs o ON o.organ_id = c.organ_id
    LEFT JOIN lists.regions r ON r.province = p.code_province AND r.used_in IN ('any', 'uscc')
    LEFT JOIN lists.regions x ON x.province = o.uscc_province AND x.used_in IN ('any', 'uscc')
    LEFT JOIN lists.regions i ON i.province = p.code_province AND i.used_in IN ('any', 'id')
), region_codes AS (
    SELECT x.region_code
    FROM (SELECT c.region_code FROM cases c UNION SELECT p.region_code FROM parties p) x
    JOIN lists.regions r ON STRPOS(x.region_code, r.province) = 1 AND r.used_in = 'any'
), regions AS (
    -- A case without a day has no dated values: its codes are then judged by their province alone.
    SELECT c.case_id,
           CASE WHEN c.region_code IS NOT NULL THEN
                CASE WHEN r.region_code IS NULL OR LENGTH(c.region_code) <> q.region_code_length THEN 1 ELSE 0 END END AS wrong_case,
           CASE WHEN p.region_code IS NOT NULL THEN
                CASE WHEN x.region_code IS NULL OR LENGTH(p.region_code) <> q.region_code_length THEN 1 ELSE 0 END END AS wrong_party
    FROM cases c
    JOIN case_parameters q ON q.subject_id = c.case_id
    LEFT JOIN parties p ON p.party_id = c.party_id
    LEFT JOIN region_codes r ON r.region_code = c.region_code
    LEFT JOIN region_codes x ON x.region_code = p.region_code
), codes_known AS (
    -- A code that is not on record is a blank field, no wrong code.
    SELECT b.subject_id,
           k.wrong_uscc, k.wrong_organ, k.wrong_id, g.wrong_case, g.wrong_party, k.party_id, k.organ_id,
           CASE WHEN k.party_id IS NULL THEN v.cases__party_id
                ELSE (k.code IS NOT NULL OR v.parties__code)
                     AND (k.code_kind IS NOT NULL OR v.parties__code_kind) END AS party_known
    FROM base b
    JOIN case_coverage v ON v.subject_id = b.subject_id
    JOIN codes k ON k.case_id = b.subject_id
    JOIN regions g ON g.case_id = b.subject_id
), case_numbers AS (
    SELECT c.case_id,
           COUNT(*) OVER (PARTITION BY c.organ_id, YEAR(COALESCE(c.filed_on, c.received_on, c.discovered_on, c.decided_on)), c.case_no) AS alike,
           MIN(c.case_id) OVER (PARTITION BY c.organ_id, YEAR(COALESCE(c.filed_on, c.received_on, c.discovered_on, c.decided_on)), c.case_no) AS first_id,
           MAX(c.case_id) OVER (PARTITION BY c.organ_id, YEAR(COALESCE(c.filed_on, c.received_on, c.discovered_on, c.decided_on)), c.case_no) AS last_id
    FROM cases c
    WHERE c.case_no IS NOT NULL
), numbered_papers AS (
    SELECT d.case_id, COALESCE(c.organ_id, '') AS organ_id, COALESCE(d.kind, '') AS kind, d.document_id, d.document_no, d.made_on
    FROM documents d
    JOIN cases c ON c.case_id = d.case_id
    WHERE d.document_no IS NOT NULL
), alike_numbers AS (
    SELECT p.organ_id, p.kind, p.document_no, MIN(p.document_id) AS first_id, MAX(p.document_id) AS last_id
    FROM numbered_papers p
    GROUP BY p.organ_id, p.kind, p.document_no
    HAVING COUNT(*) > 1
), twin_documents AS (
    -- Of those that share a number the first and the last are named: there may be thousands.
    SELECT p.case_id, COUNT(*) AS alike, MIN(n.first_id) AS first_id,
           STRING_AGG('documents' || '/' || n.first_id || ';' || 'documents' || '/' || n.last_id, ';' ORDER BY n.first_id, n.last_id) AS ids
    FROM alike_numbers n
    JOIN numbered_papers p ON p.organ_id = n.organ_id AND p.kind = n.kind AND p.document_no = n.document_no
    GROUP BY p.case_id
), numbered_cases AS (
    SELECT DISTINCT p.case_id FROM numbered_papers p
), case_series AS (
    -- The pattern of a number (its digits left out) is its series; in a series a longer number is higher.
    SELECT c.case_id, c.organ_id, c.case_no AS number_text,
           COALESCE(c.filed_on, c.accepted_on, c.received_on, c.discovered_on, c.decided_on) AS numbered_on,
           REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(c.case_no, l.d0, ''), l.d1, ''), l.d2, ''), l.d3, ''), l.d4, ''), l.d5, ''), l.d6, ''), l.d7, ''), l.d8, ''), l.d9, '') AS series
    FROM cases c
    CROSS JOIN lists.digits l
    WHERE c.case_no IS NOT NULL
), paper_series AS (
    SELECT d.case_id, d.organ_id, d.kind, d.document_no AS number_text, d.made_on AS numbered_on,
           REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(d.document_no, l.d0, ''), l.d1, ''), l.d2, ''), l.d3, ''), l.d4, ''), l.d5, ''), l.d6, ''), l.d7, ''), l.d8, ''), l.d9, '') AS series
    FROM numbered_papers d
    CROSS JOIN lists.digits l
), ordered_numbers AS (
    SELECT s.case_id, s.numbered_on,
           LAG(s.numbered_on) OVER (PARTITION BY s.organ_id, s.series ORDER BY LENGTH(s.number_text), s.number_text, s.case_id) AS before_on
    FROM case_series s
    WHERE s.numbered_on IS NOT NULL
    UNION ALL
    SELECT p.case_id, p.numbered_on,
           LAG(p.numbered_on) OVER (PARTITION BY p.organ_id, p.kind, p.series ORDER BY LENGTH(p.number_text), p.number_text, p.case_id) AS before_on
    FROM paper_series p
    WHERE p.numbered_on IS NOT NULL
), inverted AS (
    SELECT o.case_id, COUNT(*) AS numbers
    FROM ordered_numbers o
    WHERE o.numbered_on < o.before_on
    GROUP BY o.case_id
), undated AS (
    SELECT d.case_id, COUNT(*) AS blank, STRING_AGG('documents' || '/' || d.document_id, ';' ORDER BY d.document_id) AS ids
    FROM documents d
    WHERE d.made_on IS NULL
    GROUP BY d.case_id
), unserved AS (
    SELECT e.case_id, COUNT(*) AS blank, STRING_AGG('services' || '/' || e.service_id, ';' ORDER BY e.service_id) AS ids
    FROM services e
    WHERE e.served_on IS NULL
    GROUP BY e.case_id
), cells AS (
    SELECT
        b.subject_id,
        l.field,
        CASE l.path
            WHEN 'always' THEN TRUE
            WHEN 'filed' THEN CASE WHEN c.filed_on IS NOT NULL OR c.accepted_on IS NOT NULL OR b.decided THEN TRUE
                                   WHEN v.cases__filed_on AND v.cases__accepted_on AND NOT b.decided THEN FALSE END
            WHEN 'decided' THEN b.decided
            WHEN 'penalised' THEN b.penalised
            WHEN 'fined' THEN b.fined
            WHEN 'archived' THEN b.archived END AS needed,
        CASE l.field
               WHEN 'cases.case_no' THEN CASE WHEN c.case_no IS NOT NULL THEN 0 WHEN v.cases__case_no THEN 1 END
               WHEN 'cases.item_code' THEN CASE WHEN c.item_code IS NOT NULL THEN 0 WHEN v.cases__item_code THEN 1 END
               WHEN 'cases.party_id' THEN CASE WHEN c.party_id IS NOT NULL THEN 0 WHEN v.cases__party_id THEN 1 END
               WHEN 'cases.source' THEN CASE WHEN c.source IS NOT NULL THEN 0 WHEN v.cases__source THEN 1 END
               WHEN 'cases.handler_id' THEN CASE WHEN c.handler_id IS NOT NULL THEN 0 WHEN v.cases__handler_id THEN 1 END
               WHEN 'cases.result' THEN CASE WHEN c.result IS NOT NULL THEN 0 WHEN v.cases__result THEN 1 END
               WHEN 'cases.closed_on' THEN CASE WHEN c.closed_on IS NOT NULL THEN 0 WHEN v.cases__closed_on THEN 1 END
               WHEN 'cases.filed_on' THEN CASE WHEN c.filed_on IS NOT NULL THEN 0 WHEN v.cases__filed_on THEN 1 END
               WHEN 'cases.investigated_on' THEN CASE WHEN c.investigated_on IS NOT NULL THEN 0 WHEN v.cases__investigated_on THEN 1 END
               WHEN 'cases.penalty_kinds' THEN CASE WHEN c.penalty_kinds IS NOT NULL THEN 0 WHEN v.cases__penalty_kinds THEN 1 END
               WHEN 'cases.received_on' THEN CASE WHEN c.received_on IS NOT NULL THEN 0 WHEN v.cases__received_on THEN 1 END
               WHEN 'cases.accepted_on' THEN CASE WHEN c.accepted_on IS NOT NULL THEN 0 WHEN v.cases__accepted_on THEN 1 END
               WHEN 'cases.fine_yuan' THEN CASE WHEN c.fine_yuan IS NOT NULL OR c.confiscated_yuan IS NOT NULL THEN 0
                    WHEN v.cases__fine_yuan AND v.cases__confiscated_yuan THEN 1 END
               WHEN 'parties.name' THEN CASE WHEN c.party_id IS NULL OR p.name IS NOT NULL THEN 0 WHEN v.parties__name THEN 1 END
               WHEN 'parties.code' THEN CASE WHEN c.party_id IS NULL OR p.code IS NOT NULL THEN 0 WHEN v.parties__code THEN 1 END
               WHEN 'parties.code_kind' THEN CASE WHEN c.party_id IS NULL OR p.code_kind IS NOT NULL THEN 0 WHEN v.parties__code_kind THEN 1 END
               WHEN 'documents.made_on' THEN CASE WHEN COALESCE(d.blank, 0) = 0 THEN 0 WHEN v.documents__made_on THEN d.blank END
               WHEN 'services.served_on' THEN CASE WHEN COALESCE(e.blank, 0) = 0 THEN 0 WHEN v.services__served_on THEN e.blank END END AS blank
    FROM base b
    JOIN cases c ON c.case_id = b.subject_id
    JOIN subjects s ON s.subject_id = b.subject_id
    JOIN case_coverage v ON v.subject_id = b.subject_id
    LEFT JOIN parties p ON p.party_id = c.party_id
    LEFT JOIN undated d ON d.case_id = c.case_id
    LEFT JOIN unserved e ON e.case_id = c.case_id
    JOIN lists.required_fields l ON (l.kind = b.kind OR l.kind = 'any')
        AND (l.procedure = b.procedure OR l.procedure = 'any')
        AND (l.from_on IS NULL OR l.from_on <= s.period_on)
        AND (l.to_on IS NULL OR l.to_on >= s.period_on)
), judged_cells AS (
    SELECT c.subject_id, c.field,
           CASE WHEN NOT c.needed OR c.blank = 0 THEN 0
                WHEN c.needed THEN c.blank END AS blank
    FROM cells c
    WHERE COALESCE(c.blank, 1) > 0
), fields AS (
    SELECT j.subject_id,
           SUM(j.blank) AS blank,
           SUM(CASE WHEN j.blank IS NULL THEN 1 ELSE 0 END) AS unknown,
           STRING_AGG(j.field, ';' ORDER BY j.field) FILTER (WHERE j.blank > 0) AS names
    FROM judged_cells j
    GROUP BY j.subject_id
), asked AS (
    -- Which cases are asked for fields at all: looked up by kind, procedure and day.
    SELECT DISTINCT a.kind, a.procedure, a.day
    FROM (SELECT DISTINCT COALESCE(b.kind, 'any') AS kind, COALESCE(b.procedure, 'any') AS procedure,
                 s.period_on, COALESCE(CAST(s.period_on AS VARCHAR), '') AS day
          FROM base b JOIN subjects s ON s.subject_id = b.subject_id) a
    JOIN lists.required_fields l ON (l.kind = a.kind OR l.kind = 'any')
        AND (l.procedure = a.procedure OR l.procedure = 'any')
        AND (l.from_on IS NULL OR l.from_on <= a.period_on)
        AND (l.to_on IS NULL OR l.to_on >= a.period_on)
), timed_acts AS (
    -- Midnight to the second is a day without a time: whether it was night is not known.
    SELECT e.case_id, e.event_id, e.urgent, e.kind, CAST(e.start_at AS DATE) AS act_on,
           CASE WHEN EPOCH(e.start_at) - EPOCH(CAST(CAST(e.start_at AS DATE) AS TIMESTAMP)) > 0
                THEN EPOCH(e.start_at) - EPOCH(CAST(CAST(e.start_at AS DATE) AS TIMESTAMP)) END AS second
    FROM events e
    JOIN lists.holiday_acts l ON l.event_kind = e.kind
        AND (l.from_on IS NULL OR l.from_on <= CAST(e.start_at AS DATE))
        AND (l.to_on IS NULL OR l.to_on >= CAST(e.start_at AS DATE))
), rest_acts AS (
    SELECT t.case_id, t.event_id,
           CASE WHEN t.urgent OR NOT (k.is_holiday OR t.second >= q.night_begins OR t.second < q.night_ends) THEN FALSE
                WHEN k.is_holiday OR t.second >= q.night_begins OR t.second < q.night_ends
                THEN CASE WHEN t.urgent IS NOT NULL OR v.events__urgent THEN TRUE END END AS unlawful
    FROM timed_acts t
    JOIN case_coverage v ON v.subject_id = t.case_id
    JOIN case_parameters q ON q.subject_id = t.case_id
    LEFT JOIN calendar k ON k.day = t.act_on
), unsure_acts AS (
    SELECT r.case_id, COUNT(*) AS acts
    FROM rest_acts r
    WHERE r.unlawful IS NULL
    GROUP BY r.case_id
), days AS (
    SELECT c.case_id, 'cases' || '/' || c.case_id AS ref,
           CASE WHEN c.discovered_on < q.earliest_record_day OR c.discovered_on > run.as_of THEN 1 ELSE 0 END
           + CASE WHEN c.received_on < q.earliest_record_day OR c.received_on > run.as_of THEN 1 ELSE 0 END
           + CASE WHEN c.accepted_on < q.earliest_record_day OR c.accepted_on > run.as_of THEN 1 ELSE 0 END
           + CASE WHEN c.refusal_told_on < q.earliest_record_day OR c.refusal_told_on > run.as_of THEN 1 ELSE 0 END
           + CASE WHEN c.filed_on < q.earliest_record_day OR c.filed_on > run.as_of THEN 1 ELSE 0 END
           + CASE WHEN c.investigated_on < q.earliest_record_day OR c.investigated_on > run.as_of THEN 1 ELSE 0 END
           + CASE WHEN c.decided_on < q.earliest_record_day OR c.decided_on > run.as_of THEN 1 ELSE 0 END
           + CASE WHEN CAST(c.decided_at AS DATE) < q.earliest_record_day OR CAST(c.decided_at AS DATE) > run.as_of THEN 1 ELSE 0 END
           + CASE WHEN c.closed_on < q.earliest_record_day OR c.closed_on > run.as_of THEN 1 ELSE 0 END
           + CASE WHEN c.archived_on < q.earliest_record_day OR c.archived_on > run.as_of THEN 1 ELSE 0 END
           + CASE WHEN c.act_from_on < q.earliest_record_day OR c.act_from_on > run.as_of THEN 1 ELSE 0 END
           + CASE WHEN c.act_to_on < q.earliest_record_day OR c.act_to_on > run.as_of THEN 1 ELSE 0 END
           + CASE WHEN c.act_from_on > c.act_to_on THEN 1 ELSE 0 END AS odd
    FROM cases c
    CROSS JOIN run
    JOIN case_parameters q ON q.subject_id = c.case_id
    UNION ALL
    SELECT d.case_id, 'documents' || '/' || d.document_id AS ref,
           CASE WHEN d.made_on < q.earliest_record_day OR d.made_on > run.as_of THEN 1 ELSE 0 END
           + CASE WHEN CAST(d.registered_at AS DATE) < q.earliest_record_day OR CAST(d.registered_at AS DATE) > run.as_of THEN 1 ELSE 0 END
           + CASE WHEN d.approved_on < q.earliest_record_day OR d.approved_on > run.as_of THEN 1 ELSE 0 END
           + CASE WHEN (d.signed OR d.party_signed OR d.signed_by_officers > 0)
                       AND CAST(d.registered_at AS DATE) < d.made_on THEN 1 ELSE 0 END AS odd
    FROM documents d
    CROSS JOIN run
    JOIN case_parameters q ON q.subject_id = d.case_id
    UNION ALL
    SELECT x.case_id, 'events' || '/' || x.event_id AS ref,
           CASE WHEN CAST(x.start_at AS DATE) < q.earliest_record_day OR CAST(x.start_at AS DATE) > run.as_of THEN 1 ELSE 0 END
           + CASE WHEN CAST(x.end_at AS DATE) < q.earliest_record_day OR CAST(x.end_at AS DATE) > run.as_of THEN 1 ELSE 0 END
           + CASE WHEN x.approved_on < q.earliest_record_day OR x.approved_on > run.as_of THEN 1 ELSE 0 END
           + CASE WHEN CAST(x.reported_at AS DATE) < q.earliest_record_day OR CAST(x.reported_at AS DATE) > run.as_of THEN 1 ELSE 0 END
           + CASE WHEN x.handled_on < q.earliest_record_day OR x.handled_on > run.as_of THEN 1 ELSE 0 END
           + CASE WHEN x.released_on < q.earliest_record_day OR x.released_on > run.as_of THEN 1 ELSE 0 END
           + CASE WHEN x.start_at > x.end_at THEN 1 ELSE 0 END AS odd
    FROM events x
    CROSS JOIN run
    JOIN case_parameters q ON q.subject_id = x.case_id
    UNION ALL
    SELECT x.case_id, 'services' || '/' || x.service_id AS ref,
           CASE WHEN x.served_on < q.earliest_record_day OR x.served_on > run.as_of THEN 1 ELSE 0 END
           + CASE WHEN x.delivered_on < q.earliest_record_day OR x.delivered_on > run.as_of THEN 1 ELSE 0 END AS odd
    FROM services x
    CROSS JOIN run
    JOIN case_parameters q ON q.subject_id = x.case_id
    UNION ALL
    SELECT x.case_id, 'recordings' || '/' || x.recording_id AS ref,
           CASE WHEN CAST(x.captured_at AS DATE) < q.earliest_record_day OR CAST(x.captured_at AS DATE) > run.as_of THEN 1 ELSE 0 END
           + CASE WHEN CAST(x.end_at AS DATE) < q.earliest_record_day OR CAST(x.end_at AS DATE) > run.as_of THEN 1 ELSE 0 END
           + CASE WHEN CAST(x.stored_at AS DATE) < q.earliest_record_day OR CAST(x.stored_at AS DATE) > run.as_of THEN 1 ELSE 0 END
           + CASE WHEN x.captured_at > x.end_at THEN 1 ELSE 0 END AS odd
    FROM recordings x
    CROSS JOIN run
    JOIN case_parameters q ON q.subject_id = x.case_id
    UNION ALL
    SELECT x.case_id, 'legal_reviews' || '/' || x.review_id AS ref,
           CASE WHEN x.submitted_on < q.earliest_record_day OR x.submitted_on > run.as_of THEN 1 ELSE 0 END
           + CASE WHEN x.complete_on < q.earliest_record_day OR x.complete_on > run.as_of THEN 1 ELSE 0 END
           + CASE WHEN x.concluded_on < q.earliest_record_day OR x.concluded_on > run.as_of THEN 1 ELSE 0 END
           + CASE WHEN CAST(x.concluded_at AS DATE) < q.earliest_record_day OR CAST(x.concluded_at AS DATE) > run.as_of THEN 1 ELSE 0 END AS odd
    FROM legal_reviews x
    CROSS JOIN run
    JOIN case_parameters q ON q.subject_id = x.case_id
    UNION ALL
    SELECT x.case_id, 'disclosures' || '/' || x.disclosure_id AS ref,
           CASE WHEN x.published_on < q.earliest_record_day OR x.published_on > run.as_of THEN 1 ELSE 0 END
           + CASE WHEN x.removed_on < q.earliest_record_day OR x.removed_on > run.as_of THEN 1 ELSE 0 END
           + CASE WHEN x.approved_on < q.earliest_record_day OR x.approved_on > run.as_of THEN 1 ELSE 0 END AS odd
    FROM disclosures x
    CROSS JOIN run
    JOIN case_parameters q ON q.subject_id = x.case_id
    UNION ALL
    SELECT x.case_id, 'payments' || '/' || x.payment_id AS ref,
           CASE WHEN x.paid_on < q.earliest_record_day OR x.paid_on > run.as_of THEN 1 ELSE 0 END
           + CASE WHEN x.handed_in_on < q.earliest_record_day OR x.handed_in_on > run.as_of THEN 1 ELSE 0 END
           + CASE WHEN x.bank_in_on < q.earliest_record_day OR x.bank_in_on > run.as_of THEN 1 ELSE 0 END AS odd
    FROM payments x
    CROSS JOIN run
    JOIN case_parameters q ON q.subject_id = x.case_id
    UNION ALL
    SELECT x.case_id, 'enforcements' || '/' || x.enforcement_id AS ref,
           CASE WHEN x.obeyed_on < q.earliest_record_day OR x.obeyed_on > run.as_of THEN 1 ELSE 0 END
           + CASE WHEN x.demand_served_on < q.earliest_record_day OR x.demand_served_on > run.as_of THEN 1 ELSE 0 END
           + CASE WHEN x.court_applied_on < q.earliest_record_day OR x.court_applied_on > run.as_of THEN 1 ELSE 0 END AS odd
    FROM enforcements x
    CROSS JOIN run
    JOIN case_parameters q ON q.subject_id = x.case_id
    UNION ALL
    SELECT x.case_id, 'cases' || '/' || x.case_id AS ref,
           CASE WHEN x.acted_on < q.earliest_record_day OR x.acted_on > run.as_of THEN 1 ELSE 0 END
           + CASE WHEN x.answered_on < q.earliest_record_day OR x.answered_on > run.as_of THEN 1 ELSE 0 END AS odd
    FROM party_acts x
    CROSS JOIN run
    JOIN case_parameters q ON q.subject_id = x.case_id
    UNION ALL
    SELECT x.case_id, 'cases' || '/' || x.case_id AS ref,
           CASE WHEN x.notice_served_on < q.earliest_record_day OR x.notice_served_on > run.as_of THEN 1 ELSE 0 END
           + CASE WHEN x.held_on < q.earliest_record_day OR x.held_on > run.as_of THEN 1 ELSE 0 END AS odd
    FROM hearings x
    CROSS JOIN run
    JOIN case_parameters q ON q.subject_id = x.case_id
    UNION ALL
    SELECT x.case_id, 'cases' || '/' || x.case_id AS ref,
           CASE WHEN x.held_on < q.earliest_record_day OR x.held_on > run.as_of THEN 1 ELSE 0 END AS odd
    FROM discussions x
    CROSS JOIN run
    JOIN case_parameters q ON q.subject_id = x.case_id
    UNION ALL
    SELECT x.case_id, 'cases' || '/' || x.case_id AS ref,
           CASE WHEN x.document_on < q.earliest_record_day OR x.document_on > run.as_of THEN 1 ELSE 0 END
           + CASE WHEN x.received_on < q.earliest_record_day OR x.received_on > run.as_of THEN 1 ELSE 0 END AS odd
    FROM rulings x
    CROSS JOIN run
    JOIN case_parameters q ON q.subject_id = x.case_id
    UNION ALL
    SELECT x.case_id, 'cases' || '/' || x.case_id AS ref,
           CASE WHEN x.from_on < q.earliest_record_day OR x.from_on > run.as_of THEN 1 ELSE 0 END
           + CASE WHEN x.from_on > x.to_on THEN 1 ELSE 0 END AS odd
    FROM exclusions x
    CROSS JOIN run
    JOIN case_parameters q ON q.subject_id = x.case_id
    UNION ALL
    SELECT r.case_id, 'events' || '/' || r.event_id AS ref, 1 AS odd
    FROM rest_acts r
    WHERE r.unlawful
), odd_days AS (
    SELECT d.case_id, SUM(d.odd) AS odd,
           STRING_AGG(d.ref, ';' ORDER BY d.ref) AS refs
    FROM days d
    WHERE d.odd > 0
    GROUP BY d.case_id
)
SELECT
    b.subject_id,
    CASE WHEN k.wrong_uscc IS NOT NULL OR k.wrong_organ IS NOT NULL THEN 'due'
         WHEN k.party_known THEN 'not_applicable' ELSE 'due' END AS uscc_scope,
    CASE WHEN COALESCE(k.wrong_uscc, 0) + COALESCE(k.wrong_organ, 0) > 0 OR k.party_known
         THEN COALESCE(k.wrong_uscc, 0) + COALESCE(k.wrong_organ, 0) END AS wrong_uscc_count,
    CASE WHEN k.wrong_uscc = 1 AND k.wrong_organ = 1 THEN 'parties' || '/' || k.party_id || ';' || 'organs' || '/' || k.organ_id
         WHEN k.wrong_uscc = 1 THEN 'parties' || '/' || k.party_id
         WHEN k.wrong_organ = 1 THEN 'organs' || '/' || k.organ_id END AS wrong_uscc_evidence,
    CASE WHEN k.wrong_id IS NOT NULL OR k.wrong_case IS NOT NULL OR k.wrong_party IS NOT NULL THEN 'due'
         WHEN k.party_known THEN 'not_applicable' ELSE 'due' END AS id_scope,
    CASE WHEN COALESCE(k.wrong_id, 0) + COALESCE(k.wrong_case, 0) + COALESCE(k.wrong_party, 0) > 0 OR k.party_known
         THEN COALESCE(k.wrong_id, 0) + COALESCE(k.wrong_case, 0) + COALESCE(k.wrong_party, 0) END AS wrong_id_count,
    CASE WHEN k.wrong_id = 1 OR k.wrong_party = 1 THEN
              CASE WHEN k.wrong_case = 1 THEN 'parties' || '/' || k.party_id || ';' || 'cases' || '/' || b.subject_id
                   ELSE 'parties' || '/' || k.party_id END
         WHEN k.wrong_case = 1 THEN 'cases' || '/' || b.subject_id END AS wrong_id_evidence,
    CASE WHEN n.case_id IS NOT NULL OR i.case_id IS NOT NULL THEN 'due'
         WHEN v.cases__case_no AND v.documents__document_no THEN 'not_applicable' ELSE 'due' END AS numbers_scope,
    CASE WHEN n.alike > 1 OR t.alike > 0 THEN COALESCE(t.alike, 0) + CASE WHEN n.alike > 1 THEN 1 ELSE 0 END
         WHEN (n.case_id IS NOT NULL OR v.cases__case_no) AND v.documents__document_no THEN 0 END AS duplicate_numbers_count,
    CASE WHEN n.alike > 1 THEN n.first_id ELSE t.first_id END AS duplicate_numbers_group,
    CASE WHEN n.alike > 1 AND t.alike > 0 THEN 'cases' || '/' || n.first_id || ';' || 'cases' || '/' || n.last_id || ';' || t.ids
         WHEN n.alike > 1 THEN 'cases' || '/' || n.first_id || ';' || 'cases' || '/' || n.last_id
         ELSE t.ids END AS duplicate_numbers_evidence,
    CASE WHEN w.numbers > 0 THEN 'numbers_inverted' END AS numbers_note,
    CASE WHEN a.kind IS NULL THEN 'not_applicable' ELSE 'due' END AS required_fields_scope,
    CASE WHEN f.blank > 0 THEN f.blank
         WHEN COALESCE(f.unknown, 0) = 0 AND a.kind IS NOT NULL AND b.procedure IS NOT NULL THEN 0 END AS required_fields_missing_count,
    f.names AS required_fields_missing,
    CASE WHEN d.ids IS NOT NULL AND e.ids IS NOT NULL THEN 'cases' || '/' || b.subject_id || ';' || d.ids || ';' || e.ids
         WHEN d.ids IS NOT NULL THEN 'cases' || '/' || b.subject_id || ';' || d.ids
         WHEN e.ids IS NOT NULL THEN 'cases' || '/' || b.subject_id || ';' || e.ids
         ELSE 'cases' || '/' || b.subject_id END AS required_fields_evidence,
    CASE WHEN o.odd > 0 THEN o.odd
         WHEN b.decided IS NOT NULL AND u.acts IS NULL THEN 0 END AS odd_dates_count,
    o.refs AS odd_dates_evidence
FROM base b
JOIN subjects s ON s.subject_id = b.subject_id
JOIN case_coverage v ON v.subject_id = b.subject_id
JOIN codes_known k ON k.subject_id = b.subject_id
LEFT JOIN case_numbers n ON n.case_id = b.subject_id
LEFT JOIN numbered_cases i ON i.case_id = b.subject_id
LEFT JOIN twin_documents t ON t.case_id = b.subject_id
LEFT JOIN inverted w ON w.case_id = b.subject_id
LEFT JOIN asked a ON a.kind = COALESCE(b.kind, 'any') AND a.procedure = COALESCE(b.procedure, 'any')
    AND a.day = COALESCE(CAST(s.period_on AS VARCHAR), '')
LEFT JOIN fields f ON f.subject_id = b.subject_id
LEFT JOIN undated d ON d.case_id = b.subject_id
LEFT JOIN unserved e ON e.case_id = b.subject_id
LEFT JOIN odd_days o ON o.case_id = b.subject_id
LEFT JOIN unsure_acts u ON u.case_id = b.subject_id
