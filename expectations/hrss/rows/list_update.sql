-- Every change in the period that the list of powers must follow: those on record, and the first
-- or last day of an article on which an item rests that was listed that day. Shared articles
-- get a row for each organ and day.
WITH articles AS (
    SELECT l.basis_code, l.from_on AS changed_on
    FROM law_articles l
    UNION ALL
    SELECT l.basis_code, l.to_on AS changed_on
    FROM law_articles l
), changes AS (
    SELECT c.organ_id, 'list_changes' || '/' || c.change_id AS row_id, c.changed_on
    FROM list_changes c
    UNION
    SELECT a.organ_id,
           'law_articles' || '/' || l.basis_code || '/' || a.organ_id || '/' || CAST(l.changed_on AS VARCHAR) AS row_id,
           l.changed_on
    FROM articles l
    JOIN authority_items__basis_codes i ON i.code = l.basis_code
    JOIN authority_items a ON a.organ_id = i.organ_id AND a.item_code = i.item_code
    WHERE (a.from_on IS NULL OR a.from_on <= l.changed_on)
        AND (a.to_on IS NULL OR a.to_on >= l.changed_on)
), followed AS (
    SELECT
        c.organ_id,
        c.row_id,
        c.changed_on,
        MIN(u.published_on) AS updated_on
    FROM changes c
    CROSS JOIN run
    LEFT JOIN list_versions u ON u.organ_id = c.organ_id AND u.kind = 'authority'
        AND u.published_on >= c.changed_on AND u.published_on <= run.as_of
    WHERE c.changed_on >= run.period_from AND c.changed_on <= run.period_to
        AND c.changed_on <= run.as_of
    GROUP BY c.organ_id, c.row_id, c.changed_on
), told AS (
    SELECT
        f.organ_id AS subject_id,
        f.row_id,
        TRUE AS list_change_made,
        f.changed_on AS list_changed_on,
        f.updated_on AS list_updated_on,
        v.list_versions__kind AND v.list_versions__published_on AS list_update_known
    FROM followed f
    JOIN case_coverage v ON v.subject_id = f.organ_id
    UNION ALL
    -- Who cannot tell all changes cannot say that all were followed.
    SELECT
        s.subject_id,
        'organs' || '/' || s.subject_id AS row_id,
        NULL AS list_change_made,
        NULL AS list_changed_on,
        NULL AS list_updated_on,
        FALSE AS list_update_known
    FROM subjects s
    JOIN case_coverage v ON v.subject_id = s.subject_id
    WHERE NOT (v.list_changes__changed_on AND v.law_articles__from_on AND v.law_articles__to_on
               AND v.authority_items__basis_codes)
)
SELECT t.subject_id, t.row_id, t.list_change_made, t.list_changed_on, t.list_updated_on, t.list_update_known
FROM told t
