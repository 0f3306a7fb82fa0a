package store

import "rapport/models"

const practiceMail = `SELECT DISTINCT u.email FROM users u JOIN user_roles r ON r.user_id = u.id
	WHERE r.practice_id = ? AND r.role IN ? AND u.disabled = ? ORDER BY u.email`

// PracticeMail lists the addresses of the practice's people who hold one of
// the roles now; who tells the practice something begins here.
func (t *Tx) PracticeMail(roles ...models.Role) ([]string, error) {
	var to []string
	err := t.g.Raw(practiceMail, string(t.practice), roles, false).Scan(&to).Error
	return to, err
}
