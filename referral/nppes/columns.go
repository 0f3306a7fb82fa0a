package nppes

import (
	"fmt"
	"strings"

	"rapport/models/fault"
)

// columns is where each fact stands in this file; -1 where the layout has it not.
type columns struct {
	npi, entity, family, given, credentials       int
	line1, line2, city, state, postal, phone, fax int
	updated, deactivated, reactivated             int
	taxonomies                                    []taxonomyColumns
	bare                                          bool // a deactivation report: NPI and day only
}

type taxonomyColumns struct{ code, licence, state, primary int }

// plain is a column's name as it is compared: capitals, spaces and punctuation
// differ among the layouts.
func plain(name string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case c >= 'A' && c <= 'Z':
			return c + 'a' - 'A'
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
			return c
		}
		return -1
	}, name)
}

// find reads the header: by name, whatever the order, and whatever else is
// there. It returns the last column that matters.
func find(names []string) (c columns, last int, err error) {
	at := map[string]int{}
	for i, name := range names {
		if _, twice := at[plain(name)]; !twice {
			at[plain(name)] = i
		}
	}
	var missing []string
	col := func(needed bool, names ...string) int {
		for _, name := range names {
			if i, ok := at[plain(name)]; ok {
				last = max(last, i)
				return i
			}
		}
		if needed {
			missing = append(missing, names[0])
		}
		return -1
	}
	const place = "Provider Business Practice Location Address "
	c.npi = col(true, "NPI")
	c.deactivated = col(false, "NPI Deactivation Date", "NPPES Deactivation Date")
	c.reactivated = col(false, "NPI Reactivation Date")
	if c.bare = len(names) <= 4 && c.deactivated >= 0; c.bare {
		return c, last, nil
	}
	c.entity = col(true, "Entity Type Code")
	c.family = col(true, "Provider Last Name (Legal Name)", "Provider Last Name")
	c.given = col(true, "Provider First Name")
	c.credentials = col(false, "Provider Credential Text")
	c.line1 = col(true, "Provider First Line Business Practice Location Address")
	c.line2 = col(false, "Provider Second Line Business Practice Location Address")
	c.city = col(true, place+"City Name")
	c.state = col(true, place+"State Name")
	c.postal = col(true, place+"Postal Code")
	c.phone = col(true, place+"Telephone Number")
	c.fax = col(false, place+"Fax Number")
	c.updated = col(true, "Last Update Date")
	for i := 1; i <= 15; i++ {
		n := fmt.Sprintf("_%d", i)
		t := taxonomyColumns{code: col(i == 1, "Healthcare Provider Taxonomy Code"+n), licence: col(false, "Provider License Number"+n),
			state: col(false, "Provider License Number State Code"+n), primary: col(false, "Healthcare Provider Primary Taxonomy Switch"+n)}
		if t.code >= 0 {
			c.taxonomies = append(c.taxonomies, t)
		}
	}
	if c.deactivated < 0 {
		missing = append(missing, "NPI Deactivation Date")
	}
	if len(missing) > 0 {
		return c, last, fault.New(fault.Invalid, "import.columns_missing", "The file lacks columns that an import needs: "+strings.Join(missing, ", ")+".")
	}
	return c, last, nil
}
