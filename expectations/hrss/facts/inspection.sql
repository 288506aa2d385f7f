-- On-site inspections of enterprises: approved, announced, staffed, told, listed; and how often.
WITH visits AS (
    SELECT
        i.case_id,
        i.inspection_id,
        i.event_id,
        c.organ_id,
        i.started_on,
        i.approved_on,
        i.notice_on,
        i.notice_exempt,
        i.result_told_on,
        i.mode,
        i.exempt_code,
        COALESCE(i.party_id, c.party_id) AS party_id,
        COALESCE(i.item_code, c.item_code) AS item_code,
        p.kind <> 'person' AS enterprise
    FROM inspections i
    CROSS JOIN run
    JOIN cases c ON c.case_id = i.case_id
    LEFT JOIN parties p ON p.party_id = COALESCE(i.party_id, c.party_id)
    LEFT JOIN events e ON e.event_id = i.event_id
    WHERE i.started_on <= run.as_of AND COALESCE(e.on_site, TRUE) AND COALESCE(p.kind <> 'person', TRUE)
), undated AS (
    SELECT i.case_id, COUNT(*) AS inspections
    FROM inspections i
    WHERE i.started_on IS NULL
    GROUP BY i.case_id
), listed AS (
    SELECT DISTINCT s.inspection_id
    FROM visits s
    JOIN list_versions l ON l.organ_id = s.organ_id AND l.kind IN ('authority', 'random')
        AND l.published_on <= s.started_on AND (l.removed_on IS NULL OR l.removed_on > s.started_on)
    JOIN list_entries n ON n.list_version_id = l.list_version_id AND n.item_code = s.item_code
), acts AS (
    -- The event of the inspection; where it names none, the inspections of its case on that day.
    SELECT s.inspection_id, s.started_on, s.event_id
    FROM visits s
    WHERE s.event_id IS NOT NULL
    UNION ALL
    SELECT s.inspection_id, s.started_on, e.event_id
    FROM visits s
    JOIN events e ON e.case_id = s.case_id AND CAST(e.start_at AS DATE) = s.started_on
    WHERE s.event_id IS NULL AND e.kind = 'inspection'
), staff AS (
    SELECT
        a.inspection_id,
        COUNT(DISTINCT o.officer_id) AS officers,
        COUNT(DISTINCT CASE WHEN t.valid_from_on <= a.started_on AND t.valid_to_on >= a.started_on
                                 AND NOT COALESCE(t.suspended_from_on <= a.started_on
                                                  AND COALESCE(t.suspended_to_on >= a.started_on, TRUE), FALSE)
                            THEN o.officer_id END) AS certified
    FROM acts a
    JOIN event_officers o ON o.event_id = a.event_id
    LEFT JOIN certificates t ON t.officer_id = o.officer_id
    GROUP BY a.inspection_id
), parts AS (
    SELECT
        s.case_id,
        s.inspection_id,
        l.requirement,
        CASE WHEN s.enterprise IS NULL THEN NULL
             WHEN l.requirement = 'inspection_approved' THEN
                  CASE WHEN s.approved_on IS NOT NULL THEN s.approved_on <= s.started_on
                       WHEN v.inspections__approved_on THEN FALSE END
             WHEN l.requirement = 'inspection_noticed' THEN
                  CASE WHEN s.notice_exempt OR s.notice_on <= s.started_on THEN TRUE
                       WHEN s.notice_exempt IS NULL AND NOT v.inspections__notice_exempt THEN NULL
                       WHEN s.notice_on IS NOT NULL OR v.inspections__notice_on THEN FALSE END
             WHEN l.requirement = 'inspection_staffed' THEN
                  CASE WHEN f.certified >= l.least THEN TRUE
                       WHEN NOT v.events__event_id OR NOT v.event_officers__officer_id THEN NULL
                       WHEN COALESCE(f.officers, 0) < l.least THEN FALSE
                       WHEN v.certificates__valid_from_on AND v.certificates__valid_to_on THEN FALSE END
             WHEN l.requirement = 'inspection_told' THEN
                  CASE WHEN s.result_told_on <= run.as_of THEN TRUE
                       WHEN s.result_told_on IS NULL AND NOT v.inspections__result_told_on THEN NULL
                       WHEN b.decided OR b.closed THEN FALSE
                       WHEN NOT b.decided THEN TRUE END
             WHEN l.requirement = 'inspection_listed' THEN
                  CASE WHEN k.inspection_id IS NOT NULL THEN TRUE
                       WHEN s.item_code IS NULL AND NOT v.inspections__item_code THEN NULL
                       WHEN v.list_entries__item_code AND v.list_versions__published_on
                            AND v.list_versions__kind THEN FALSE END END AS kept,
        CASE WHEN l.requirement = 'inspection_told' AND NOT b.decided AND NOT COALESCE(b.closed, FALSE)
                  AND NOT COALESCE(s.result_told_on <= run.as_of, FALSE)
             THEN 1 ELSE 0 END AS pending
    FROM visits s
    CROSS JOIN run
    JOIN base b ON b.subject_id = s.case_id
    JOIN case_coverage v ON v.subject_id = s.case_id
    JOIN lists.inspection_duties l ON (l.from_on IS NULL OR l.from_on <= s.started_on)
        AND (l.to_on IS NULL OR l.to_on >= s.started_on)
    LEFT JOIN staff f ON f.inspection_id = s.inspection_id
    LEFT JOIN listed k ON k.inspection_id = s.inspection_id
), counted AS (
    SELECT p.case_id,
           SUM(CASE WHEN p.kept THEN 0 WHEN NOT p.kept THEN 1 END) AS failed,
           SUM(CASE WHEN p.kept IS NULL THEN 1 ELSE 0 END) AS unknown,
           MAX(p.pending) AS pending
    FROM parts p
    GROUP BY p.case_id
), named AS (
    SELECT p.case_id,
           STRING_AGG(DISTINCT p.requirement, ';' ORDER BY p.requirement) AS faults,
           STRING_AGG(DISTINCT 'inspections' || '/' || p.inspection_id, ';' ORDER BY 'inspections' || '/' || p.inspection_id) AS ids
    FROM parts p
    WHERE NOT p.kept
    GROUP BY p.case_id
), capped AS (
    -- Every inspection of the enterprise by the organ in the year counts, whatever case it is in.
    SELECT
        s.case_id,
        s.inspection_id,
        s.organ_id,
        s.party_id,
        s.enterprise,
        s.mode,
        s.started_on,
        YEAR(s.started_on) AS in_year,
        SUM(CASE WHEN s.mode IS NOT NULL THEN 1 ELSE 0 END) OVER (PARTITION BY s.organ_id, s.party_id, YEAR(s.started_on) ORDER BY s.started_on, s.inspection_id) AS surely,
        COUNT(*) OVER (PARTITION BY s.organ_id, s.party_id, YEAR(s.started_on) ORDER BY s.started_on, s.inspection_id) AS perhaps
    FROM visits s
    LEFT JOIN lists.capped_modes m ON m.mode = s.mode
        AND (m.from_on IS NULL OR m.from_on <= s.started_on)
        AND (m.to_on IS NULL OR m.to_on >= s.started_on)
    LEFT JOIN lists.cap_exemptions x ON x.exempt_code = s.exempt_code
        AND (x.from_on IS NULL OR x.from_on <= s.started_on)
        AND (x.to_on IS NULL OR x.to_on >= s.started_on)
    WHERE x.exempt_code IS NULL AND (m.mode IS NOT NULL OR s.mode IS NULL)
        AND EXISTS (SELECT 1 FROM lists.capped_modes d WHERE (d.from_on IS NULL OR d.from_on <= s.started_on)
                        AND (d.to_on IS NULL OR d.to_on >= s.started_on))
), published AS (
    SELECT c.inspection_id, MAX(l.yearly_cap) AS cap
    FROM capped c
    CROSS JOIN run
    JOIN list_versions l ON l.organ_id = c.organ_id AND l.kind = 'frequency' AND l.published_on <= run.as_of
        AND (l.year = c.in_year
             OR l.year IS NULL AND l.published_on <= c.started_on
                AND (l.removed_on IS NULL OR l.removed_on > c.started_on))
    GROUP BY c.inspection_id
), anywhere AS (
    -- A case that is not decided yet may have no day of its own to date the parameter by.
    SELECT MAX(q.inspection_yearly_cap) AS cap
    FROM case_parameters q
), limited AS (
    SELECT c.inspection_id, COALESCE(u.cap, q.inspection_yearly_cap, a.cap) AS cap
    FROM capped c
    CROSS JOIN anywhere a
    JOIN case_parameters q ON q.subject_id = c.case_id
    LEFT JOIN published u ON u.inspection_id = c.inspection_id
), placed AS (
    SELECT
        c.case_id,
        c.inspection_id,
        c.organ_id,
        c.party_id,
        c.in_year,
        u.cap,
        CASE WHEN c.party_id IS NULL THEN NULL
             WHEN c.perhaps <= u.cap THEN c.perhaps
             WHEN c.enterprise AND c.mode IS NOT NULL AND v.inspections__exempt_code
                  AND c.surely > u.cap THEN c.surely END AS place,
        ROW_NUMBER() OVER (PARTITION BY c.case_id ORDER BY c.perhaps DESC, c.inspection_id) AS first
    FROM capped c
    JOIN case_coverage v ON v.subject_id = c.case_id
    JOIN limited u ON u.inspection_id = c.inspection_id
), others AS (
    SELECT c.organ_id, c.party_id, c.in_year,
           STRING_AGG('inspections' || '/' || c.inspection_id, ';' ORDER BY c.started_on, c.inspection_id) AS ids
    FROM capped c
    GROUP BY c.organ_id, c.party_id, c.in_year
)
SELECT
    b.subject_id,
    CASE WHEN c.case_id IS NULL THEN
              CASE WHEN b.kind = 'inspection' AND (NOT v.inspections__inspection_id
                        OR u.inspections > 0 AND NOT v.inspections__started_on) THEN 'due'
                   ELSE 'not_applicable' END
         WHEN c.failed > 0 OR c.unknown > 0 THEN 'due'
         WHEN c.pending = 1 THEN 'not_yet_due'
         ELSE 'due' END AS inspection_scope,
    CASE WHEN c.failed > 0 THEN c.failed
         WHEN c.unknown = 0 THEN 0 END AS inspection_faults_count,
    n.faults AS inspection_faults,
    n.ids AS inspection_evidence,
    CASE WHEN p.case_id IS NOT NULL THEN 'due'
         WHEN b.kind = 'inspection' AND (NOT v.inspections__inspection_id
              OR u.inspections > 0 AND NOT v.inspections__started_on) THEN 'due'
         ELSE 'not_applicable' END AS inspection_cap_scope,
    p.place AS inspection_place,
    p.cap AS inspection_cap,
    p.organ_id || '/' || p.party_id || '/' || CAST(p.in_year AS VARCHAR) AS inspection_group,
    o.ids AS inspection_cap_evidence
FROM base b
JOIN case_coverage v ON v.subject_id = b.subject_id
LEFT JOIN undated u ON u.case_id = b.subject_id
LEFT JOIN counted c ON c.case_id = b.subject_id
LEFT JOIN named n ON n.case_id = b.subject_id
LEFT JOIN placed p ON p.case_id = b.subject_id AND p.first = 1
LEFT JOIN others o ON o.organ_id = p.organ_id AND o.party_id = p.party_id AND o.in_year = p.in_year
