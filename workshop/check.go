package workshop

import (
	"saebaan/internal/db"
	"saebaan/internal/money"
)

// Problem is a job whose books do not agree with it.
type Problem struct {
	At     string `db:"at"`
	Detail string
	Paise  money.Paise `db:"paise"`
}

// Check finds jobs whose wages or material are not in the books, stages that
// passed more pieces than the job has, and decisions by one person alone.
func Check(tx *db.Tx) ([]Problem, error) {
	var out []Problem
	for _, c := range []struct{ detail, query string }{
		{"what has passed a stage is not what was accepted, or more than the job's pieces", `
			SELECT j.id AS at, s.passed AS paise
			FROM jobs j
			JOIN job_stages s ON s.job_id = j.id
			WHERE s.passed > j.pieces OR s.since_change > s.passed OR s.passed <> (
				SELECT COALESCE(SUM(h.passed), 0) FROM hand_ins h WHERE h.job_id = j.id AND h.stage = s.stage)
			ORDER BY j.id`},
		{"a job's makers were not credited what passed", `
			SELECT h.id AS at, h.paise
			FROM hand_ins h
			WHERE h.paise <> -COALESCE((
				SELECT SUM(p.paise)
				FROM entries e
				JOIN postings p ON p.entry_id = e.id
				WHERE e.reference = 'accept:' || h.id AND p.nature = 'wage:' || h.stage AND p.account = 'liability:artisan:' || p.artisan_id || ':payable'), 0)
			ORDER BY h.id`},
		{"a job's stock account is not its wages and material", `
			SELECT j.id AS at, CAST(COALESCE(b.paise, 0) AS BIGINT) AS paise
			FROM jobs j
			LEFT JOIN balances b ON b.account = 'asset:stock:' || j.lot_id
			WHERE j.state <> 'finished' AND COALESCE(b.paise, 0) <>
				(SELECT COALESCE(SUM(h.paise), 0) FROM hand_ins h WHERE h.job_id = j.id)
				+ (SELECT COALESCE(SUM(m.paise), 0) FROM job_materials m WHERE m.job_id = j.id)
			ORDER BY j.id`},
		{"a finished job's lot is not its pieces at their cost", `
			SELECT j.id AS at, j.pieces AS paise
			FROM jobs j
			LEFT JOIN lots l ON l.id = j.lot_id AND l.kind = 'commissioned'
			LEFT JOIN (
				SELECT x.job_id, SUM(x.paise) AS paise
				FROM (SELECT job_id, paise FROM hand_ins UNION ALL SELECT job_id, paise FROM job_materials) x
				GROUP BY x.job_id) c ON c.job_id = j.id
			WHERE j.state = 'finished' AND (l.id IS NULL OR l.received <> j.pieces
				OR l.cost_paise * j.pieces > COALESCE(c.paise, 0) OR (l.cost_paise + 1) * j.pieces <= COALESCE(c.paise, 0))
			ORDER BY j.id`},
		{"one person alone accepted work or changed what was agreed", `
			SELECT id AS at, CAST(0 AS BIGINT) AS paise FROM hand_ins WHERE decided_by = handed_by
			UNION ALL
			SELECT id AS at, CAST(0 AS BIGINT) AS paise FROM agreement_changes WHERE decided_by = proposed_by`},
	} {
		var found []Problem
		if err := tx.Select(&found, c.query); err != nil {
			return nil, err
		}
		for _, f := range found {
			f.Detail = c.detail
			out = append(out, f)
		}
	}
	return out, nil
}
