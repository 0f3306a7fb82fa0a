package models

import (
	"slices"
	"strings"
)

// Discipline groups taxonomy codes as people speak of them. A code belongs to a
// discipline when it begins with one of Codes; a discipline may contain another.
type Discipline struct {
	Key   string
	Label string
	Codes []string // the beginnings of NUCC codes
	Also  []string // other words for the same
}

var disciplines = []Discipline{
	{"massage", "Massage therapy", []string{"225700"}, []string{"massage_therapist", "massage_therapy"}},
	{"chiropractic", "Chiropractic", []string{"111N"}, []string{"chiropractor"}},
	{"physical_therapy", "Physical therapy", []string{"2251", "2252"}, []string{"physical_therapist", "physiotherapy"}},
	{"occupational_therapy", "Occupational therapy", []string{"225X", "224Z"}, []string{"occupational_therapist"}},
	{"primary_care", "Primary care", []string{"207Q", "207R00000", "208D", "208000000", "261QP2300"}, nil},
	{"rehabilitation", "Physical medicine and rehabilitation", []string{"2081"}, []string{"physiatry"}},
	{"orthopedics", "Orthopedics", []string{"207X"}, []string{"orthopaedics"}},
	{"sports_medicine", "Sports medicine", []string{"204C", "207QS0010", "207RS0010", "2081S0010", "207PS0010", "2080S0010", "207XX0005"}, nil},
	{"osteopathic_manipulation", "Osteopathic manipulation", []string{"204D"}, []string{"osteopathy"}},
	{"pain_medicine", "Pain medicine", []string{"208V", "207LP2900", "2081P2900", "2084P2900"}, nil},
	{"neurology", "Neurology and neurosurgery", []string{"2084N", "207T"}, nil},
	{"rheumatology", "Rheumatology", []string{"207RR0500"}, nil},
	{"obstetrics", "Obstetrics and gynecology", []string{"207V"}, nil},
	{"physician", "Physicians, all", []string{"20"}, nil},
	{"advanced_practice", "Nurse practitioners and physician assistants", []string{"363"}, []string{"nurse_practitioner", "physician_assistant"}},
	{"acupuncture", "Acupuncture", []string{"1711"}, []string{"acupuncturist"}},
	{"naturopathy", "Naturopathy", []string{"175F"}, []string{"naturopath"}},
	{"bodywork", "Other bodywork", []string{"172M", "172P", "173C"}, []string{"other_bodywork"}},
	{"exercise", "Kinesiotherapy and exercise", []string{"2263", "224Y"}, nil},
	{"podiatry", "Podiatry", []string{"213E"}, []string{"podiatrist"}},
	{"dentistry", "Dentistry", []string{"1223"}, []string{"dentist"}},
}

// Disciplines lists them in the order of a choice.
func Disciplines() []Discipline { return slices.Clone(disciplines) }

// DisciplineKeys lists what a search may name.
func DisciplineKeys() []string {
	out := make([]string, len(disciplines))
	for i, d := range disciplines {
		out[i] = d.Key
	}
	return out
}

// LookupDiscipline finds a discipline by its key or another word for it.
func LookupDiscipline(key string) (Discipline, bool) {
	key = strings.ToLower(key)
	i := slices.IndexFunc(disciplines, func(d Discipline) bool { return d.Key == key || slices.Contains(d.Also, key) })
	if i < 0 {
		return Discipline{}, false
	}
	return disciplines[i], true
}

// Covers says that a taxonomy code belongs to the discipline.
func (d Discipline) Covers(code string) bool {
	return slices.ContainsFunc(d.Codes, func(c string) bool { return strings.HasPrefix(code, c) })
}

// DisciplineOf is the first discipline of a code, the narrow ones before those
// that contain them; empty where none fits.
func DisciplineOf(code string) (Discipline, bool) {
	i := slices.IndexFunc(disciplines, func(d Discipline) bool { return code != "" && d.Covers(code) })
	if i < 0 {
		return Discipline{}, false
	}
	return disciplines[i], true
}
