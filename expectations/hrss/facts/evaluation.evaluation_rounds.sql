-- Rounds of evaluation: two independent reviewers a file, deductions with evidence that add up, and
-- a scheme, a process and results that are open, with outside views that count.
WITH round AS (
    SELECT
        r.round_id, r.rubric_version, r.opened_on, r.closed_on, r.scheme_published_on,
        r.process_published_on, r.results_published_on, r.outside_view_weight, r.maxima_sum,
        r.form, COALESCE(r.base_points, 0) AS base_points, r.direct_most,
        s.subject_id,
        CASE WHEN r.closed_on IS NOT NULL THEN r.closed_on <= run.as_of
             WHEN v.evaluation_rounds__closed_on THEN FALSE END AS closed
    FROM evaluation_rounds r
    CROSS JOIN run
    JOIN subjects s ON s.subject_id = r.round_id
    JOIN case_coverage v ON v.subject_id = s.subject_id
), rating AS (
    SELECT
        e.round_id,
        e.evaluation_id,
        r.rating_id,
        r.reviewer_id,
        r.total_points,
        r.veto_reason,
        CASE WHEN r.locked_at IS NOT NULL THEN CAST(r.locked_at AS DATE) <= run.as_of
             WHEN v.evaluation_ratings__locked_at THEN FALSE END AS locked,
        CASE WHEN r.reviewer_id = c.handler_id OR r.reviewer_unit_id = c.unit_id
                  OR r.reviewer_unit_id = c.handler_unit_id
                  OR r.reviewer_organ_id = c.organ_id AND q.reviewers_from_other_organs = 1 THEN FALSE
             WHEN v.evaluation_ratings__reviewer_unit_id AND v.cases__unit_id
                  AND v.cases__handler_id AND v.cases__handler_unit_id
                  AND (v.evaluation_ratings__reviewer_organ_id OR q.reviewers_from_other_organs = 0)
             THEN TRUE END
        AND CASE WHEN r.seen_other_at IS NOT NULL THEN r.seen_other_at >= r.locked_at
                 WHEN v.evaluation_ratings__seen_other_at THEN TRUE END AS independent
    FROM round t
    CROSS JOIN run
    JOIN evaluations e ON e.round_id = t.round_id
    JOIN evaluation_ratings r ON r.evaluation_id = e.evaluation_id
    JOIN case_coverage v ON v.subject_id = t.subject_id
    JOIN case_parameters q ON q.subject_id = t.subject_id
    LEFT JOIN cases c ON c.case_id = e.case_id
), rated AS (
    SELECT
        r.evaluation_id,
        COUNT(DISTINCT CASE WHEN r.locked AND r.independent THEN r.reviewer_id END) AS surely,
        COUNT(DISTINCT CASE WHEN COALESCE(r.locked, TRUE) AND COALESCE(r.independent, TRUE) THEN r.reviewer_id END) AS perhaps,
        COUNT(CASE WHEN COALESCE(r.locked, TRUE) AND COALESCE(r.independent, TRUE) AND r.total_points IS NULL THEN 1 END) AS untotalled,
        MAX(CASE WHEN r.locked AND r.independent THEN r.total_points END)
            - MIN(CASE WHEN r.locked AND r.independent THEN r.total_points END) AS gap
    FROM rating r
    GROUP BY r.evaluation_id
), file AS (
    SELECT
        t.round_id,
        e.evaluation_id,
        CASE WHEN COALESCE(x.perhaps, 0) < q.evaluation_reviewers
                  THEN CASE WHEN v.evaluation_ratings__locked_at AND v.evaluation_ratings__reviewer_id THEN FALSE END
             WHEN x.surely >= q.evaluation_reviewers THEN TRUE END AS twice,
        CASE WHEN x.gap <= q.evaluation_gap AND x.untotalled = 0 THEN TRUE
             WHEN e.agreed_points IS NOT NULL AND e.adjudicated_on <= run.as_of THEN TRUE
             WHEN x.gap > q.evaluation_gap
                  AND (e.agreed_points IS NOT NULL OR v.evaluations__agreed_points)
                  AND (e.adjudicated_on IS NOT NULL OR v.evaluations__adjudicated_on) THEN FALSE
             WHEN v.evaluation_ratings__total_points AND x.untotalled > 0 THEN FALSE END AS settled
    FROM round t
    CROSS JOIN run
    JOIN evaluations e ON e.round_id = t.round_id
    JOIN case_coverage v ON v.subject_id = t.subject_id
    JOIN case_parameters q ON q.subject_id = t.subject_id
    LEFT JOIN rated x ON x.evaluation_id = e.evaluation_id
), files AS (
    SELECT
        f.round_id,
        COUNT(*) AS files,
        COUNT(CASE WHEN NOT (f.twice AND f.settled) THEN 1 END) AS unsound,
        COUNT(CASE WHEN (f.twice AND f.settled) IS NULL THEN 1 END) AS unknown,
        STRING_AGG('evaluations' || '/' || f.evaluation_id, ';'
                   ORDER BY f.evaluation_id) FILTER (WHERE NOT (f.twice AND f.settled)) AS ids
    FROM file f
    GROUP BY f.round_id
), item AS (
    -- Organs that share a rubric may each deliver its items.
    SELECT i.rubric_version, i.item, MAX(i.maximum) AS maximum,
           COUNT(CASE WHEN i.direct THEN 1 END) > 0 AS direct
    FROM evaluation_items i
    GROUP BY i.rubric_version, i.item
), rubric AS (
    -- What is deducted from the total itself is no part of the maxima.
    SELECT i.rubric_version, COUNT(*) AS items, COUNT(i.maximum) AS known,
           SUM(CASE WHEN NOT i.direct THEN i.maximum END) AS maxima
    FROM item i
    GROUP BY i.rubric_version
), deduction AS (
    SELECT
        r.round_id,
        r.rating_id,
        d.deduction_id,
        d.points,
        d.points_left_out,
        d.not_applicable,
        i.maximum,
        COALESCE(i.direct, FALSE) AS direct,
        CASE WHEN d.item IS NOT NULL THEN TRUE WHEN v.evaluation_deductions__item THEN FALSE END
        AND CASE WHEN d.not_applicable THEN COALESCE(d.points, 0) = 0 AND COALESCE(d.points_left_out, 0) = 0
                 -- Points that nobody could judge: they leave the denominator and cost nothing.
                 WHEN d.points_left_out IS NOT NULL
                      THEN d.points_left_out > 0 AND COALESCE(d.points, 0) = 0
                           AND CASE WHEN i.maximum IS NOT NULL THEN d.points_left_out <= i.maximum
                                    WHEN b.items > 0 AND d.item IS NOT NULL THEN FALSE END
                           AND CASE WHEN d.note IS NOT NULL THEN TRUE
                                    WHEN v.evaluation_deductions__note THEN FALSE END
                 ELSE CASE WHEN d.points < 0 OR d.points > i.maximum THEN FALSE
                           WHEN d.points IS NULL THEN CASE WHEN v.evaluation_deductions__points THEN FALSE END
                           WHEN i.maximum IS NOT NULL THEN TRUE
                           -- An item that the rubric does not have.
                           WHEN b.items > 0 AND d.item IS NOT NULL THEN FALSE END
                 AND CASE WHEN d.evidence_document_ids IS NOT NULL THEN TRUE
                          WHEN v.evaluation_deductions__evidence_document_ids THEN FALSE END
                 AND CASE WHEN d.note IS NOT NULL THEN TRUE
                          WHEN v.evaluation_deductions__note THEN FALSE END
            END AS sound
    FROM rating r
    JOIN round t ON t.round_id = r.round_id
    JOIN evaluation_deductions d ON d.rating_id = r.rating_id
    JOIN case_coverage v ON v.subject_id = t.subject_id
    LEFT JOIN rubric b ON b.rubric_version = t.rubric_version
    LEFT JOIN item i ON i.rubric_version = t.rubric_version AND i.item = d.item
    WHERE r.locked
), summed AS (
    SELECT
        d.rating_id,
        SUM(CASE WHEN NOT COALESCE(d.not_applicable, FALSE) AND NOT d.direct THEN d.points END) AS deducted,
        SUM(CASE WHEN NOT COALESCE(d.not_applicable, FALSE) AND d.direct THEN d.points END) AS direct,
        SUM(CASE WHEN d.direct THEN 0
                 WHEN d.not_applicable THEN d.maximum
                 ELSE d.points_left_out END) AS left_out,
        COUNT(CASE WHEN d.not_applicable AND d.maximum IS NULL THEN 1 END) AS unknown
    FROM deduction d
    GROUP BY d.rating_id
), worth AS (
    SELECT
        r.round_id,
        r.rating_id,
        r.total_points,
        r.veto_reason,
        q.full_marks,
        q.rating_rounding,
        t.base_points,
        COALESCE(s.unknown, 0) AS unknown,
        COALESCE(s.deducted, 0) AS deducted,
        CASE WHEN s.direct > t.direct_most THEN t.direct_most ELSE COALESCE(s.direct, 0) END AS direct,
        q.full_marks - COALESCE(s.left_out, 0) AS taking_part
    FROM rating r
    JOIN round t ON t.round_id = r.round_id
    JOIN case_parameters q ON q.subject_id = t.subject_id
    LEFT JOIN summed s ON s.rating_id = r.rating_id
    WHERE r.locked
), counted AS (
    -- 总分 = 固定分 +（满分 − 固定分）×（参评项满分 − 扣分）÷ 参评项满分 − 直接扣分; written without the division.
    SELECT
        w.*,
        w.base_points * w.taking_part
            + (w.full_marks - w.base_points) * (w.taking_part - w.deducted)
            - w.direct * w.taking_part AS scaled
    FROM worth w
), total AS (
    SELECT
        c.round_id,
        c.rating_id,
        CASE WHEN c.total_points IS NULL THEN CASE WHEN v.evaluation_ratings__total_points THEN FALSE END
             -- A confirmed veto, with its reason: nothing is left of the total.
             WHEN c.veto_reason IS NOT NULL THEN c.total_points = 0
             WHEN c.unknown > 0 OR NOT v.evaluation_deductions__points THEN NULL
             ELSE ABS(c.total_points * c.taking_part - CASE WHEN c.scaled < 0 THEN 0 ELSE c.scaled END)
                  <= c.rating_rounding * c.taking_part END AS sound
    FROM counted c
    JOIN round t ON t.round_id = c.round_id
    JOIN case_coverage v ON v.subject_id = t.subject_id
), maxima AS (
    SELECT
        t.round_id,
        CASE WHEN t.maxima_sum <> q.full_marks OR b.known = b.items AND b.maxima <> q.full_marks THEN FALSE
             WHEN t.maxima_sum IS NOT NULL OR b.known = b.items THEN TRUE
             WHEN v.evaluation_rounds__maxima_sum AND v.evaluation_items__maximum THEN FALSE END AS sound
    FROM round t
    JOIN case_coverage v ON v.subject_id = t.subject_id
    JOIN case_parameters q ON q.subject_id = t.subject_id
    LEFT JOIN rubric b ON b.rubric_version = t.rubric_version
), part AS (
    SELECT d.round_id, d.sound, 'evaluation_deductions' || '/' || d.deduction_id AS id FROM deduction d
    UNION ALL
    SELECT s.round_id, s.sound, 'evaluation_ratings' || '/' || s.rating_id AS id FROM total s
    UNION ALL
    SELECT m.round_id, m.sound, 'evaluation_rounds' || '/' || m.round_id AS id FROM maxima m
), parts AS (
    SELECT
        p.round_id,
        COUNT(CASE WHEN NOT p.sound THEN 1 END) AS unsound,
        COUNT(CASE WHEN p.sound IS NULL THEN 1 END) AS unknown,
        STRING_AGG(p.id, ';' ORDER BY p.id) FILTER (WHERE NOT p.sound) AS ids
    FROM part p
    GROUP BY p.round_id
), locked AS (
    SELECT r.round_id, COUNT(*) AS ratings
    FROM rating r
    WHERE r.locked
    GROUP BY r.round_id
), heard AS (
    SELECT s.round_id, COUNT(*) AS surveys
    FROM surveys s
    CROSS JOIN run
    WHERE s.held_on <= run.as_of AND s.answers > 0
    GROUP BY s.round_id
), barred AS (
    SELECT t.round_id, COUNT(*) AS indicators
    FROM round t
    JOIN evaluation_rounds__indicators i ON i.round_id = t.round_id
    JOIN lists.barred_indicators l ON l.indicator = i.code
        AND (l.from_on IS NULL OR l.from_on <= COALESCE(t.closed_on, t.opened_on))
        AND (l.to_on IS NULL OR l.to_on >= COALESCE(t.closed_on, t.opened_on))
    GROUP BY t.round_id
), requirement AS (
    SELECT
        t.round_id,
        l.requirement,
        CASE l.requirement
            WHEN 'round_rubric' THEN CASE WHEN t.rubric_version IS NOT NULL THEN TRUE WHEN v.evaluation_rounds__rubric_version THEN FALSE END
            WHEN 'round_scheme' THEN CASE WHEN t.scheme_published_on IS NOT NULL THEN t.scheme_published_on <= run.as_of WHEN v.evaluation_rounds__scheme_published_on THEN FALSE END
            WHEN 'round_process' THEN CASE WHEN t.process_published_on IS NOT NULL THEN t.process_published_on <= run.as_of WHEN v.evaluation_rounds__process_published_on THEN FALSE END
            WHEN 'round_results' THEN CASE WHEN t.results_published_on IS NOT NULL THEN t.results_published_on <= run.as_of WHEN v.evaluation_rounds__results_published_on THEN FALSE END
            WHEN 'round_views' THEN CASE WHEN h.surveys > 0 THEN TRUE WHEN v.surveys__round_id AND v.surveys__answers AND v.surveys__held_on THEN FALSE END
            WHEN 'round_weight' THEN CASE WHEN t.outside_view_weight IS NOT NULL THEN t.outside_view_weight > 0 WHEN v.evaluation_rounds__outside_view_weight THEN FALSE END
            WHEN 'round_fines' THEN CASE WHEN x.indicators > 0 THEN FALSE WHEN v.evaluation_rounds__indicators THEN TRUE END
        END AS met
    FROM round t
    CROSS JOIN run
    JOIN case_coverage v ON v.subject_id = t.subject_id
    JOIN lists.evaluation_requirements l ON (l.from_on IS NULL OR l.from_on <= COALESCE(t.closed_on, t.opened_on))
        AND (l.to_on IS NULL OR l.to_on >= COALESCE(t.closed_on, t.opened_on))
    LEFT JOIN heard h ON h.round_id = t.round_id
    LEFT JOIN barred x ON x.round_id = t.round_id
), openness AS (
    SELECT
        r.round_id,
        COUNT(CASE WHEN NOT r.met THEN 1 END) AS missing,
        COUNT(CASE WHEN r.met IS NULL THEN 1 END) AS unknown,
        STRING_AGG(r.requirement, ';' ORDER BY r.requirement) FILTER (WHERE NOT r.met) AS requirements
    FROM requirement r
    GROUP BY r.round_id
)
SELECT
    t.subject_id,
    CASE WHEN t.form = 'self' THEN 'not_applicable'
         WHEN NOT t.closed THEN 'not_yet_due'
         WHEN q.evaluation_reviewers IS NULL AND t.closed THEN 'not_applicable'
         WHEN f.files > 0 OR NOT v.evaluations__round_id THEN 'due'
         ELSE 'not_applicable' END AS reviewers_scope,
    CASE WHEN f.unsound > 0 THEN f.unsound
         WHEN t.closed AND f.unknown = 0 THEN 0 END AS files_without_two_reviewers,
    f.ids AS reviewers_evidence,
    CASE WHEN q.full_marks IS NULL THEN 'not_applicable'
         WHEN k.ratings > 0 OR NOT v.evaluation_ratings__locked_at THEN 'due'
         WHEN t.closed THEN 'not_applicable'
         ELSE 'not_yet_due' END AS deductions_scope,
    CASE WHEN p.unsound > 0 THEN p.unsound
         WHEN p.unknown = 0 AND v.evaluation_ratings__locked_at THEN 0 END AS deductions_unsound,
    p.ids AS deductions_evidence,
    CASE WHEN NOT t.closed THEN 'not_yet_due'
         WHEN o.round_id IS NULL AND t.closed THEN 'not_applicable'
         ELSE 'due' END AS openness_scope,
    CASE WHEN o.missing > 0 THEN o.missing
         WHEN t.closed AND o.unknown = 0 THEN 0 END AS openness_missing,
    o.requirements AS openness_requirements,
    'evaluation_rounds' || '/' || t.round_id AS openness_evidence
FROM round t
JOIN case_coverage v ON v.subject_id = t.subject_id
JOIN case_parameters q ON q.subject_id = t.subject_id
LEFT JOIN files f ON f.round_id = t.round_id
LEFT JOIN parts p ON p.round_id = t.round_id
LEFT JOIN locked k ON k.round_id = t.round_id
LEFT JOIN openness o ON o.round_id = t.round_id
