package models

import (
	"regexp"
	"slices"
	"strconv"

	"rapport/models/fault"
)

// Term is one word of a keyed vocabulary with its label for people.
type Term[K ~string] struct {
	Key   K      `json:"key"`
	Label string `json:"label"`
}

type vocabulary[K ~string] []Term[K]

func (v vocabulary[K]) label(key K) string {
	if i := slices.IndexFunc(v, func(t Term[K]) bool { return t.Key == key }); i >= 0 {
		return v[i].Label
	}
	return ""
}

// check adds one violation for each key that is not in the vocabulary.
func (v vocabulary[K]) check(keys []K, code, message, pointer string, l *fault.List) {
	for i, key := range keys {
		if v.label(key) == "" {
			l.Put(fault.Violation{Code: code, Pointer: pointer + "/" + strconv.Itoa(i), Message: message, Allowed: v.keys()})
		}
	}
}

func (v vocabulary[K]) keys() []K {
	keys := make([]K, len(v))
	for i, t := range v {
		keys[i] = t.Key
	}
	return keys
}

// Technique is a way of working that an order may ask for or exclude.
type Technique string

var techniques = vocabulary[Technique]{
	{"swedish", "Swedish massage"},
	{"effleurage", "Effleurage (gliding)"},
	{"petrissage", "Petrissage (kneading)"},
	{"tapotement", "Tapotement (percussion)"},
	{"vibration", "Vibration"},
	{"friction", "Cross-fiber friction"},
	{"compression", "Compression"},
	{"deep_tissue", "Deep tissue massage"},
	{"myofascial_release", "Myofascial release"},
	{"trigger_point", "Trigger point therapy"},
	{"neuromuscular", "Neuromuscular therapy"},
	{"active_release", "Active soft-tissue release"},
	{"strain_counterstrain", "Strain-counterstrain (positional release)"},
	{"muscle_energy", "Muscle energy technique"},
	{"pnf_stretching", "PNF stretching"},
	{"stretching", "Assisted stretching"},
	{"joint_mobilization", "Joint mobilization"},
	{"traction", "Manual traction"},
	{"range_of_motion", "Passive and active range of motion"},
	{"lymphatic_drainage", "Manual lymphatic drainage"},
	{"scar_work", "Scar tissue work"},
	{"craniosacral", "Craniosacral therapy"},
	{"intraoral", "Intraoral work (TMJ)"},
	{"prenatal", "Prenatal massage"},
	{"sports", "Sports massage"},
	{"medical", "Medical massage"},
	{"acupressure", "Acupressure"},
	{"shiatsu", "Shiatsu"},
	{"thai", "Thai massage"},
	{"reflexology", "Reflexology"},
	{"structural_integration", "Structural integration"},
	{"iastm", "Instrument-assisted soft-tissue work"},
	{"cupping", "Cupping"},
	{"gua_sha", "Gua sha"},
	{"kinesiology_taping", "Kinesiology taping"},
	{"hot_stone", "Hot stone massage"},
	{"heat", "Heat pack"},
	{"cold", "Cold pack"},
	{"hydrotherapy", "Hydrotherapy"},
	{"relaxation", "Relaxation massage"},
}

// Techniques returns the vocabulary.
func Techniques() []Term[Technique] { return slices.Clone(techniques) }

// Label is for people; "" means that t is not in the vocabulary.
func (t Technique) Label() string { return techniques.label(t) }

// ValidateTechniques adds technique.unknown for each key outside the vocabulary.
func ValidateTechniques(keys []Technique, pointer string, l *fault.List) {
	techniques.check(keys, "technique.unknown", "This is not a known technique; use a key of the vocabulary.", pointer, l)
}

// Precaution is a care that the prescriber asks for in every session.
type Precaution string

var precautions = vocabulary[Precaution]{
	{"no_deep_pressure", "No deep pressure"},
	{"light_pressure_only", "Light pressure only"},
	{"avoid_area", "Avoid the area named in the instructions"},
	{"avoid_end_range_rotation", "Avoid end-range rotation of the neck"},
	{"avoid_end_range_extension", "Avoid end-range extension of the neck"},
	{"no_joint_mobilization", "No joint mobilization"},
	{"no_traction", "No traction"},
	{"no_stretching", "No stretching"},
	{"no_prone", "Not lying face down"},
	{"no_supine", "Not lying flat on the back"},
	{"side_lying_only", "Side-lying only"},
	{"pregnancy_positioning", "Positioning for pregnancy"},
	{"pain_limit_3", "Stop when pain rises above 3 of 10"},
	{"no_heat", "No heat"},
	{"no_cold", "No cold"},
	{"no_instruments", "No instruments or cups"},
	{"anticoagulant_care", "Takes blood thinners: no bruising work"},
	{"osteoporosis_care", "Osteoporosis: no thrust or strong pressure"},
	{"neuropathy_care", "Reduced feeling: ask and look often"},
	{"lymphedema_care", "Lymphedema: no deep work on the limb"},
	{"post_surgical_care", "After surgery: keep off the scar until cleared"},
	{"cancer_care", "Cancer care: as cleared by oncology"},
	{"skin_care", "Fragile skin"},
	{"implant_or_port", "Implant, port or pump: keep off the site"},
	{"monitor_blood_pressure", "Measure blood pressure before the session"},
	{"rise_slowly", "Dizziness: help to rise slowly"},
	{"seizure_care", "Seizures: know the plan"},
	{"trauma_informed", "Ask before each touch (trauma-informed)"},
	{"allergy_oils", "Allergy: no scented oils"},
}

// Precautions returns the vocabulary.
func Precautions() []Term[Precaution] { return slices.Clone(precautions) }

// Label is for people; "" means that p is not in the vocabulary.
func (p Precaution) Label() string { return precautions.label(p) }

// ValidatePrecautions adds precaution.unknown for each key outside the vocabulary.
func ValidatePrecautions(keys []Precaution, pointer string, l *fault.List) {
	precautions.check(keys, "precaution.unknown", "This is not a known precaution; use a key of the vocabulary.", pointer, l)
}

// Procedure is a procedure code: a number. CPT text is copyright AMA, so the
// labels are ours.
type Procedure string

var (
	procedureForm = regexp.MustCompile(`^(?:[0-9]{4}[0-9A-Z]|[A-Z][0-9]{4})$`)
	procedures    = vocabulary[Procedure]{
		{"97124", "Massage"},
		{"97140", "Manual therapy"},
		{"97110", "Exercise"},
		{"97112", "Movement re-education"},
		{"97530", "Functional activities"},
		{"97535", "Home-care training"},
		{"97010", "Hot or cold pack"},
	}
)

// Procedures returns the codes that forms offer.
func Procedures() []Term[Procedure] { return slices.Clone(procedures) }

// Label is for people; "" means a code that we have no words for.
func (p Procedure) Label() string { return procedures.label(p) }

// ValidateProcedures adds procedure.invalid for each code without the form of
// one. Other codes than those offered are allowed: payers have their own.
func ValidateProcedures(codes []Procedure, pointer string, l *fault.List) {
	for i, c := range codes {
		if !procedureForm.MatchString(string(c)) {
			l.Add("procedure.invalid", pointer+"/"+strconv.Itoa(i), "A procedure code has five characters, for example 97124.")
		}
	}
}
