-- The prior notice of a penalty, the time for pleas, the right to a hearing, the hearing itself.
WITH concerned AS (
    SELECT
        b.subject_id,
        b.decided_on,
        COALESCE(b.decided_on, run.as_of) AS until_on,
        b.kind = 'penalty' AND b.procedure = 'ordinary' AND b.decided AND b.penalised AS concerned,
        COALESCE(b.kind = 'penalty' AND b.procedure = 'ordinary' AND NOT b.decided AND c.result IS NULL, FALSE) AS pending
    FROM base b
    CROSS JOIN run
    JOIN cases c ON c.case_id = b.subject_id
), proofs AS (
    -- A paper proves a service if it goes with the way of it, and if who received it signed where the way needs that.
    SELECT
        s.service_id,
        s.document_id,
        s.served_on,
        CASE WHEN s.proof IS NULL THEN CASE WHEN v.services__proof THEN FALSE END
             WHEN s.method IS NOT NULL AND l.proof IS NULL THEN FALSE
             WHEN s.method IN ('spot', 'direct', 'entrusted') AND COALESCE(NOT s.signed, v.services__signed) THEN FALSE
             ELSE TRUE END AS proven
    FROM services s
    JOIN case_coverage v ON v.subject_id = s.case_id
    LEFT JOIN lists.service_proofs l ON l.method = s.method AND l.proof = s.proof
        AND (l.from_on IS NULL OR l.from_on <= s.served_on)
        AND (l.to_on IS NULL OR l.to_on >= s.served_on)
), served AS (
    -- Each notice: the day it was first served with proof (else without), before or on the day of the decision.
    SELECT
        d.case_id,
        d.document_id,
        d.hearing_told,
        d.elements,
        s.served_on,
        s.proven,
        ROW_NUMBER() OVER (PARTITION BY d.document_id
            ORDER BY CASE WHEN s.proven THEN 0 ELSE 1 END, CASE WHEN NOT s.proven THEN 1 ELSE 0 END,
                     s.served_on NULLS LAST, s.service_id) AS place
    FROM documents d
    JOIN concerned k ON k.subject_id = d.case_id
    LEFT JOIN proofs s ON s.document_id = d.document_id AND s.served_on <= k.until_on
    WHERE d.kind = 'notice'
), replies AS (
    -- What the party did on the day of the decision: an answer, or a written waiver, had the notice before it.
    SELECT a.case_id,
           MAX(CASE WHEN a.kind IN ('plea', 'hearing_request') OR a.kind = 'waiver' AND a.written THEN 1 ELSE 0 END) AS replied,
           MAX(CASE WHEN a.kind = 'waiver' AND a.written IS NULL AND NOT v.party_acts__written THEN 1 ELSE 0 END) AS unsure
    FROM party_acts a
    JOIN concerned k ON k.subject_id = a.case_id
    JOIN case_coverage v ON v.subject_id = a.case_id
    WHERE a.acted_on = k.decided_on
    GROUP BY a.case_id
), lacking AS (
    SELECT s.document_id, COUNT(*) AS elements
    FROM served s
    JOIN lists.notice_elements l ON (l.from_on IS NULL OR l.from_on <= s.served_on)
        AND (l.to_on IS NULL OR l.to_on >= s.served_on)
    WHERE s.place = 1 AND STRPOS(';' || REPLACE(COALESCE(s.elements, ''), ' ', '') || ';', ';' || l.element || ';') = 0
    GROUP BY s.document_id
), notices AS (
    SELECT
        s.case_id,
        s.document_id,
        s.served_on,
        s.hearing_told,
        -- Served on the day of the decision, it came before it only where the party is known to have answered.
        CASE WHEN s.served_on IS NULL THEN CASE WHEN v.services__served_on AND v.services__document_id THEN FALSE END
             WHEN s.served_on < k.until_on OR k.decided_on IS NULL OR r.replied = 1 THEN TRUE
             WHEN COALESCE(r.unsure, 0) = 0 AND v.party_acts__kind AND v.party_acts__acted_on THEN FALSE END AS in_time,
        CASE WHEN s.served_on IS NOT NULL THEN s.proven
             WHEN v.services__served_on AND v.services__document_id THEN FALSE END AS proven,
        CASE WHEN s.served_on IS NULL THEN NULL
             WHEN s.elements IS NULL AND NOT v.documents__elements THEN NULL
             ELSE COALESCE(l.elements, 0) = 0 END AS complete
    FROM served s
    JOIN concerned k ON k.subject_id = s.case_id
    JOIN case_coverage v ON v.subject_id = s.case_id
    LEFT JOIN replies r ON r.case_id = s.case_id
    LEFT JOIN lacking l ON l.document_id = s.document_id
    WHERE s.place = 1
), counted AS (
    SELECT n.case_id,
           COUNT(CASE WHEN n.in_time AND n.proven AND n.complete THEN 1 END) AS proper,
           COUNT(CASE WHEN (n.in_time AND n.proven AND n.complete) IS NULL THEN 1 END) AS unsure,
           MIN(CASE WHEN n.in_time AND n.proven AND n.complete THEN n.served_on END) AS first_on,
           MAX(n.served_on) AS last_on,
           MAX(CASE WHEN n.hearing_told THEN 1 ELSE 0 END) AS told,
           MAX(CASE WHEN n.hearing_told IS NULL THEN 1 ELSE 0 END) AS told_unsure,
           STRING_AGG('documents' || '/' || n.document_id, ';' ORDER BY n.document_id) AS ids
    FROM notices n
    GROUP BY n.case_id
), heavy AS (
    SELECT k.case_id, COUNT(*) AS kinds
    FROM cases__penalty_kinds k
    JOIN subjects t ON t.subject_id = k.case_id
    JOIN lists.hearing_kinds l ON l.penalty_kind = k.code
        AND (l.from_on IS NULL OR l.from_on <= t.period_on)
        AND (l.to_on IS NULL OR l.to_on >= t.period_on)
    GROUP BY k.case_id
), amounts AS (
    -- What reaches both thresholds, or neither, needs no kind of party; a sole trader is a natural person (民法典 54).
    SELECT
        c.case_id,
        CASE WHEN q.hearing_fine_person IS NULL THEN FALSE
             WHEN c.fine_yuan IS NULL THEN CASE WHEN v.cases__fine_yuan THEN FALSE END
             WHEN c.fine_yuan >= GREATEST(q.hearing_fine_person, q.hearing_fine_organisation) THEN TRUE
             WHEN c.fine_yuan < LEAST(q.hearing_fine_person, q.hearing_fine_organisation) THEN FALSE
             WHEN p.kind IN ('person', 'sole_trader') THEN c.fine_yuan >= q.hearing_fine_person
             WHEN p.kind = 'organisation' THEN c.fine_yuan >= q.hearing_fine_organisation END AS fine,
        CASE WHEN q.hearing_confiscation_person IS NULL THEN FALSE
             WHEN c.confiscated_yuan IS NULL THEN CASE WHEN v.cases__confiscated_yuan THEN FALSE END
             WHEN c.confiscated_yuan >= GREATEST(q.hearing_confiscation_person, q.hearing_confiscation_organisation) THEN TRUE
             WHEN c.confiscated_yuan < LEAST(q.hearing_confiscation_person, q.hearing_confiscation_organisation) THEN FALSE
             WHEN p.kind IN ('person', 'sole_trader') THEN c.confiscated_yuan >= q.hearing_confiscation_person
             WHEN p.kind = 'organisation' THEN c.confiscated_yuan >= q.hearing_confiscation_organisation END AS confiscation,
        CASE WHEN h.kinds > 0 THEN TRUE WHEN v.cases__penalty_kinds THEN FALSE END AS kind
    FROM cases c
    JOIN case_parameters q ON q.subject_id = c.case_id
    JOIN case_coverage v ON v.subject_id = c.case_id
    LEFT JOIN parties p ON p.party_id = c.party_id
    LEFT JOIN heavy h ON h.case_id = c.case_id
), given_up AS (
    SELECT a.case_id, a.acted_on,
           MAX(CASE WHEN w.written THEN 1 ELSE 0 END) AS written,
           MAX(CASE WHEN w.kind IS NOT NULL AND w.written IS NULL AND NOT v.party_acts__written THEN 1 ELSE 0 END) AS unsure
    FROM party_acts a
    JOIN concerned k ON k.subject_id = a.case_id
    JOIN case_coverage v ON v.subject_id = a.case_id
    LEFT JOIN party_acts w ON w.case_id = a.case_id AND w.kind = 'waiver' AND w.acted_on >= a.acted_on
        AND w.acted_on <= k.decided_on
    WHERE a.kind = 'hearing_request' AND a.acted_on <= k.decided_on
    GROUP BY a.case_id, a.acted_on
), requests AS (
    -- The first request for a hearing that was not given up later in writing, and the first one
    -- of which a source that does not know the form of a waiver cannot say so.
    SELECT g.case_id,
           MIN(CASE WHEN g.written = 0 AND g.unsure = 0 THEN g.acted_on END) AS asked_on,
           MIN(CASE WHEN g.written = 0 AND g.unsure = 1 THEN g.acted_on END) AS unsure_on
    FROM given_up g
    GROUP BY g.case_id
), investigators AS (
    SELECT c.case_id, c.handler_id AS officer_id
    FROM cases c
    WHERE c.handler_id IS NOT NULL
    UNION
    SELECT e.case_id, o.officer_id
    FROM events e
    JOIN event_officers o ON o.event_id = e.event_id
    WHERE e.stage = 'investigate' AND o.officer_id IS NOT NULL
), hearing AS (
    SELECT
        h.case_id,
        MIN(h.held_on) AS first_on,
        MAX(CASE WHEN h.held_on <= k.decided_on THEN 1 ELSE 0 END) AS held,
        MAX(CASE WHEN i.officer_id IS NOT NULL THEN 1 ELSE 0 END) AS chair_investigated,
        MAX(CASE WHEN h.notice_served_on IS NULL AND v.hearings__notice_served_on THEN 1 ELSE 0 END) AS unannounced
    FROM hearings h
    CROSS JOIN run
    JOIN concerned k ON k.subject_id = h.case_id
    JOIN case_coverage v ON v.subject_id = h.case_id
    LEFT JOIN investigators i ON i.case_id = h.case_id AND i.officer_id = h.chair_id
    WHERE h.held_on <= run.as_of
    GROUP BY h.case_id
), answers AS (
    SELECT
        k.subject_id,
        k.concerned,
        k.pending,
        k.decided_on,
        v.documents__kind AND v.documents__document_id AS documents_known,
        v.party_acts__kind AND v.party_acts__acted_on AND v.hearings__held_on AS hearing_known,
        COALESCE(n.proper, 0) AS proper,
        COALESCE(n.unsure, 0) AS unsure,
        n.first_on,
        n.last_on,
        n.ids,
        CASE WHEN n.told = 1 THEN TRUE
             WHEN n.case_id IS NULL AND v.documents__kind THEN FALSE
             WHEN n.told_unsure = 0 OR v.documents__hearing_told THEN FALSE END AS told,
        a.kind OR a.fine OR a.confiscation AS hearing_right,
        a.kind AS heavy_kind,
        CASE WHEN COALESCE(h.held, 0) = 0 AND v.hearings__held_on THEN r.asked_on END AS unheard_on,
        COALESCE(h.held, 0) = 0 AND r.unsure_on IS NOT NULL
            AND (r.asked_on IS NULL OR r.unsure_on < r.asked_on) AS waiver_unsure,
        h.chair_investigated,
        h.unannounced,
        h.first_on AS heard_on,
        q.short_periods_working_days
    FROM concerned k
    JOIN case_coverage v ON v.subject_id = k.subject_id
    JOIN case_parameters q ON q.subject_id = k.subject_id
    JOIN amounts a ON a.case_id = k.subject_id
    LEFT JOIN counted n ON n.case_id = k.subject_id
    LEFT JOIN requests r ON r.case_id = k.subject_id
    LEFT JOIN hearing h ON h.case_id = k.subject_id
)
SELECT
    a.subject_id,
    CASE WHEN NOT a.concerned THEN 'not_applicable' ELSE 'due' END AS notice_scope,
    CASE WHEN NOT COALESCE(a.concerned, FALSE) THEN NULL
         WHEN a.proper > 0 THEN a.proper
         WHEN a.unsure = 0 AND a.documents_known THEN 0 END AS notices_served_count,
    CASE WHEN a.first_on = a.decided_on THEN 'order_unknown' END AS notice_note,
    a.ids AS notice_evidence,
    a.short_periods_working_days IS NOT NULL AS short_periods_settled,
    CASE WHEN a.short_periods_working_days IS NULL THEN 'days_not_settled' END AS reply_window_note,
    -- The hearing: not told fails at once (no time since the decision); a request in time that was
    -- not heard fails by its own day; otherwise the time for a request has run out.
    -- Before the decision it is open whether a hearing will be due.
    CASE WHEN a.pending THEN COALESCE(a.told, FALSE) AND a.last_on IS NOT NULL
         ELSE a.concerned AND a.hearing_right END AS hearing_offer_duty,
    CASE WHEN a.pending THEN a.last_on
         WHEN NOT a.told THEN a.decided_on
         WHEN a.waiver_unsure THEN NULL
         WHEN a.last_on IS NOT NULL AND a.unheard_on IS NOT NULL THEN a.last_on
         WHEN a.told AND a.hearing_known THEN COALESCE(c.filed_on, a.last_on) END AS hearing_offered_on,
    CASE WHEN a.pending THEN NULL
         WHEN NOT a.told THEN a.decided_on
         WHEN a.unheard_on IS NOT NULL THEN a.unheard_on
         ELSE run.as_of END AS hearing_asked_on,
    CASE WHEN NOT a.told THEN 'hearing_not_told'
         WHEN a.unheard_on IS NOT NULL AND NOT a.waiver_unsure THEN 'hearing_not_held' END AS hearing_offer_fault,
    COALESCE(a.heavy_kind, FALSE) OR COALESCE(a.told AND a.unheard_on IS NOT NULL, FALSE) AS hearing_right_settled,
    a.heard_on AS hearing_held_on,
    COALESCE(a.chair_investigated, 0) = 1 AS hearing_chair_investigated,
    CASE WHEN a.chair_investigated = 1 THEN 'chair_investigated'
         WHEN a.unannounced = 1 THEN 'hearing_unannounced' END AS hearing_note
FROM answers a
CROSS JOIN run
JOIN cases c ON c.case_id = a.subject_id
