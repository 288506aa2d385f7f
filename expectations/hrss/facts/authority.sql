-- Authority: officers at the acts of a case and their certificates; the item, the place, the
-- delegation and the articles a decision stands on; recusal.
WITH item AS (
    -- The item of the case in its organ's list: for its kind, and on the day of the decision.
    SELECT
        b.subject_id,
        COUNT(*) AS listed,
        MAX(a.field) AS field,
        COUNT(CASE WHEN (a.kind = b.kind OR a.kind = 'penalty' AND b.kind = 'non_penalty')
                        AND (a.from_on <= b.decided_on OR a.from_on IS NULL AND v.authority_items__from_on)
                        AND (a.to_on >= b.decided_on OR a.to_on IS NULL AND v.authority_items__to_on) THEN 1 END) AS surely,
        COUNT(CASE WHEN (a.kind IS NULL OR b.kind IS NULL OR a.kind = b.kind OR a.kind = 'penalty' AND b.kind = 'non_penalty')
                        AND (a.from_on IS NULL OR a.from_on <= b.decided_on)
                        AND (a.to_on IS NULL OR a.to_on >= b.decided_on) THEN 1 END) AS perhaps
    FROM base b
    JOIN cases c ON c.case_id = b.subject_id
    JOIN case_coverage v ON v.subject_id = b.subject_id
    JOIN authority_items a ON a.organ_id = c.organ_id AND a.item_code = c.item_code
    GROUP BY b.subject_id
), acts AS (
    SELECT
        e.case_id,
        e.event_id,
        o.officer_id,
        CAST(e.start_at AS DATE) AS act_on
    FROM events e
    CROSS JOIN run
    JOIN event_officers o ON o.event_id = e.event_id
    WHERE e.start_at IS NULL OR CAST(e.start_at AS DATE) <= run.as_of
), held AS (
    -- The fields of a certificate count where the source tells them, and the item has one.
    SELECT
        a.case_id,
        a.event_id,
        a.officer_id,
        CASE WHEN a.act_on IS NULL THEN NULL
             WHEN t.certificate_no IS NULL THEN 0
             WHEN a.act_on < t.valid_from_on OR a.act_on > t.valid_to_on THEN 0
             WHEN a.act_on >= t.suspended_from_on AND a.act_on <= t.suspended_to_on THEN 0
             WHEN i.field IS NOT NULL AND v.certificates__field AND f.code IS NULL THEN 0
             WHEN a.act_on >= t.suspended_from_on AND t.suspended_to_on IS NULL THEN
                  CASE WHEN v.certificates__suspended_to_on THEN 0 END
             WHEN t.suspended_from_on IS NULL AND NOT v.certificates__suspended_from_on THEN NULL
             WHEN a.act_on >= t.valid_from_on AND a.act_on <= t.valid_to_on THEN 1 END AS valid
    FROM acts a
    JOIN case_coverage v ON v.subject_id = a.case_id
    LEFT JOIN item i ON i.subject_id = a.case_id
    LEFT JOIN certificates t ON t.officer_id = a.officer_id
    LEFT JOIN certificates__field f ON f.certificate_no = t.certificate_no AND f.code = i.field
), judged AS (
    SELECT h.case_id, h.event_id, h.officer_id,
           CASE WHEN MAX(h.valid) = 1 THEN 1
                WHEN SUM(CASE WHEN h.valid IS NULL THEN 1 ELSE 0 END) = 0 THEN 0 END AS valid
    FROM held h
    GROUP BY h.case_id, h.event_id, h.officer_id
), by_event AS (
    -- Officers at an act who surely, and who perhaps, held a certificate.
    SELECT
        j.event_id,
        SUM(CASE WHEN j.valid = 1 AND v.certificates__valid_to_on AND v.certificates__valid_from_on THEN 1 ELSE 0 END) AS certain,
        SUM(CASE WHEN j.valid = 0 AND v.certificates__valid_to_on AND v.certificates__valid_from_on THEN 0 ELSE 1 END) AS possible
    FROM judged j
    JOIN case_coverage v ON v.subject_id = j.case_id
    GROUP BY j.event_id
), crews AS (
    -- Acts that need the least number of officers, unless a law says otherwise.
    SELECT
        e.case_id,
        e.event_id,
        CASE WHEN COALESCE(n.certain, 0) >= q.officers_minimum THEN 0
             WHEN NOT v.event_officers__officer_id THEN NULL
             WHEN COALESCE(n.possible, 0) >= q.officers_minimum THEN NULL
             WHEN NOT v.events__law_exception THEN NULL
             ELSE 1 END AS failed,
        COALESCE(n.possible, 0) < q.officers_minimum AND n.event_id IS NOT NULL AS too_few
    FROM events e
    CROSS JOIN run
    JOIN case_parameters q ON q.subject_id = e.case_id
    JOIN case_coverage v ON v.subject_id = e.case_id
    JOIN lists.two_officer_events l ON l.event_kind = e.kind
        AND (l.from_on IS NULL OR e.start_at IS NULL OR l.from_on <= CAST(e.start_at AS DATE))
        AND (l.to_on IS NULL OR e.start_at IS NULL OR l.to_on >= CAST(e.start_at AS DATE))
    LEFT JOIN by_event n ON n.event_id = e.event_id
    WHERE (e.start_at IS NULL OR CAST(e.start_at AS DATE) <= run.as_of)
        AND e.law_exception IS NULL AND q.officers_minimum IS NOT NULL
), crewed AS (
    SELECT c.case_id, COUNT(*) AS events,
           SUM(c.failed) AS failed,
           SUM(CASE WHEN c.failed IS NULL THEN 1 ELSE 0 END) AS unknown,
           SUM(CASE WHEN c.too_few THEN 1 ELSE 0 END) AS too_few,
           STRING_AGG('events' || '/' || c.event_id, ';' ORDER BY c.event_id) FILTER (WHERE c.failed = 1) AS ids
    FROM crews c
    GROUP BY c.case_id
), counted AS (
    SELECT j.case_id,
           SUM(CASE WHEN j.valid = 0 THEN 1 ELSE 0 END) AS failed,
           SUM(CASE WHEN j.valid IS NULL THEN 1 ELSE 0 END) AS unknown,
           STRING_AGG('events' || '/' || j.event_id, ';' ORDER BY j.event_id, j.officer_id) FILTER (WHERE j.valid = 0) AS ids
    FROM judged j
    GROUP BY j.case_id
), ruled AS (
    -- The levels that may act in a case of this sort, and whether that of the organ is among them.
    SELECT b.subject_id, COUNT(l.level) AS levels,
           COUNT(CASE WHEN l.level = o.level THEN 1 END) AS own_level
    FROM (
        SELECT x.subject_id, CASE WHEN x.clock IS NOT NULL THEN x.clock WHEN v.cases__clock THEN 'general' END AS clock
        FROM base x
        JOIN case_coverage v ON v.subject_id = x.subject_id
    ) b
    JOIN subjects s ON s.subject_id = b.subject_id
    LEFT JOIN organs o ON o.organ_id = s.organ_id
    LEFT JOIN lists.jurisdiction_levels l ON l.clock = b.clock
        AND l.from_on <= s.period_on AND (l.to_on IS NULL OR l.to_on >= s.period_on)
    GROUP BY b.subject_id
), areas AS (
    -- What the codes inside an organ's area begin with: its codes, without the zeros that stand for
    -- a whole province or city. (Where a code does not end in such zeros, the last slash stays.)
    SELECT r.organ_id, r.code, r.code AS beginning
    FROM organs__region_codes r
    UNION
    SELECT r.organ_id, r.code, REPLACE(r.code || '/', l.suffix || '/', '') AS beginning
    FROM organs__region_codes r
    CROSS JOIN lists.region_levels l
), places AS (
    SELECT DISTINCT c.organ_id, c.region_code FROM cases c
), covered AS (
    SELECT DISTINCT c.organ_id, c.region_code
    FROM places c
    JOIN areas a ON a.organ_id = c.organ_id AND STRPOS(c.region_code, a.beginning) = 1
), vague AS (
    -- A place named by its whole province or city, of which the organ's area is a part.
    SELECT DISTINCT c.organ_id, c.region_code
    FROM places c
    CROSS JOIN lists.region_levels l
    JOIN areas a ON a.organ_id = c.organ_id
        AND STRPOS(a.code, REPLACE(c.region_code || '/', l.suffix || '/', '')) = 1
), delegable AS (
    SELECT DISTINCT i.delegation_id, i.code
    FROM delegations__item_codes i
), place AS (
    -- Whether the organ covers the place, and whether its level may act: 1 it does not, 0 it does.
    SELECT
        b.subject_id,
        CASE WHEN c.designation_document_id IS NOT NULL OR r.organ_id IS NOT NULL THEN 0
             WHEN NOT v.cases__designation_document_id OR o.region_codes IS NULL OR c.region_code IS NULL
                  OR g.organ_id IS NOT NULL THEN NULL
             ELSE 1 END AS outside,
        CASE WHEN c.designation_document_id IS NOT NULL OR l.own_level > 0 THEN 0
             WHEN NOT v.cases__designation_document_id OR o.level IS NULL
                  OR b.clock IS NULL AND NOT v.cases__clock THEN NULL
             ELSE 1 END AS wrong_level,
        l.levels = 0 AND (b.clock IS NOT NULL OR v.cases__clock) AS unruled
    FROM base b
    JOIN cases c ON c.case_id = b.subject_id
    JOIN ruled l ON l.subject_id = b.subject_id
    JOIN case_coverage v ON v.subject_id = b.subject_id
    LEFT JOIN organs o ON o.organ_id = c.organ_id
    LEFT JOIN covered r ON r.organ_id = c.organ_id AND r.region_code = c.region_code
    LEFT JOIN vague g ON g.organ_id = c.organ_id AND g.region_code = c.region_code
), jurisdiction AS (
    SELECT p.subject_id, p.unruled,
           CASE WHEN p.outside = 1 OR p.wrong_level = 1 THEN COALESCE(p.outside, 0) + COALESCE(p.wrong_level, 0)
                ELSE p.outside + p.wrong_level END AS faults
    FROM place p
), first_act AS (
    SELECT e.case_id,
           MIN(CAST(e.start_at AS DATE)) AS act_on,
           MAX(CASE WHEN e.kind = 'seizure' THEN 1 ELSE 0 END) AS seized
    FROM events e
    CROSS JOIN run
    WHERE CAST(e.start_at AS DATE) <= run.as_of
    GROUP BY e.case_id
), delegation AS (
    -- What puts a delegated case outside its delegation: 1 it does, 0 it does not, null unknown.
    SELECT
        b.subject_id,
        CASE WHEN d.delegation_id IS NOT NULL THEN 0 WHEN v.delegations__delegation_id THEN 1 END AS missing,
        CASE WHEN d.delegation_id IS NULL OR i.code IS NOT NULL THEN 0
             WHEN c.item_code IS NULL AND NOT v.cases__item_code
                  OR d.item_codes IS NULL AND NOT v.delegations__item_codes THEN NULL
             ELSE 1 END AS other_item,
        CASE WHEN d.delegation_id IS NULL THEN 0
             WHEN COALESCE(a.act_on, c.filed_on, b.decided_on) < d.from_on
                  OR b.decided_on < d.from_on
                  OR COALESCE(a.act_on, c.filed_on, b.decided_on) > d.to_on OR b.decided_on > d.to_on THEN 1
             WHEN d.from_on IS NULL AND NOT v.delegations__from_on
                  OR d.to_on IS NULL AND NOT v.delegations__to_on
                  OR a.act_on IS NULL AND NOT v.events__start_at THEN NULL
             ELSE 0 END AS outside_term,
        CASE WHEN d.delegation_id IS NULL OR c.acting_name = COALESCE(d.delegating_name, o.name) THEN 0
             WHEN COALESCE(d.delegating_name, o.name) IS NULL
                  OR c.acting_name IS NULL AND NOT v.cases__acting_name THEN NULL
             ELSE 1 END AS other_name,
        CASE WHEN b.kind = 'coercion' OR a.seized = 1 THEN 1
             WHEN v.events__kind THEN 0 END AS coercive,
        CASE WHEN d.redelegated THEN 1
             WHEN d.delegation_id IS NULL OR d.redelegated IS NOT NULL OR v.delegations__redelegated THEN 0 END AS passed_on
    FROM base b
    JOIN cases c ON c.case_id = b.subject_id
    JOIN case_coverage v ON v.subject_id = b.subject_id
    LEFT JOIN delegations d ON d.delegation_id = c.delegation_id
    LEFT JOIN organs o ON o.organ_id = d.organ_id
    LEFT JOIN delegable i ON i.delegation_id = c.delegation_id AND i.code = c.item_code
    LEFT JOIN first_act a ON a.case_id = b.subject_id
    WHERE c.delegation_id IS NOT NULL
), delegated AS (
    SELECT d.subject_id,
           COALESCE(d.missing, 0) + COALESCE(d.other_item, 0) + COALESCE(d.outside_term, 0)
               + COALESCE(d.other_name, 0) + COALESCE(d.coercive, 0) + COALESCE(d.passed_on, 0) AS failed,
           d.missing IS NULL OR d.other_item IS NULL OR d.outside_term IS NULL OR d.other_name IS NULL
               OR d.coercive IS NULL OR d.passed_on IS NULL AS unknown
    FROM delegation d
), articles AS (
    -- Each article cited: in force at the act or at the decision (which is the lighter, no record
    -- tells), and of a rank that can carry a decision.
    SELECT
        b.subject_id,
        x.code,
        CASE WHEN l.basis_code IS NULL THEN CASE WHEN v.law_articles__basis_code THEN 0 END
             WHEN l.rank = 'other' OR l.article IS NULL AND v.law_articles__article THEN 0
             WHEN l.from_on > b.decided_on THEN 0
             WHEN l.rank IS NULL OR l.article IS NULL THEN NULL
             WHEN l.from_on IS NULL AND NOT v.law_articles__from_on
                  OR l.to_on IS NULL AND NOT v.law_articles__to_on THEN NULL
             WHEN l.to_on IS NULL OR l.to_on >= b.decided_on THEN 1
             WHEN l.to_on >= COALESCE(c.act_from_on, c.act_to_on)
                  AND (l.from_on IS NULL OR l.from_on <= COALESCE(c.act_to_on, c.act_from_on)) THEN 1
             WHEN c.act_from_on IS NULL AND c.act_to_on IS NULL THEN NULL
             ELSE 0 END AS valid
    FROM base b
    JOIN cases c ON c.case_id = b.subject_id
    JOIN case_coverage v ON v.subject_id = b.subject_id
    JOIN cases__basis_codes x ON x.case_id = b.subject_id
    LEFT JOIN law_articles l ON l.basis_code = x.code
), bases AS (
    SELECT a.subject_id,
           COUNT(*) AS cited,
           SUM(CASE WHEN a.valid = 0 THEN 1 ELSE 0 END) AS failed,
           SUM(CASE WHEN a.valid IS NULL THEN 1 ELSE 0 END) AS unknown,
           SUM(CASE WHEN a.valid = 1 THEN 1 ELSE 0 END) AS valid,
           STRING_AGG('law_articles' || '/' || a.code, ';' ORDER BY a.code) FILTER (WHERE a.valid = 0) AS ids
    FROM articles a
    GROUP BY a.subject_id
), requests AS (
    -- Requests for recusal: 1 not decided by a head before the decision, 0 decided, null unknown.
    SELECT
        b.subject_id,
        CASE WHEN a.answered_on <= COALESCE(b.decided_on, run.as_of) AND a.answered_by_role IN ('principal', 'deputy') THEN 0
             WHEN a.answered_on IS NULL AND NOT v.party_acts__answered_on THEN NULL
             WHEN a.answered_on <= COALESCE(b.decided_on, run.as_of) AND a.answered_by_role IS NULL
                  AND NOT v.party_acts__answered_by_role THEN NULL
             ELSE 1 END AS failed,
        CASE WHEN a.answered_on <= COALESCE(b.decided_on, run.as_of) THEN 0
             WHEN a.answered_on IS NULL AND NOT v.party_acts__answered_on THEN 0
             ELSE 1 END AS undecided
    FROM party_acts a
    CROSS JOIN run
    JOIN base b ON b.subject_id = a.case_id
    JOIN case_coverage v ON v.subject_id = a.case_id
    WHERE a.kind = 'recusal_request' AND (a.acted_on IS NULL OR a.acted_on <= run.as_of)
        AND (a.acted_on IS NULL OR b.decided_on IS NULL OR a.acted_on <= b.decided_on)
), asked AS (
    SELECT r.subject_id, COUNT(*) AS requests, SUM(r.failed) AS failed, SUM(r.undecided) AS undecided,
           SUM(CASE WHEN r.failed IS NULL THEN 1 ELSE 0 END) AS unknown
    FROM requests r
    GROUP BY r.subject_id
), parts AS (
    -- Who took part, and when: officers at an act, chairs of hearings, reviewers.
    SELECT a.case_id, a.officer_id, a.act_on AS part_on, 'events' || '/' || a.event_id AS part_id
    FROM acts a
    UNION ALL
    SELECT h.case_id, h.chair_id AS officer_id, h.held_on AS part_on, NULL AS part_id
    FROM hearings h
    CROSS JOIN run
    WHERE h.held_on <= run.as_of
    UNION ALL
    SELECT r.case_id, r.reviewer_id AS officer_id, r.concluded_on AS part_on, 'legal_reviews' || '/' || r.review_id AS part_id
    FROM legal_reviews r
    CROSS JOIN run
    WHERE r.concluded_on <= run.as_of
), conflict AS (
    SELECT
        c.case_id,
        x.officer_id,
        CASE WHEN p.officer_id IS NULL OR p.part_on < x.declared_on OR p.part_on > x.ended_on THEN 0
             WHEN p.part_on IS NULL OR x.ended_on IS NULL AND NOT v.conflicts__ended_on THEN NULL
             ELSE 1 END AS failed,
        p.part_id
    FROM cases c
    CROSS JOIN run
    JOIN case_coverage v ON v.subject_id = c.case_id
    JOIN conflicts x ON x.party_id = c.party_id AND (x.declared_on IS NULL OR x.declared_on <= run.as_of)
    LEFT JOIN parts p ON p.case_id = c.case_id AND p.officer_id = x.officer_id
    LEFT JOIN officers o ON o.officer_id = x.officer_id
    -- Whoever serves elsewhere and took no part is nobody of this case.
    WHERE p.officer_id IS NOT NULL OR o.organ_id IS NULL OR o.organ_id = c.organ_id
), conflicted AS (
    SELECT x.case_id,
           SUM(x.failed) AS failed,
           SUM(CASE WHEN x.failed IS NULL THEN 1 ELSE 0 END) AS unknown,
           STRING_AGG(x.part_id, ';' ORDER BY x.part_id) FILTER (WHERE x.failed = 1) AS ids
    FROM conflict x
    GROUP BY x.case_id
), recusal AS (
    SELECT
        b.subject_id,
        b.decided,
        b.closed,
        a.requests,
        a.undecided,
        x.case_id AS conflicts_of,
        x.ids,
        COALESCE(x.failed, 0) + CASE WHEN b.decided THEN COALESCE(a.failed, 0) ELSE 0 END AS failed,
        COALESCE(a.failed, 0) > 0 AND NOT b.decided AS pending,
        COALESCE(x.unknown, 0) = 0 AND COALESCE(a.unknown, 0) = 0
            AND (a.requests IS NOT NULL OR v.party_acts__kind)
            AND v.conflicts__officer_id AND (c.party_id IS NOT NULL OR v.cases__party_id)
            AND (x.case_id IS NULL OR v.events__event_id AND v.event_officers__officer_id
                 AND v.hearings__chair_id AND v.legal_reviews__reviewer_id) AS known
    FROM base b
    JOIN cases c ON c.case_id = b.subject_id
    JOIN case_coverage v ON v.subject_id = b.subject_id
    LEFT JOIN asked a ON a.subject_id = b.subject_id
    LEFT JOIN conflicted x ON x.case_id = b.subject_id
)
SELECT
    b.subject_id,
    CASE WHEN c.case_id IS NULL AND v.events__event_id AND v.event_officers__officer_id
         THEN 'not_applicable' ELSE 'due' END AS officers_scope,
    CASE WHEN NOT v.certificates__valid_to_on OR NOT v.certificates__valid_from_on THEN NULL
         WHEN c.failed > 0 THEN c.failed
         WHEN c.unknown = 0 AND v.events__event_id AND v.event_officers__officer_id THEN 0
    END AS uncertified_officers_count,
    COALESCE(w.too_few, 0) > 0 AS certified_officers_too_few,
    c.ids AS uncertified_evidence,
    CASE WHEN w.events > 0 THEN 'due'
         WHEN q.officers_minimum IS NULL OR v.events__event_id AND v.events__kind THEN 'not_applicable'
         ELSE 'due' END AS two_officers_scope,
    CASE WHEN w.failed > 0 THEN w.failed
         WHEN w.unknown = 0 AND v.events__event_id AND v.events__kind THEN 0 END AS understaffed_events_count,
    w.ids AS understaffed_evidence,
    CASE WHEN NOT b.decided OR q.listed_items_minimum IS NULL THEN 'not_applicable' ELSE 'due' END AS item_listed_scope,
    CASE WHEN NOT COALESCE(b.decided, FALSE) THEN NULL
         WHEN i.surely > 0 THEN i.surely
         WHEN i.perhaps > 0 OR NOT v.authority_items__item_code
              OR k.item_code IS NULL AND NOT v.cases__item_code THEN NULL
         ELSE 0 END AS listed_items_count,
    q.listed_items_minimum,
    CASE WHEN j.unruled THEN 'not_applicable'
         WHEN k.region_code IS NULL AND v.cases__region_code THEN 'not_applicable'
         ELSE 'due' END AS jurisdiction_scope,
    CASE WHEN k.region_code IS NOT NULL THEN j.faults END AS jurisdiction_faults_count,
    CASE WHEN k.delegation_id IS NULL AND v.cases__delegation_id THEN 'not_applicable' ELSE 'due' END AS delegated_scope,
    CASE WHEN d.failed > 0 THEN d.failed WHEN NOT d.unknown THEN 0 END AS delegated_faults_count,
    CASE WHEN k.delegation_id IS NOT NULL THEN 'delegations' || '/' || k.delegation_id END AS delegated_evidence,
    CASE WHEN NOT b.decided THEN 'not_applicable'
         WHEN g.cited IS NULL AND b.kind IN ('inspection', 'other') AND v.cases__basis_codes THEN 'not_applicable'
         ELSE 'due' END AS basis_scope,
    CASE WHEN NOT COALESCE(b.decided, FALSE) THEN NULL
         WHEN g.cited IS NULL AND v.cases__basis_codes AND b.kind IS NOT NULL THEN 1
         WHEN g.failed > 0 THEN g.failed
         WHEN g.unknown = 0 THEN 0 END AS basis_faults_count,
    CASE WHEN g.cited IS NULL THEN v.cases__basis_codes ELSE g.failed = g.cited END AS basis_none_valid,
    g.ids AS basis_evidence,
    CASE WHEN r.failed > 0 THEN 'due'
         WHEN r.pending AND r.known AND NOT COALESCE(r.closed, FALSE) THEN 'not_yet_due'
         WHEN r.pending AND r.known AND r.conflicts_of IS NULL THEN 'not_applicable'
         WHEN r.requests IS NULL AND r.conflicts_of IS NULL AND r.known THEN 'not_applicable'
         ELSE 'due' END AS recusal_scope,
    CASE WHEN r.failed > 0 THEN r.failed
         WHEN r.known AND r.decided IS NOT NULL THEN 0 END AS recusal_faults_count,
    COALESCE(r.undecided, 0) > 0 AND COALESCE(r.decided, FALSE) AS recusal_undecided,
    r.ids AS recusal_evidence
FROM base b
JOIN cases k ON k.case_id = b.subject_id
JOIN case_parameters q ON q.subject_id = b.subject_id
JOIN case_coverage v ON v.subject_id = b.subject_id
JOIN jurisdiction j ON j.subject_id = b.subject_id
JOIN recusal r ON r.subject_id = b.subject_id
LEFT JOIN counted c ON c.case_id = b.subject_id
LEFT JOIN crewed w ON w.case_id = b.subject_id
LEFT JOIN item i ON i.subject_id = b.subject_id
LEFT JOIN delegated d ON d.subject_id = b.subject_id
LEFT JOIN bases g ON g.subject_id = b.subject_id
