-- Each legal review, from complete material to its end. An extension counts if a head granted it
-- while the ordinary time still ran; so an extended review is two rows: up to the extension
-- within the ordinary time, and to its end within the longer one. Where a source cannot tell the
-- day of complete material, nobody can tell the start; where it can and has none, the material
-- was complete as submitted.
WITH reviews AS (
    SELECT
        r.case_id,
        r.review_id,
        CASE WHEN r.complete_on IS NOT NULL THEN r.complete_on
             WHEN v.legal_reviews__complete_on THEN r.submitted_on END AS start_on,
        r.concluded_on,
        CASE WHEN r.extended_on <= run.as_of THEN r.extended_on END AS extended_on,
        r.extended_on <= run.as_of AND r.extension_approver_role IN ('principal', 'deputy') AS granted,
        CASE WHEN r.extended_on IS NULL THEN v.legal_reviews__extended_on
             ELSE r.extension_approver_role IS NOT NULL OR v.legal_reviews__extension_approver_role END AS extension_known,
        v.legal_reviews__concluded_on AS end_known
    FROM legal_reviews r
    CROSS JOIN run
    JOIN case_coverage v ON v.subject_id = r.case_id
), first_parts AS (
    SELECT q.case_id, q.review_id, q.start_on,
           CASE WHEN q.concluded_on < q.extended_on THEN q.concluded_on ELSE q.extended_on END AS stop_on
    FROM reviews q
    WHERE q.granted
), parts AS (
    SELECT q.case_id, 'legal_reviews' || '/' || q.review_id AS row_id, q.start_on,
           q.concluded_on AS stop_on, q.end_known, q.extension_known,
           CASE WHEN q.granted THEN 'extended' END AS term
    FROM reviews q
    UNION ALL
    SELECT p.case_id, 'legal_reviews' || '/' || p.review_id || '/' || 'extended' AS row_id, p.start_on,
           CASE WHEN p.stop_on < p.start_on THEN p.start_on ELSE p.stop_on END AS stop_on,
           TRUE AS end_known, TRUE AS extension_known, NULL AS term
    FROM first_parts p
)
SELECT
    p.case_id AS subject_id,
    p.row_id,
    TRUE AS review_duty,
    p.start_on AS material_complete_on,
    p.stop_on AS review_stopped_on,
    p.end_known AS review_stop_known,
    p.extension_known,
    p.term
FROM parts p
