-- Papers and recordings of one party: under one entry of the party, in one store. A party that is
-- entered twice (same code) is one party; its later entry is the fault.
WITH items AS (
    SELECT c.party_id, 1 AS papers, 0 AS films, d.store_id
    FROM documents d
    CROSS JOIN run
    JOIN cases c ON c.case_id = d.case_id
    WHERE d.made_on IS NULL OR d.made_on <= run.as_of
    UNION ALL
    SELECT c.party_id, 0 AS papers, 1 AS films, r.store_id
    FROM recordings r
    CROSS JOIN run
    JOIN cases c ON c.case_id = r.case_id
    WHERE r.captured_at IS NULL OR CAST(r.captured_at AS DATE) <= run.as_of
), held AS (
    SELECT
        COALESCE(p.code, p.party_id) AS person,
        i.party_id,
        SUM(i.papers) AS papers,
        SUM(i.films) AS films,
        COUNT(DISTINCT i.store_id) AS stores,
        MAX(CASE WHEN i.store_id IS NULL AND i.papers = 1 THEN 1 ELSE 0 END) AS papers_homeless,
        MAX(CASE WHEN i.store_id IS NULL AND i.films = 1 THEN 1 ELSE 0 END) AS films_homeless
    FROM items i
    JOIN parties p ON p.party_id = i.party_id
    GROUP BY COALESCE(p.code, p.party_id), i.party_id
), together AS (
    SELECT
        h.party_id,
        h.stores,
        h.papers_homeless,
        h.films_homeless,
        SUM(h.papers) OVER (PARTITION BY h.person) AS papers,
        SUM(h.films) OVER (PARTITION BY h.person) AS films,
        MIN(h.party_id) OVER (PARTITION BY h.person) AS first_party
    FROM held h
), judged AS (
    SELECT
        s.subject_id,
        t.party_id,
        t.first_party,
        t.papers > 0 AND t.films > 0 AS both_kinds,
        q.party_stores_most,
        v.documents__document_id AND v.recordings__recording_id AND v.cases__party_id AS items_known,
        CASE WHEN t.party_id <> t.first_party THEN 1 ELSE 0 END
            + CASE WHEN t.stores > q.party_stores_most
                        OR t.papers_homeless = 1 AND v.documents__store_id
                        OR t.films_homeless = 1 AND v.recordings__store_id THEN 1 ELSE 0 END AS faults,
        (t.papers_homeless = 0 OR v.documents__store_id) AND (t.films_homeless = 0 OR v.recordings__store_id)
            AND v.parties__code AS sure
    FROM subjects s
    JOIN case_coverage v ON v.subject_id = s.subject_id
    JOIN case_parameters q ON q.subject_id = s.subject_id
    LEFT JOIN together t ON t.party_id = s.subject_id
)
SELECT
    j.subject_id,
    CASE WHEN j.party_stores_most IS NULL THEN 'not_applicable'
         WHEN j.both_kinds OR NOT j.items_known THEN 'due'
         ELSE 'not_applicable' END AS party_storage_scope,
    CASE WHEN j.both_kinds AND j.faults > 0 THEN j.faults
         WHEN j.both_kinds AND j.sure AND j.items_known THEN 0 END AS party_storage_faults,
    j.first_party AS party_first_entry
FROM judged j
