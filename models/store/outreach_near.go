package store

import (
	"strings"

	"rapport/models"
)

// nearMost bounds what one step of the search reads.
const nearMost = 400

type nearbyRow struct {
	Row         officeRow `gorm:"embedded"`
	ProviderID  string
	Given       string
	Family      string
	Credentials string
	Taxonomy    string
	Own         string
	Accepting   string
}

// nearby reads who works at offices that the practice does not know, of the
// disciplines that send people to massage and who did not say that they are full.
func (t *Tx) nearby(place string, args ...any) ([]nearbyRow, error) {
	var codes candidates
	for _, d := range models.ReferringDisciplines() {
		for _, code := range d.Codes {
			if codes.sql != "" {
				codes.sql += " OR "
			}
			codes.begins("p.taxonomy", code)
		}
	}
	var rows []nearbyRow
	all := append(append(append([]any{}, args...), codes.args...), string(t.practice), nearMost)
	err := t.g.Raw(`SELECT p.id AS provider_id, p.given, p.family, p.credentials, p.taxonomy, p.phone AS own, p.accepting,
		o.id, o.name, o.address, o.phone, o.fax, o.preferred_channel, o.email, o.postal_code
		FROM offices o JOIN provider_roles r ON r.office_id = o.id AND r.until IS NULL JOIN providers p ON p.id = r.provider_id
		WHERE `+place+` AND p.merged_into IS NULL AND (p.deactivated_on IS NULL OR p.deactivated_on = '') AND p.accepting <> 'no' AND (`+codes.sql+`)
		AND NOT EXISTS (SELECT 1 FROM relationships x JOIN provider_roles y ON y.provider_id = x.provider_id AND y.until IS NULL
			WHERE x.practice_id = ? AND y.office_id = o.id)
		ORDER BY p.accepting DESC, o.id, p.folded, p.id LIMIT ?`, all...).Scan(&rows).Error
	return rows, err
}

// Nearby finds who works near an address, at offices that the practice does
// not know: it walks outward over ZIP codes until there are enough offices.
// Where the address's ZIP code lies nowhere, the same city is all that is near.
func (t *Tx) Nearby(home models.Address) ([]models.NearbyProvider, error) {
	around, known := models.ProviderQuery{Near: home.PostalCode}.Around()
	if !known {
		city, state := Fold(home.City), Fold(home.State)
		if city == "" {
			return nil, nil
		}
		rows, err := t.nearby("o.city = ? AND o.state = ?", city, state)
		return nearbyOf(rows, nil), err
	}
	zips := around.ZIPs()
	var out []models.NearbyProvider
	offices := map[models.OfficeID]bool{}
	for step := 4; len(zips) > 0 && len(offices) < models.OfficesNear; step *= 4 {
		far := map[string]float64{}
		var names []string
		for _, z := range zips[:min(step, len(zips))] {
			names, far[z.ZIP] = append(names, z.ZIP), models.MilesOf(z.Distance2)
		}
		zips = zips[len(names):]
		rows, err := t.nearby("o.postal_code IN ?", names)
		if err != nil {
			return nil, err
		}
		for _, p := range nearbyOf(rows, far) {
			offices[p.Office.ID] = true
			out = append(out, p)
		}
	}
	return out, nil
}

func nearbyOf(rows []nearbyRow, far map[string]float64) []models.NearbyProvider {
	out := make([]models.NearbyProvider, len(rows))
	for i, r := range rows {
		out[i] = models.NearbyProvider{ProviderID: models.ProviderID(r.ProviderID), Name: models.PersonName{Given: r.Given, Family: r.Family}, Credentials: strings.TrimSpace(r.Credentials),
			Taxonomy: r.Taxonomy, Phone: r.Own, Accepting: models.Accepting(r.Accepting), Office: r.Row.office()}
		if miles, ok := far[r.Row.PostalCode]; ok {
			out[i].Miles = &miles
		}
	}
	return out
}
