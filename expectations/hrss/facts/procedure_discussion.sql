-- Collective discussion of complex or major penalties, before the decision and after new facts.
WITH investigators AS (
    SELECT c.case_id, c.handler_id AS officer_id
    FROM cases c
    WHERE c.handler_id IS NOT NULL
    UNION
    SELECT e.case_id, o.officer_id
    FROM events e
    JOIN event_officers o ON o.event_id = e.event_id
    WHERE e.stage = 'investigate' AND o.officer_id IS NOT NULL
), facts AS (
    SELECT a.case_id, a.acted_on AS fact_on
    FROM party_acts a
    WHERE a.kind IN ('plea', 'supplement') AND a.new_evidence
    UNION ALL
    SELECT h.case_id, h.held_on AS fact_on
    FROM hearings h
    WHERE h.new_evidence
), last_fact AS (
    SELECT f.case_id, MAX(f.fact_on) AS fact_on
    FROM facts f
    JOIN base b ON b.subject_id = f.case_id
    WHERE f.fact_on <= b.decided_on
    GROUP BY f.case_id
), held AS (
    SELECT
        d.case_id,
        d.held_on,
        d.member_ids,
        d.voter_ids,
        d.record_document_id,
        ROW_NUMBER() OVER (PARTITION BY d.case_id ORDER BY d.held_on, d.member_ids, d.voter_ids, d.record_document_id) AS place
    FROM discussions d
    JOIN base b ON b.subject_id = d.case_id
    WHERE d.held_on <= b.decided_on
), members AS (
    SELECT h.case_id, h.place, COUNT(DISTINCT m.code) AS members
    FROM held h
    JOIN discussions__member_ids m ON m.case_id = h.case_id
        AND STRPOS(';' || h.member_ids || ';', ';' || m.code || ';') > 0
    GROUP BY h.case_id, h.place
), votes AS (
    SELECT h.case_id, h.place, COUNT(*) AS voters
    FROM held h
    JOIN investigators i ON i.case_id = h.case_id
        AND STRPOS(';' || h.voter_ids || ';', ';' || i.officer_id || ';') > 0
    GROUP BY h.case_id, h.place
), papers AS (
    SELECT d.case_id, COUNT(*) AS papers
    FROM documents d
    CROSS JOIN run
    WHERE d.kind = 'discussion_record' AND (d.made_on IS NULL OR d.made_on <= run.as_of)
    GROUP BY d.case_id
), judged AS (
    SELECT
        h.case_id,
        CASE WHEN h.held_on < c.investigated_on OR h.held_on < f.fact_on THEN FALSE
             WHEN c.investigated_on IS NULL AND NOT v.cases__investigated_on THEN NULL
             WHEN NOT (v.party_acts__kind AND v.party_acts__acted_on AND v.party_acts__new_evidence
                       AND v.hearings__held_on AND v.hearings__new_evidence) THEN NULL
             ELSE TRUE END AS in_time,
        CASE WHEN h.member_ids IS NULL AND NOT v.discussions__member_ids THEN NULL
             ELSE COALESCE(m.members, 0) >= q.discussion_members END AS enough,
        CASE WHEN w.voters > 0 THEN FALSE
             WHEN h.voter_ids IS NULL AND NOT v.discussions__voter_ids THEN NULL
             WHEN NOT (v.cases__handler_id AND v.event_officers__officer_id AND v.events__stage) THEN NULL
             ELSE TRUE END AS impartial,
        CASE WHEN r.document_id IS NOT NULL OR p.papers > 0 THEN TRUE
             WHEN v.documents__kind AND v.documents__document_id THEN FALSE END AS recorded
    FROM held h
    JOIN cases c ON c.case_id = h.case_id
    JOIN case_coverage v ON v.subject_id = h.case_id
    JOIN case_parameters q ON q.subject_id = h.case_id
    LEFT JOIN last_fact f ON f.case_id = h.case_id
    LEFT JOIN members m ON m.case_id = h.case_id AND m.place = h.place
    LEFT JOIN votes w ON w.case_id = h.case_id AND w.place = h.place
    LEFT JOIN papers p ON p.case_id = h.case_id
    LEFT JOIN documents r ON r.document_id = h.record_document_id
), counted AS (
    SELECT
        j.case_id,
        COUNT(*) AS discussions,
        COUNT(CASE WHEN j.in_time AND j.enough AND j.impartial AND j.recorded THEN 1 END) AS proper,
        COUNT(CASE WHEN (j.in_time AND j.enough AND j.impartial AND j.recorded) IS NULL THEN 1 END) AS unsure,
        MAX(CASE WHEN j.in_time THEN 1 ELSE 0 END) AS timely,
        MAX(CASE WHEN j.enough THEN 1 ELSE 0 END) AS full,
        MAX(CASE WHEN j.impartial THEN 1 ELSE 0 END) AS free
    FROM judged j
    GROUP BY j.case_id
), needed AS (
    SELECT
        b.subject_id,
        b.kind = 'penalty' AND b.procedure = 'ordinary' AND b.decided AND b.penalised
            AND q.discussion_members IS NOT NULL
            AND (b.major OR CASE WHEN c.complex IS NOT NULL THEN c.complex WHEN v.cases__complex THEN FALSE END) AS needed,
        b.major_settled OR COALESCE(c.complex, FALSE) AS settled
    FROM base b
    JOIN cases c ON c.case_id = b.subject_id
    JOIN case_coverage v ON v.subject_id = b.subject_id
    JOIN case_parameters q ON q.subject_id = b.subject_id
)
SELECT
    n.subject_id,
    CASE WHEN NOT n.needed THEN 'not_applicable' ELSE 'due' END AS discussion_scope,
    CASE WHEN n.needed IS NULL OR NOT v.discussions__held_on THEN NULL
         WHEN c.proper > 0 THEN c.proper
         WHEN COALESCE(c.unsure, 0) = 0 THEN 0 END AS discussions_proper_count,
    COALESCE(c.discussions, 0) = 0 AS discussion_absent,
    COALESCE(c.discussions, 0) = 0 AND n.settled AS discussion_absent_settled,
    CASE WHEN c.discussions IS NULL THEN NULL
         WHEN c.timely = 0 THEN 'discussed_too_early'
         WHEN c.full = 0 THEN 'too_few_members'
         WHEN c.free = 0 THEN 'investigator_voted' END AS discussion_note
FROM needed n
JOIN case_coverage v ON v.subject_id = n.subject_id
LEFT JOIN counted c ON c.case_id = n.subject_id
